import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonSubsequence } from './common-subsequence.ts';

function common(before: string, after: string): string {
  const pairs = commonSubsequence(before.split(''), after.split(''));
  expect(pairs.map(([, at]) => after[at])).toEqual(pairs.map(([at]) => before[at]));
  return pairs.map(([at]) => before[at]).join('');
}

test.each([
  ['', '', ''],
  ['abc', '', ''],
  ['', 'abc', ''],
  ['abc', 'abc', 'abc'],
  ['abc', 'xabcy', 'abc'],
  ['abcd', 'acd', 'acd'],
  ['abc', 'xyz', ''],
  ['a}b}c}', 'a}c}', 'a}c}'],
  ['}}}', '}}', '}}'],
  ['abcdef', 'abXdeY', 'abde'],
])('of %j and %j is %j', (before, after, expected) => {
  expect(common(before, after)).toBe(expected);
});

test('a block moved far does not cost those that stayed', () => {
  expect(common('abcdefgh', 'bcdefgha')).toBe('bcdefgh');
});

test('pairs go up on both sides', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 25 });
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      const pairs = commonSubsequence(before, after);
      expect(pairs.every(([one, other]) => before[one] === after[other])).toBe(true);
      const isAscending = pairs.every(([one, other], at) => {
        const [previousOne, previousOther] = pairs[at - 1] ?? [-1, -1];
        return one > previousOne && other > previousOther;
      });
      expect(isAscending).toBe(true);
    }),
  );
});

test('nothing longer is common where no key is unique', () => {
  const letters = fc.array(fc.constantFrom('a', 'b'), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      const doubled = [...before, ...before];
      const other = [...after, ...after];
      expect(commonSubsequence(doubled, other)).toHaveLength(longestCommon(doubled, other));
    }),
  );
});

function longestCommon(before: readonly string[], after: readonly string[]): number {
  let row = Array.from({ length: after.length + 1 }, () => 0);
  for (const key of before) {
    const next = [0];
    for (const [at, other] of after.entries()) {
      next.push(key === other ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

test.each([
  ['nothing in common', (at: number) => `a${at}`, (at: number) => `b${at}`],
  ['few distinct lines', (at: number) => `${at % 3}`, (at: number) => `${at % 5}`],
  ['everything reversed', (at: number) => `${at}`, (at: number) => `${20_000 - at}`],
  ['pairs of lines', (at: number) => `${at >> 1}`, (at: number) => `${(at + 7) >> 1}`],
])('20,000 lines with %s take bounded time', (_, lineBefore, lineAfter) => {
  const numbers = Array.from({ length: 20_000 }, (__, at) => at);
  const start = performance.now();
  commonSubsequence(numbers.map(lineBefore), numbers.map(lineAfter));
  expect(performance.now() - start).toBeLessThan(3_000);
});
