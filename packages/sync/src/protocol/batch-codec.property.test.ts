/** Whatever can be said in a batch arrives as it was, and the generated code agrees about every bit of it. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatch, encodeBatch, readBatchHeader } from './batch-codec.ts';
import { inflate } from './deflate.node.ts';
import { BatchBodySchema, BatchSchema } from './gen/tributary_pb.ts';
import { batch } from './testing/arbitrary-batch.ts';
import { AUTHOR } from './testing/example-batch.ts';

const seed = seedOfRun();
const parameters = { seed, numRuns: 2_000 };

describe(`batches (seed ${seed})`, () => {
  test('come back as they were, in value, type and order', () => {
    fc.assert(
      fc.property(batch, (original) => {
        expect(decodeBatch(encodeBatch(original), AUTHOR)).toStrictEqual(original);
      }),
      parameters,
    );
  });

  test('tell by their header alone what they are', () => {
    fc.assert(
      fc.property(batch, (original) => {
        const { changes, ...header } = original;
        expect(readBatchHeader(encodeBatch(original))).toStrictEqual({ ...header, changeCount: changes.length });
      }),
      parameters,
    );
  });

  test('are the messages of the .proto, which the generated code reads and writes as well', () => {
    fc.assert(
      fc.property(batch, (original) => {
        expect(decodeBatch(throughGeneratedCode(encodeBatch(original)), AUTHOR)).toStrictEqual(original);
      }),
      parameters,
    );
  });
});

/** The same batch, not deflated, as the generated code has read and written it. */
function throughGeneratedCode(bytes: Uint8Array): Uint8Array {
  const message = fromBinary(BatchSchema, bytes);
  const { inflatedBytes } = message;
  const body = fromBinary(BatchBodySchema, inflatedBytes === 0 ? message.body : inflate(message.body, inflatedBytes));
  return toBinary(BatchSchema, { ...message, inflatedBytes: 0, body: toBinary(BatchBodySchema, body) });
}
