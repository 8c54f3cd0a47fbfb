import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashChange } from './change-hash.ts';

const CHANGES = 200_000;

const CHANGE: Change = {
  table: 'notes',
  pk: packKey(['n1']),
  cid: 'title',
  val: 'hello',
  colVersion: 1,
  dbVersion: 1,
  siteId: new Uint8Array(16),
  cl: 1,
  seq: 0,
};

describe('two changes have one hash', () => {
  test('when they say the same, whoever says it and when', () => {
    const other = { ...CHANGE, siteId: new Uint8Array(16).fill(9), dbVersion: 77, seq: 3, pk: packKey(['n1']) };
    expect(hashChange(other)).toBe(hashChange(CHANGE));
  });

  test('as 64 bits with a sign, which is what SQLite takes', () => {
    const hash = hashChange(CHANGE);
    expect(BigInt.asIntN(64, hash)).toBe(hash);
  });
});

describe('two changes have different hashes', () => {
  test.each<[string, Partial<Change>]>([
    ['table', { table: 'note' }],
    ['row', { pk: packKey(['n2']) }],
    ['column', { cid: 'body' }],
    ['text', { val: 'hellp' }],
    ['column version', { colVersion: 2 }],
    ['causal length', { cl: 3 }],
    ['sentinel', { cid: SENTINEL, val: null }],
  ])('when they differ in their %s', (_, overrides) => {
    expect(hashChange({ ...CHANGE, ...overrides })).not.toBe(hashChange(CHANGE));
  });

  test('when their values differ in nothing but their type', () => {
    const values = [null, 5n, 5, '5', Uint8Array.of(53), '', Uint8Array.of(), 0n, 0];
    expect(new Set(values.map((val) => hashChange({ ...CHANGE, val }))).size).toBe(values.length);
  });

  test('when the same characters are spread otherwise over table, column and value', () => {
    const parts = ['ab', 'c', 'd', 'a', 'bc', 'abc', '', 'bcd'];
    const changes = parts.flatMap((table) =>
      parts.flatMap((cid) => parts.map((val) => ({ ...CHANGE, table, cid, val }))),
    );
    expect(new Set(changes.map(hashChange)).size).toBe(changes.length);
  });
});

describe(`${CHANGES} changes that are much alike`, () => {
  const kinds: readonly ((index: number) => Partial<Change>)[] = [
    (index) => ({ pk: packKey([`${index}`]) }),
    (index) => ({ pk: packKey([uuidOf(index)]) }),
    (index) => ({ pk: packKey([uuidOf(index)]), cid: SENTINEL, val: null, cl: 2, colVersion: 2 }),
    (index) => ({ colVersion: index + 2, val: `${index}` }),
    (index) => ({ val: BigInt(index) }),
  ];
  let hashes: readonly bigint[];
  beforeAll(() => {
    const each = CHANGES / kinds.length;
    hashes = kinds.flatMap((kind) =>
      Array.from({ length: each }, (_, index) => hashChange({ ...CHANGE, ...kind(index) })),
    );
  });

  test('have no two hashes in common', () => {
    expect(new Set(hashes).size).toBe(CHANGES);
  });

  test.each([
    ['lower', 0n],
    ['upper', 32n],
  ])('differ about as much as random numbers do in the %s half of their hashes alone', (_, shift) => {
    const halves = new Set(hashes.map((hash) => BigInt.asUintN(32, hash >> shift)));
    // Of random numbers five would be in vain.
    expect(CHANGES - halves.size).toBeLessThan(25);
  });

  test('have hashes in which every bit is set in about half', () => {
    const counts = Array.from({ length: 64 }, () => 0);
    for (const hash of hashes) {
      for (let bits = BigInt.asUintN(64, hash), bit = 0; bits > 0n; bits >>= 1n, bit++)
        counts[bit]! += Number(bits & 1n);
    }
    for (const count of counts) expect(Math.abs(count / CHANGES - 0.5)).toBeLessThan(0.01);
  });
});

function uuidOf(index: number): string {
  return `018f4c1e-7a2b-7c3d-8e4f-${index.toString(16).padStart(12, '0')}`;
}
