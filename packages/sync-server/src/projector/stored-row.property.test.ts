import { siteIdToHex, type SqlValue } from '@tributary/database/changes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeStoredRow, encodeStoredRow, type StoredRow } from './stored-row.ts';

const clock = {
  colVersion: fc.nat(),
  siteId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  dbVersion: fc.nat({ max: 2 ** 48 }),
  seq: fc.nat(),
};

const value: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 300 }),
);

const storedRow: fc.Arbitrary<StoredRow> = fc.record({
  state: fc.record({
    sentinel: fc.option(fc.record(clock), { nil: undefined }),
    cells: fc
      .array(fc.tuple(fc.string({ minLength: 1 }), fc.record({ ...clock, val: value })), { maxLength: 8 })
      .map((cells) => new Map(cells)),
  }),
  seq: fc.nat({ max: 2 ** 32 }),
  storedAt: fc.nat({ max: 2 ** 45 }),
  siteId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  isFaulty: fc.boolean(),
});

describe('a stored row', () => {
  test('is read back as it was, values with their types', () => {
    fc.assert(
      fc.property(storedRow, (row) => {
        expect(decodeStoredRow(encodeStoredRow(row))).toEqual(row);
      }),
    );
  });

  test('names each site once', () => {
    const siteId = new Uint8Array(16).fill(0xab);
    const cell = { colVersion: 1, siteId, dbVersion: 1, seq: 0, val: null };
    const cells = new Map(['a', 'b', 'c'].map((name) => [name, { ...cell, siteId: Uint8Array.from(siteId) }]));
    const row = { state: { sentinel: undefined, cells }, seq: 1, storedAt: 1, siteId, isFaulty: false };
    expect(siteIdToHex(encodeStoredRow(row)).split(siteIdToHex(siteId))).toHaveLength(2);
  });

  test('cut short, or with bytes left over, is refused', () => {
    fc.assert(
      fc.property(storedRow, fc.nat(), (row, at) => {
        const bytes = encodeStoredRow(row);
        expect(() => decodeStoredRow(bytes.subarray(0, at % bytes.length))).toThrow(RangeError);
        expect(() => decodeStoredRow(Uint8Array.of(...bytes, 0))).toThrow(RangeError);
      }),
    );
  });

  test('of another format is refused', () => {
    expect(() => decodeStoredRow(Uint8Array.of(9, 0, 0))).toThrow('format 9');
  });
});
