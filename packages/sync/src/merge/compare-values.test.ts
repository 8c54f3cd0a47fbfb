import type { SqlValue } from '@tributary/database/changes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareValues } from './compare-values.ts';

test('storage classes come before values', () => {
  const ascending: SqlValue[] = [null, Uint8Array.from([255]), 'zzz', Infinity, -(2n ** 63n)];
  for (const [index, value] of ascending.entries()) {
    for (const other of ascending.slice(index + 1)) {
      expect(compareValues(value, other)).toBeLessThan(0);
      expect(compareValues(other, value)).toBeGreaterThan(0);
    }
  }
});

test.each<[string, SqlValue, SqlValue]>([
  ['integers beyond 2^53', 2n ** 53n, 2n ** 53n + 1n],
  ['negative integers', -2n, -1n],
  ['reals', -1e300, 5e-324],
  ['an empty text and a NUL', '', '\0'],
  ['a prefix and its continuation', 'ab', 'abc'],
  ['upper and lower case', 'B', 'a'],
  ['U+FFFD and an emoji, which UTF-16 puts the other way round', '\uFFFD', '\u{1F600}'],
  ['U+E000 and U+10000', '\uE000', '\u{10000}'],
  ['an empty blob and a zero', new Uint8Array(0), Uint8Array.from([0])],
  ['bytes as unsigned', Uint8Array.from([127]), Uint8Array.from([128])],
])('%s', (_title, smaller, greater) => {
  expect(compareValues(smaller, greater)).toBeLessThan(0);
  expect(compareValues(greater, smaller)).toBeGreaterThan(0);
});

test('equal values are equal, NULL too', () => {
  const same: (() => SqlValue)[] = [() => null, () => 5n, () => 5.5, () => 'é', () => Uint8Array.from([1, 2])];
  for (const value of same) expect(compareValues(value(), value())).toBe(0);
});

test('text is ordered as its UTF-8 bytes are', () => {
  const text = () => fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(text(), text(), (one, other) => {
      expect(Math.sign(compareValues(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
    { numRuns: 2_000 },
  );
});
