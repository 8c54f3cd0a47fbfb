/** The frames made by hand are those of the generated code, to the byte, and so is what is read and what is refused. */
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAck, decodeDeliver, decodePush, encodeAck, encodeDeliver, encodePush } from './edit-frames.ts';
import { decodeClientFrame, decodeServerFrame, type ClientFrameInit, type ServerFrameInit } from './frames.ts';
import { ClientFrameSchema, ServerFrameSchema, type AckSchema, type DeliverSchema } from './gen/tributary_pb.ts';

const seed = seedOfRun();
const PLAIN = { noNullPrototype: true, requiredKeys: [] };

const count = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }),
  fc.constantFrom(0n, 127n, 128n, 2n ** 31n, 2n ** 32n, BigInt(Number.MAX_SAFE_INTEGER)),
);
const mark = fc.oneof(fc.nat(2 ** 32 - 1), fc.constantFrom(0, 1, 255, 2 ** 31, 2 ** 32 - 1));
const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(new Uint8Array(0), new Uint8Array(200)));

const ack: fc.Arbitrary<MessageInitShape<typeof AckSchema>> = fc.record({ toVersion: count, seq: count, mark }, PLAIN);
const entry = fc.record({ seq: count, siteId: bytes, knownVersion: count, batch: bytes }, PLAIN);
const deliver: fc.Arbitrary<MessageInitShape<typeof DeliverSchema>> = fc.record(
  { entries: fc.array(entry, { maxLength: 4 }), mark },
  PLAIN,
);

const generated = (frame: ServerFrameInit) => toBinary(ServerFrameSchema, create(ServerFrameSchema, { frame }));
const generatedClient = (frame: ClientFrameInit) => toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame }));
const parsed = (frame: Uint8Array) => fromBinary(ServerFrameSchema, frame, { readUnknownFields: false }).frame;
const parsedClient = (frame: Uint8Array) => fromBinary(ClientFrameSchema, frame, { readUnknownFields: false }).frame;

describe(`made and read by hand as by the generated code (seed ${seed})`, () => {
  test('a Push is', () => {
    fc.assert(
      fc.property(bytes, (batch) => {
        fc.pre(batch.length > 0);
        const frame = encodePush(batch);
        expect(frame).toEqual(generatedClient({ case: 'push', value: { batch } }));
        expect(decodePush(frame!)).toEqual(parsedClient(frame!));
      }),
      { seed },
    );
  });

  test('an Ack is', () => {
    fc.assert(
      fc.property(ack, (value) => {
        const frame = encodeAck(value);
        expect(frame).toEqual(generated({ case: 'ack', value }));
        expect(decodeAck(frame!)).toEqual(parsed(frame!));
      }),
      { seed, numRuns: 1_000 },
    );
  });

  test('a Deliver is', () => {
    fc.assert(
      fc.property(deliver, (value) => {
        const frame = encodeDeliver(value);
        expect(frame).toEqual(generated({ case: 'deliver', value }));
        expect(decodeDeliver(frame!)).toEqual(parsed(frame!));
      }),
      { seed, numRuns: 500 },
    );
  });
});

test('a large batch is, too', () => {
  const batch = new Uint8Array(100_000).fill(7);
  const value = { entries: [{ seq: 1n, batch }], mark: 9 };
  expect(Buffer.compare(encodeDeliver(value)!, generated({ case: 'deliver', value }))).toBe(0);
  expect(Buffer.compare(encodePush(batch)!, generatedClient({ case: 'push', value: { batch } }))).toBe(0);
  expect(Buffer.compare(decodePush(encodePush(batch)!)!.value.batch, batch)).toBe(0);
});

describe('left to the generated code', () => {
  test('is a Push of nothing', () => {
    expect(encodePush(new Uint8Array(0))).toBeUndefined();
    expect(decodePush(generatedClient({ case: 'push', value: {} }))).toBeUndefined();
    expect(decodeClientFrame(generatedClient({ case: 'push', value: {} }))).toMatchObject({ case: 'push' });
  });

  test.each([
    { toVersion: 2n ** 53n },
    { seq: 2n ** 64n - 1n },
    { seq: -1n },
    { mark: 2 ** 32 },
    { mark: -1 },
    { mark: 0.5 },
  ])('are numbers beyond what is exact: %o', (value) => {
    expect(encodeAck(value)).toBeUndefined();
    const { toVersion, seq } = value as { toVersion?: bigint; seq?: bigint };
    if (toVersion === undefined && seq === undefined) expect(encodeDeliver(value)).toBeUndefined();
    else expect(encodeDeliver({ entries: [{ knownVersion: toVersion ?? 0n, seq: seq ?? 0n }] })).toBeUndefined();
  });

  test('is a number beyond what is exact in a frame that arrives', () => {
    const frame = generated({ case: 'ack', value: { toVersion: 2n ** 64n - 1n, seq: 1n } });
    expect(() => decodeAck(frame)).toThrow(expect.objectContaining({ code: 'malformed_frame' }));
    expect(decodeServerFrame(frame).value).toMatchObject({ toVersion: 2n ** 64n - 1n, seq: 1n });
  });

  test('is any other kind of frame', () => {
    const frame = generated({ case: 'caughtUp', value: { head: 5n } });
    expect([decodeAck(frame), decodeDeliver(frame), decodePush(frame)]).toEqual([undefined, undefined, undefined]);
  });
});

test(`damaged frames are read and refused as by the generated code (seed ${seed})`, () => {
  const random = createSeededRandom(seed);
  const frames = [
    ...fc.sample(ack, { seed, numRuns: 100 }).map((value) => generated({ case: 'ack', value })),
    ...fc.sample(deliver, { seed, numRuns: 100 }).map((value) => generated({ case: 'deliver', value })),
    ...fc.sample(bytes, { seed, numRuns: 100 }).map((batch) => generatedClient({ case: 'push', value: { batch } })),
  ];
  const outcomes = { read: 0, refused: 0 };
  for (let i = 0; i < 20_000; i++) {
    const frame = damaged(random.pick(frames), random);
    const [client, server] = [outcomeOf(() => decodeClientFrame(frame)), outcomeOf(() => decodeServerFrame(frame))];
    expect(client).toEqual(outcomeOf(() => parsedClient(frame)));
    expect(server).toEqual(outcomeOf(() => parsed(frame)));
    outcomes[server === undefined ? 'refused' : 'read']++;
  }
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(1_000);
});

/** A byte or two of the beginning are others, there is one more or fewer, or it ends early. */
function damaged(frame: Uint8Array, random: ReturnType<typeof createSeededRandom>): Uint8Array {
  const damagedBytes = [...frame.subarray(0, 400)];
  for (let wounds = 1 + random.below(2); wounds > 0; wounds--) {
    const at = random.below(Math.min(damagedBytes.length, 40) + 1);
    damagedBytes.splice(at, random.below(2), ...(random.chance(0.7) ? [random.below(256)] : []));
  }
  return Uint8Array.from(damagedBytes);
}

/** Undefined where it is no frame. */
function outcomeOf(decode: () => { case?: string | undefined }): unknown {
  try {
    const frame = decode();
    return frame.case === undefined ? undefined : frame;
  } catch {
    return undefined;
  }
}
