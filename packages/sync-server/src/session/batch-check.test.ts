import {
  describeSchema,
  packKey,
  type Affinity,
  type Change,
  type ReplicatedColumn,
  type SqlValue,
} from '@tributary/database/changes';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { workspaceSchema } from '@tributary/database/workspace';
import { ProtocolError, type Batch } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { change, site } from '../testing/test-batches.ts';
import { BatchCheck, type BatchPlace } from './batch-check.ts';

const OPTIONS = { schema: workspaceSchema, strictNames: false, maxUnknownNames: 5, maxValueBytes: 1_000 };
const PLACE: BatchPlace = { head: 10, unknownNames: new Set() };
const check = new BatchCheck(OPTIONS);

function batchOf(changes: readonly Change[], rest: Partial<Batch> = {}): Batch {
  return { prevVersion: 0, toVersion: 9, base: 3, refill: false, fragment: undefined, changes, ...rest };
}

const PASSES = /^$/;

/** Empty for a batch that passes. */
function faultOf(batch: Batch): string {
  try {
    check.check(batch, PLACE);
    return '';
  } catch (error) {
    return error instanceof ProtocolError && error.code === 'change_refused' ? error.message : String(error);
  }
}

const INTEGERS = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 5n];

/** What columns store as it is. */
const FITTING: Record<Affinity, readonly SqlValue[]> = {
  INTEGER: INTEGERS,
  NUMERIC: INTEGERS,
  REAL: [0.5, -1e300, 3, Infinity],
  TEXT: ['', 'plain', '12', 'ü 漢 🙂', 'a\0b'],
  BLOB: [new Uint8Array(0), Uint8Array.of(0, 255), 'any type', 1n, 0.25],
};

function valueFor({ affinity, nullable }: ReplicatedColumn, random: SeededRandom): SqlValue {
  return nullable && random.chance(0.2) ? null : random.pick(FITTING[affinity]);
}

const seed = seedOfRun();

test(`lets every column of every table pass with the values it may hold (seed ${seed})`, () => {
  const random = createSeededRandom(seed);
  for (const [table, { keyTypes, columns }] of describeSchema(workspaceSchema)) {
    const pk = packKey(keyTypes.map((_, index) => `key-${index}`));
    const cells = [...columns].map(([cid, column], seq) =>
      change({ table, pk, cid, seq, val: valueFor(column, random) }),
    );
    const deleted = change({ table, pk, cid: '-1', val: null, cl: 2, colVersion: 2, seq: 99 });
    expect(check.check(batchOf([...cells, deleted]), PLACE)).toEqual([]);
  }
});

test(`lets no column pass with a value that it would convert (seed ${seed})`, () => {
  const wrong: Record<string, SqlValue> = { INTEGER: '7', NUMERIC: 7, REAL: 7n, TEXT: 7n };
  for (const [table, { keyTypes, columns }] of describeSchema(workspaceSchema)) {
    const pk = packKey(keyTypes.map(() => 'key'));
    for (const [cid, { affinity }] of columns) {
      const val = wrong[affinity];
      if (val === undefined) continue;
      expect(() => check.check(batchOf([change({ table, pk, cid, val })]), PLACE)).toThrow('would convert');
    }
  }
});

test('makes no list of names for a usual batch', () => {
  expect(check.check(batchOf([change()]), PLACE)).toBe(
    check.check(batchOf([change({ cid: 'pinned', val: 1n })]), PLACE),
  );
});

describe('the bounds', () => {
  test.each<[string, Partial<Change>, Partial<Batch>, string | RegExp]>([
    ['the first version after its beginning', { dbVersion: 1 }, {}, PASSES],
    ['its last version', { dbVersion: 9 }, {}, PASSES],
    ['a version before its beginning', { dbVersion: 4 }, { prevVersion: 4 }, 'outside (4, 9]'],
    ['a version after its end', { dbVersion: 10 }, {}, 'outside (0, 9]'],
    ['any version, in a refill', { dbVersion: 4_000, siteId: site(9) }, { refill: true }, PASSES],
    ['a version beyond all, in a refill', { dbVersion: 2 ** 49 }, { refill: true }, 'has the database version'],
    ['the head for its base', {}, { base: 10 }, PASSES],
    ['a base after the head', {}, { base: 11 }, 'the base 11 is above 10'],
    ['no base', {}, { base: undefined }, PASSES],
    ['the largest key', { pk: packKey(['k'.repeat(1_020)]) }, {}, PASSES],
    ['a larger key', { pk: packKey(['k'.repeat(1_021)]) }, {}, 'has a key of 1025 bytes'],
    ['the largest text', { val: 'x'.repeat(1_000) }, {}, PASSES],
    ['a larger text', { val: 'x'.repeat(1_001) }, {}, 'has a value of 1001 bytes'],
    ['the largest text of three bytes each', { val: '漢'.repeat(333) }, {}, PASSES],
    ['a larger text of four bytes each', { val: '🙂'.repeat(251) }, {}, 'has a value of 1004 bytes'],
    [
      'a blob in a table of a newer app',
      { table: 'newer', val: new Uint8Array(1_001) },
      {},
      'has a value of 1001 bytes',
    ],
  ])('of a batch with %s', (_, cell, header, fault) => {
    expect(faultOf(batchOf([change(cell)], header))).toMatch(fault);
  });
});

describe('unknown names', () => {
  test('are returned once each, tables and columns, for the log to remember', () => {
    const cells = [
      change({ cid: 'newer' }),
      change({ cid: 'newer', seq: 1 }),
      change({ table: 'newer', cid: 'a', seq: 2 }),
      change({ table: 'newer', cid: '-1', val: null, seq: 3 }),
    ];
    expect(check.check(batchOf(cells), PLACE)).toEqual(['notes.newer', 'newer', 'newer.a']);
  });

  test('count together with those that the workspace has, each once', () => {
    const place = { head: 0, unknownNames: new Set(['notes.a', 'notes.b', 'notes.c', 'notes.d']) };
    const header = { base: 0 };
    const pass = [change({ cid: 'a' }), change({ cid: 'e', seq: 1 })];
    expect(check.check(batchOf(pass, header), place)).toEqual(['notes.a', 'notes.e']);
    const tooMany = [...pass, change({ cid: 'f', seq: 2 })];
    expect(() => check.check(batchOf(tooMany, header), place)).toThrow('may have 5 such names');
  });

  test('of a strict relay are none', () => {
    const strict = new BatchCheck({ ...OPTIONS, strictNames: true });
    expect(strict.check(batchOf([change()]), PLACE)).toEqual([]);
    expect(() => strict.check(batchOf([change({ table: 'newer' })]), PLACE)).toThrow('newer is not in the schema');
  });

  test('that are very long are cut in what is said of them', () => {
    const fault = faultOf(batchOf([change({ table: 't'.repeat(100_000), cid: 'c'.repeat(100_000) })]));
    expect(fault).toMatch(/^a change of t+\.c+ has no ordinary table name$/);
    expect(fault.length).toBeLessThan(200);
  });
});
