import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestIncreasing } from './longest-increasing.ts';

test.each([
  ['', ''],
  ['5', '0'],
  ['123', '012'],
  ['321', '2'],
  ['2013', '123'],
  ['111', '2'],
  ['31425', '134'],
])('of %j are the indexes %j', (values, indexes) => {
  expect(longestIncreasing(values.split('')).join('')).toBe(indexes);
});

test('holes are skipped', () => {
  expect(longestIncreasing([undefined, 'a', undefined, 'b'])).toEqual([1, 3]);
});

test('equal values are not increasing', () => {
  expect(longestIncreasing(['a', 'a', 'b', 'b'])).toHaveLength(2);
});

test('strings are compared by their characters', () => {
  expect(longestIncreasing(['Zz', 'a0', 'a1', 'a0V'])).toHaveLength(3);
});

test('no increasing run is longer', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(9), { nil: undefined }), { maxLength: 12 }), (values) => {
      const run = longestIncreasing(values);
      expect(run.every((index, at) => at === 0 || isBelow(values, run[at - 1]!, index))).toBe(true);
      expect(run.every((index) => values[index] !== undefined)).toBe(true);
      expect(run).toHaveLength(lengthByTrying(values));
    }),
  );
});

function isBelow(values: readonly (number | undefined)[], earlier: number, later: number): boolean {
  return earlier < later && values[earlier]! < values[later]!;
}

/** The slow and obvious way: the longest run that ends at each value. */
function lengthByTrying(values: readonly (number | undefined)[]): number {
  const lengths: number[] = [];
  for (const [index, value] of values.entries()) {
    const earlier = lengths.filter((_, at) => values[at] !== undefined && isBelow(values, at, index));
    lengths.push(value === undefined ? 0 : 1 + Math.max(0, ...earlier));
  }
  return Math.max(0, ...lengths);
}
