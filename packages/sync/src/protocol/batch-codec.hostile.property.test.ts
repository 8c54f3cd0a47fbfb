/** Whatever bytes arrive, they are a batch or a `malformed_frame`: never another error, and never for long. */
import { create, toBinary } from '@bufbuild/protobuf';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatch, encodeBatch, readBatchHeader } from './batch-codec.ts';
import { ProtocolError } from './errors.ts';
import { BatchBodySchema, BatchSchema } from './gen/tributary_pb.ts';
import { batch } from './testing/arbitrary-batch.ts';
import { AUTHOR } from './testing/example-batch.ts';

const CASES = 30_000;

const seed = seedOfRun();
const random = createSeededRandom(seed);

describe(`hostile bytes (seed ${seed})`, { timeout: 60_000 }, () => {
  test(`${CASES} damaged batches are batches or malformed`, () => {
    const samples = fc.sample(batch, { seed, numRuns: 500 }).map(encodeBatch);
    const { refused, taken } = outcomesOf(() => damaged(random.pick(samples)));
    expect(refused).toBeGreaterThan(1_000);
    expect(taken).toBeGreaterThan(1_000);
  });

  test(`${CASES} random bodies of the right shape are batches or malformed`, () => {
    const { refused, taken } = outcomesOf(() => randomBatch());
    expect(refused).toBeGreaterThan(1_000);
    expect(taken).toBeGreaterThan(100);
  });

  test(`${CASES} strings of random bytes are hardly ever batches`, () => {
    const { refused } = outcomesOf(() => randomBytes(60));
    expect(refused).toBeGreaterThan(CASES - 100);
  });
});

function outcomesOf(bytesOf: () => Uint8Array): { refused: number; taken: number } {
  const outcomes = { refused: 0, taken: 0 };
  for (let i = 0; i < CASES; i++) outcomes[outcomeOf(bytesOf())]++;
  return outcomes;
}

/** What was taken must be a batch that can be sent on. */
function outcomeOf(bytes: Uint8Array): 'refused' | 'taken' {
  try {
    const decoded = decodeBatch(bytes, AUTHOR);
    expect(readBatchHeader(bytes).changeCount).toBe(decoded.changes.length);
    const again = encodeBatch(decoded);
    expect(encodeBatch(decodeBatch(again, AUTHOR))).toEqual(again);
    return 'taken';
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'malformed_frame') return 'refused';
    throw error;
  }
}

/** Some bytes are other bytes, more, fewer, or twice there. */
function damaged(original: Uint8Array): Uint8Array {
  const bytes = [...original];
  for (let wounds = 1 + random.below(3); wounds > 0; wounds--) {
    const at = random.below(bytes.length);
    const length = random.below(4);
    const repeated = bytes.slice(at, at + length);
    const inserted = random.chance(0.5) ? repeated : [...randomBytes(4)];
    if (random.chance(0.5)) bytes[at] = random.below(256);
    else bytes.splice(at, random.chance(0.5) ? length : 0, ...inserted);
  }
  return Uint8Array.from(random.chance(0.1) ? bytes.slice(0, random.below(bytes.length)) : bytes);
}

function randomBatch(): Uint8Array {
  const changeCount = 1 + random.below(4);
  const body = toBinary(BatchBodySchema, randomBody(changeCount));
  const header = { prevVersion: 4n, toVersion: 9n, refill: random.chance(0.2), changeCount };
  return toBinary(BatchSchema, create(BatchSchema, { ...header, body }));
}

/** Every field is there or not, and is about as long as it would have to be. */
function randomBody(changeCount: number) {
  const types = Uint8Array.from({ length: changeCount }, () => random.below(6));
  const has = (type: number): number => types.filter((each) => each === type).length;
  const sizes = () => numbers(random.below(changeCount), 3);
  const perChange = () => numbers(changeCount, 3);
  return create(BatchBodySchema, {
    tables: ['notes', 'tags'].slice(random.below(2)),
    columns: ['title', 'pinned', '-1'].slice(random.below(3)),
    sites: random.chance(0.2) ? [new Uint8Array(16)] : [],
    keys: Uint8Array.from([random.below(4), ...randomBytes(9)]),
    keyLengths: sizes(),
    versionSizes: sizes(),
    versionGaps: maybe(() => perChange().map((gap) => BigInt(gap - 1))),
    rowSizes: sizes(),
    rowKeys: maybe(perChange),
    rowTables: maybe(perChange),
    causalLengths: maybe(perChange),
    cellColumns: maybe(perChange),
    cellVersions: maybe(perChange),
    cellSeqs: maybe(perChange),
    cellSites: random.chance(0.1) ? perChange() : [],
    types,
    integers: numbers(has(1), 1_000).map(BigInt),
    reals: numbers(has(2), 10).map((number) => (random.chance(0.1) ? Number.NaN : number)),
    texts: random.chance(0.5) ? new TextEncoder().encode('aé😀'.slice(random.below(3))) : new Uint8Array(0),
    textLengths: numbers(Math.max(0, has(3) - 1), 4),
    blobs: has(4) > 0 ? randomBytes(5) : new Uint8Array(0),
    blobLengths: numbers(Math.max(0, has(4) - 1), 2),
    uuids: new Uint8Array(16 * has(5)),
  });
}

function maybe<T>(values: () => T[]): T[] {
  return random.chance(0.3) ? values() : [];
}

function numbers(count: number, limit: number): number[] {
  return Array.from({ length: count }, () => random.below(limit));
}

function randomBytes(limit: number): Uint8Array {
  return Uint8Array.from({ length: random.below(limit) }, () => random.below(256));
}
