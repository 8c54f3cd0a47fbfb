/** Batches by example: how small they are, what the message says, what comes back, and what cannot be said. */
import { fromBinary } from '@bufbuild/protobuf';
import { MAX_DB_VERSION, packKey, SENTINEL, type Change, type SqlValue } from '@tributary/database/changes';
import { createSeededRandom } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { decodeBatch, encodeBatch, readBatchHeader } from './batch-codec.ts';
import type { Batch } from './batch.ts';
import { encodeClientFrame } from './frames.ts';
import { BatchBodySchema, BatchSchema } from './gen/tributary_pb.ts';
import { MAX_INFLATED_BYTES } from './limits.ts';
import { AUTHOR, batchOf, change, OTHER_SITE } from './testing/example-batch.ts';

const roundTrip = (batch: Batch) => decodeBatch(encodeBatch(batch), AUTHOR);

describe('the size', () => {
  test.each<[string, SqlValue]>([
    ['an integer', 42n],
    ['a short text', 'hello'],
    ['nothing', null],
  ])('of an edit to %s is at most 45 bytes, and 60 as a frame', (_, val) => {
    const edit = change({ val, colVersion: 7, dbVersion: 4_322 });
    const batch = encodeBatch(batchOf([edit], { prevVersion: 4_321, toVersion: 4_322, base: 54_321 }));
    expect(batch.length).toBeLessThanOrEqual(45);
    expect(encodeClientFrame({ case: 'push', value: { batch } }).length).toBeLessThanOrEqual(60);
  });

  test('of a thousand new rows of five cells is at most 14 bytes a cell', () => {
    const changes = newRows(1_000);
    const bytes = encodeBatch(batchOf(changes));
    expect(bytes.length / changes.length).toBeLessThanOrEqual(14);
    expect(decodeBatch(bytes, AUTHOR)).toStrictEqual(batchOf(changes));
  });

  test('of a deleted row is that of its key and a sentinel', () => {
    const deletion = change({ cid: SENTINEL, val: null, colVersion: 2, cl: 2 });
    expect(encodeBatch(batchOf([deletion])).length).toBeLessThanOrEqual(40);
  });
});

/** Rows as apps have them: a UUIDv7 for the key, two texts of random words, an integer, a real and a time. */
function newRows(count: number): Change[] {
  const random = createSeededRandom(1);
  const digits = (length: number) => Array.from({ length }, () => random.below(16).toString(16)).join('');
  const words = Array.from({ length: 2_000 }, () => digits(2 + random.below(8)));
  const start = 1_700_000_000_000;
  return Array.from({ length: count }, (_, row) => {
    const time = (start + row).toString(16).padStart(12, '0');
    const pk = packKey([`${time.slice(0, 8)}-${time.slice(8)}-7${digits(3)}-a${digits(3)}-${digits(12)}`]);
    const title = `${random.pick(words)} ${random.pick(words)}`;
    const cells = {
      title,
      status: random.pick(words),
      priority: BigInt(random.below(9)),
      score: random.below(1_000) / 4,
    };
    const values = Object.entries({ ...cells, created_at: BigInt(start + row) });
    return values.map(([cid, val], i) => change({ pk, cid, val, seq: row * 5 + i }));
  }).flat();
}

describe('the message', () => {
  test('holds runs, dictionaries and values in columns, and leaves out what goes without saying', () => {
    const row = { pk: packKey(['a']), dbVersion: 7 };
    const changes = [
      change({ ...row, cid: 'title', val: 'hé', seq: 0 }),
      change({ ...row, cid: 'pinned', val: 1n, seq: 1 }),
      change({ table: 'tags', pk: packKey([5n]), cid: 'title', val: 'b', dbVersion: 9, colVersion: 3, seq: 2 }),
      change({ pk: packKey(['a']), cid: SENTINEL, val: null, dbVersion: 9, cl: 2, colVersion: 2, seq: 3 }),
    ];
    const bytes = encodeBatch(batchOf(changes, { prevVersion: 6, toVersion: 10, base: 0 }));
    const batch = fromBinary(BatchSchema, bytes);
    expect(batch).toMatchObject({ prevVersion: 6n, toVersion: 10n, base: 0n, changeCount: 4, inflatedBytes: 0 });
    expect(withoutEmpty(fromBinary(BatchBodySchema, batch.body))).toEqual({
      tables: ['notes', 'tags'],
      columns: ['title', 'pinned', SENTINEL],
      // The text of the first key; the second as it is packed.
      keys: Uint8Array.of(1, 0x61, 0, ...packKey([5n])),
      keyLengths: [2],
      versionSizes: [2],
      versionGaps: [1n, 1n],
      rowSizes: [2, 1],
      rowKeys: [0, 0, 2],
      rowTables: [0, 1, 0],
      causalLengths: [1, 1, 2],
      cellColumns: [0, 1, 0, 2],
      cellVersions: [1, 1, 3, 2],
      cellSeqs: [0, 0, 2, 0],
      types: Uint8Array.of(3, 1, 3, 0),
      integers: [1n],
      texts: new TextEncoder().encode('héb'),
      textLengths: [3],
    });
  });

  test('is deflated above 1 KB, where that makes it smaller', () => {
    const inflatedBytesOf = (val: SqlValue) =>
      fromBinary(BatchSchema, encodeBatch(batchOf([change({ val })]))).inflatedBytes;
    const noise = createSeededRandom(2);
    expect(inflatedBytesOf('a'.repeat(900))).toBe(0);
    expect(inflatedBytesOf('a'.repeat(1_100))).toBeGreaterThan(1_100);
    expect(inflatedBytesOf(Uint8Array.from({ length: 2_000 }, () => noise.below(256)))).toBe(0);
  });

  test('may hold no changes at all', () => {
    const empty = batchOf([], { base: 3 });
    expect(encodeBatch(empty).length).toBe(6);
    expect(roundTrip(empty)).toStrictEqual(empty);
  });
});

