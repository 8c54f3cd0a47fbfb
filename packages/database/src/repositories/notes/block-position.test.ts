import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPositions, isPosition, positionSeed, type PositionOptions } from './block-position.ts';

function positionsOf(current: readonly (string | undefined)[], rest: Partial<PositionOptions> = {}): string[] {
  return assignPositions({ current, lower: null, upper: null, seed: 0, ...rest });
}

/** Whether the positions are well-formed and in strict order. */
function areSound(positions: readonly string[]): boolean {
  return positions.every((position, at) => isPosition(position) && (at === 0 || positions[at - 1]! < position));
}

test('keys in order are kept as they are', () => {
  const current = generateNKeysBetween(null, null, 20);
  expect(positionsOf(current)).toEqual(current);
});

test('only a new block gets a new key', () => {
  const positions = positionsOf(['a0', undefined, 'a1']);
  expect([positions[0], positions[2]]).toEqual(['a0', 'a1']);
  expect(areSound(positions)).toBe(true);
});

test('new blocks at both ends stay outside the others', () => {
  const positions = positionsOf([undefined, 'a0', undefined]);
  expect(positions[1]).toBe('a0');
  expect(areSound(positions)).toBe(true);
});

test('one moved block gets a new key, and the others keep theirs', () => {
  const positions = positionsOf(['a1', 'a2', 'a3', 'a0', 'a4']);
  expect(positions.filter((position, at) => position !== ['a1', 'a2', 'a3', 'a0', 'a4'][at])).toHaveLength(1);
  expect(areSound(positions)).toBe(true);
});

test('keys that tie are parted', () => {
  expect(areSound(positionsOf(['a0', 'a1', 'a1', 'a1', 'a2']))).toBe(true);
});

test.each(['', '!', 'a', 'a00', 'é', 'zz', '0', `A${'0'.repeat(26)}`, `a0${'1'.repeat(300)}`])(
  'the malformed key %j is replaced',
  (malformed) => {
    const positions = positionsOf(['a0', malformed, 'a1']);
    expect([positions[0], positions[2]]).toEqual(['a0', 'a1']);
    expect(areSound(positions)).toBe(true);
  },
);

test('keys outside the bounds are replaced', () => {
  const positions = positionsOf(['a0', 'a5', 'a9'], { lower: 'a3', upper: 'a7' });
  expect(positions[1]).toBe('a5');
  expect(areSound(['a3', ...positions, 'a7'])).toBe(true);
});

test('any wish is granted with sound keys, within any bounds', () => {
  const key = fc.oneof(
    fc.constantFrom(...generateNKeysBetween('a0', 'a9', 12), 'Zz', 'b00', 'zzz'),
    fc.string({ maxLength: 4 }),
    fc.constant(undefined),
  );
  const bounds = fc.constantFrom([null, null], ['a1', null], [null, 'a8'], ['a1', 'a8'], ['a1', 'a1V']);
  fc.assert(
    fc.property(fc.array(key, { maxLength: 20 }), bounds, fc.nat(), (current, [lower, upper], seed) => {
      const positions = assignPositions({ current, lower: lower ?? null, upper: upper ?? null, seed });
      expect(positions).toHaveLength(current.length);
      expect(areSound([...(lower ? [lower] : []), ...positions, ...(upper ? [upper] : [])])).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('isPosition', () => {
  test('accepts exactly the keys that can be a bound', () => {
    const piece = fc.constantFrom('a', 'Z', 'A', 'z', 'b', '0', '1', 'V', 'z', '!', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const key = pieces.join('');
        expect(isPosition(key)).toBe(/^[0-9A-Za-z]+$/.test(key) && isBound(key));
      }),
      { numRuns: 2_000 },
    );
  });

  test('accepts the outermost keys', () => {
    expect(isPosition(`z${'z'.repeat(26)}`)).toBe(true);
    expect(isPosition(`A${'0'.repeat(25)}1`)).toBe(true);
    expect(isPosition(`A${'0'.repeat(26)}V`)).toBe(true);
    expect(areSound([...positionsOf([undefined, `A${'0'.repeat(26)}V`]), `z${'z'.repeat(26)}`])).toBe(true);
    expect(areSound(positionsOf([`z${'z'.repeat(26)}`, undefined]))).toBe(true);
  });

  function isBound(key: string): boolean {
    try {
      generateKeyBetween(key, null);
      return true;
    } catch {
      return false;
    }
  }
});

describe('the seed', () => {
  test('parts the runs of two devices that insert at one place', () => {
    const runs = [1, 2].map((seed) => positionsOf(['a0', undefined, undefined, undefined, 'a1'], { seed }).slice(1, 4));
    const [one, other] = runs as [string[], string[]];
    const isApart = one.at(-1)! < other[0]! || other.at(-1)! < one[0]!;
    expect(isApart).toBe(true);
  });

  test('is spread over all places by ids that differ only at their end', () => {
    const seeds = Array.from({ length: 256 }, (_, at) => positionSeed(`0198c0de-0000-7000-8000-00000000${at}`) & 0xff);
    expect(new Set(seeds).size).toBeGreaterThan(120);
  });
});

describe('the length of keys', () => {
  test('stays short when blocks are appended one by one', () => {
    let last: string | null = null;
    for (let seed = 0; seed < 2_000; seed++) {
      last = positionsOf([undefined], { lower: last, seed: positionSeed(String(seed)) })[0]!;
    }
    expect(last!.length).toBeLessThan(12);
  });

  test('grows by less than a character in three inserts at one place', () => {
    let last = 'a0';
    for (let seed = 0; seed < 300; seed++) {
      last = positionsOf([undefined], { lower: last, upper: 'a1', seed: positionSeed(String(seed)) })[0]!;
    }
    expect(last.length).toBeLessThan(100);
  });

  test('stays short when a long text is pasted', () => {
    const longest = Math.max(...positionsOf(Array.from({ length: 5_000 })).map(({ length }) => length));
    expect(longest).toBeLessThan(8);
  });
});
