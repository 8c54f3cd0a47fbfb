import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { align } from './align.ts';

const letters = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
const everything = { maxEdits: 1_000, isWeighty: () => true };

const pairsOf = (partners: Int32Array) => [...partners.entries()].filter(([, partner]) => partner >= 0);

/** The textbook's table, as an oracle. */
function lengthOfLcs(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, () => 0);
  for (const item of one) {
    const next = [0];
    for (const [index, candidate] of other.entries()) {
      next.push(item === candidate ? row[index]! + 1 : Math.max(row[index + 1]!, next[index]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

function expectOrderedMatches(one: readonly string[], other: readonly string[], pairs: [number, number][]): void {
  for (const [index, partner] of pairs) expect(one[index]).toBe(other[partner]);
  const partners = pairs.map(([, partner]) => partner);
  expect(partners).toEqual([...new Set(partners)].sort((a, b) => a - b));
}

describe('align', () => {
  test('matches equal items, in the order of both, and as many as can be', () => {
    fc.assert(
      fc.property(letters, letters, (one, other) => {
        const pairs = pairsOf(align(one, other, everything)!);
        expectOrderedMatches(one, other, pairs);
        expect(pairs).toHaveLength(lengthOfLcs(one, other));
      }),
      { numRuns: 1_000 },
    );
  });

  test('matches as many weighty items as can be, and others only between them', () => {
    const isWeighty = (item: string) => item > 'b';
    fc.assert(
      fc.property(letters, letters, (one, other) => {
        const pairs = pairsOf(align(one, other, { maxEdits: 1_000, isWeighty })!);
        expectOrderedMatches(one, other, pairs);
        const weighty = pairs.filter(([index]) => isWeighty(one[index]!));
        expect(weighty).toHaveLength(lengthOfLcs(one.filter(isWeighty), other.filter(isWeighty)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('never gives up while fewer items than allowed have no partner', () => {
    fc.assert(
      fc.property(letters, letters, fc.nat({ max: 40 }), (one, other, maxEdits) => {
        const edits = one.length + other.length - 2 * lengthOfLcs(one, other);
        if (edits <= maxEdits) expect(align(one, other, { ...everything, maxEdits })).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('gives up on long sequences that have little in common', () => {
    const [one, other] = ['one', 'other'].map((name) =>
      Array.from({ length: 300 }, (_, i) => `${i % 3 ? name : ''}${i}`),
    );
    expect(align(one!, other!, { ...everything, maxEdits: 400 })).toBeDefined();
    expect(align(one!, other!, { ...everything, maxEdits: 399 })).toBeUndefined();
  });

  test('matches the first of equal items, so that what two sequences say alike is matched with a third alike', () => {
    expect([...align(['a', ' ', 'c'], ['a', ' ', 'b', ' ', 'c'], everything)!]).toEqual([0, 1, 4]);
    expect([...align(['a', ' ', 'b', ' ', 'c'], ['a', ' ', 'c'], everything)!]).toEqual([0, 1, -1, -1, 2]);
  });

  test('takes items for what they are, whatever their names', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    expect([...align(names, ['x', ...names], everything)!]).toEqual([1, 2, 3]);
  });
});