function withoutEmpty(message: object): Record<string, unknown> {
  const fields = Object.entries(message).filter(([name]) => name !== '$typeName');
  return Object.fromEntries(fields.filter(([, value]) => (value as { length: number }).length > 0));
}

describe('the changes', () => {
  test('of a refill are of any site and version', () => {
    const changes = [
      change({ siteId: OTHER_SITE, dbVersion: 300 }),
      change({ dbVersion: 2 }),
      change({ siteId: OTHER_SITE }),
    ];
    const refill = batchOf(changes, { refill: true });
    expect(roundTrip(refill)).toStrictEqual(refill);
  });

  test('are of the site that is named as their author', () => {
    expect(decodeBatch(encodeBatch(batchOf([change({})])), OTHER_SITE).changes).toStrictEqual([
      change({ siteId: OTHER_SITE }),
    ]);
  });

  test('share one key in memory for each row, and nothing with the bytes that they came from', () => {
    const cells = [change({ cid: 'a' }), change({ cid: 'b', val: Uint8Array.of(1, 2) })];
    const bytes = Buffer.from(encodeBatch(batchOf(cells, { refill: true })));
    const { changes } = decodeBatch(bytes, AUTHOR);
    expect(changes[0]!.pk).toBe(changes[1]!.pk);
    bytes.fill(0);
    expect(changes).toStrictEqual(cells);
    expect(changes[1]!.val!.constructor).toBe(Uint8Array);
  });

  test('keep texts that UTF-8 makes longer, from the first to the last', () => {
    const texts = ['', 'ä', '€uro', '😀', '\uFEFF', 'plain', '\0', '日本'];
    const batch = batchOf(texts.map((val, seq) => change({ val, seq })));
    expect(roundTrip(batch)).toStrictEqual(batch);
  });
});

describe('a caller cannot encode', () => {
  test.each<[string, Partial<Batch>]>([
    ['a batch of no version', { prevVersion: 9 }],
    ['versions that go backwards', { prevVersion: 10 }],
    ['a version beyond the greatest', { toVersion: MAX_DB_VERSION + 1 }],
    ['half a version', { prevVersion: 0.5 }],
    ['a negative base', { base: -1 }],
    ['a fragment beyond the last', { fragment: { index: 2, count: 2 } }],
    ['a fragment of none', { fragment: { index: 0, count: 0 } }],
  ])('%s', (_, overrides) => {
    expect(() => encodeBatch(batchOf([], overrides))).toThrow(TypeError);
  });

  test.each<[string, Partial<Change>]>([
    ['NaN', { val: Number.NaN }],
    ['an integer of 65 bits', { val: 2n ** 63n }],
    ['half a character', { val: 'a\uD800' }],
    ['no value', { val: undefined as never }],
    ['a value of another kind', { val: {} as never }],
    ['a seq of 32 bits', { seq: 2 ** 31 }],
    ['a negative seq', { seq: -1 }],
    ['half a column version', { colVersion: 0.5 }],
    ['a column version of 33 bits', { colVersion: 2 ** 32 }],
    ['a negative causal length', { cl: -1 }],
    ['a version beyond the greatest', { dbVersion: MAX_DB_VERSION + 1 }],
    ['a short site id', { siteId: new Uint8Array(15) }],
  ])('a change with %s', (_, overrides) => {
    expect(() => encodeBatch(batchOf([change(overrides)]))).toThrow(TypeError);
  });

  test('changes of two sites, but for a refill', () => {
    const changes = [change({}), change({ siteId: OTHER_SITE })];
    expect(() => encodeBatch(batchOf(changes))).toThrow(TypeError);
    expect(() => encodeBatch(batchOf(changes, { refill: true }))).not.toThrow();
  });

  test('more than a peer would inflate', () => {
    const val = new Uint8Array(MAX_INFLATED_BYTES);
    expect(() => encodeBatch(batchOf([change({ val })]))).toThrow(TypeError);
  });
});

test('a preview tells what the header says, and looks no further', () => {
  const header = { refill: true, base: 5, fragment: { index: 1, count: 3 } };
  const bytes = encodeBatch(batchOf([change({}), change({ siteId: OTHER_SITE })], header));
  bytes.fill(0xff, -10);
  expect(readBatchHeader(bytes)).toStrictEqual({ prevVersion: 8, toVersion: 9, ...header, changeCount: 2 });
});
