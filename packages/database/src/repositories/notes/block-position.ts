/**
 * Where blocks stand: fractional index keys, strictly increasing in plain byte order. As many existing keys as possible
 * are kept. Keys that tie (two devices inserted at one place) or are malformed (a foreign peer) are replaced, so the
 * result is always sound whatever was stored.
 */
import { BASE_62_DIGITS, generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { longestIncreasing } from './longest-increasing.ts';

/** Well-formed keys around a place, both exclusive; `null` is the beginning or the end of the note. */
export interface PositionBounds {
  readonly lower: string | null;
  readonly upper: string | null;
}

export interface PositionOptions extends PositionBounds {
  /** In the wanted order: the key each block has now, or `undefined` for a new block. */
  readonly current: readonly (string | undefined)[];
  /** A random integer. Devices that insert at one place at once then get separate keys, and their runs stay whole. */
  readonly seed: number;
}

export function assignPositions({ current, lower, upper, seed }: PositionOptions): string[] {
  const usable = current.map((key) => (key !== undefined && isUsable(key, { lower, upper }) ? key : undefined));
  const positions: string[] = [];
  for (const index of [...longestIncreasing(usable), current.length]) {
    const next = usable[index];
    const gap = { lower: positions.at(-1) ?? lower, upper: next ?? upper };
    positions.push(...freshPositions(gap, index - positions.length, seed));
    if (next !== undefined) positions.push(next);
  }
  return positions;
}

function isUsable(key: string, { lower, upper }: PositionBounds): boolean {
  return (lower === null || key > lower) && (upper === null || key < upper) && isPosition(key);
}

/** The seed that a fresh random id gives (FNV-1a). */
export function positionSeed(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // The low bits of this hash mix the least.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Honest keys grow by about one character per six inserts at one place. */
const MAX_POSITION_LENGTH = 250;
const DIGITS_ONLY = /^[0-9A-Za-z]+$/;

/** Whether the key is one that `fractional-indexing` accepts as a bound. */
export function isPosition(key: string): boolean {
  if (key.length > MAX_POSITION_LENGTH || !DIGITS_ONLY.test(key)) return false;
  const integerLength = lengthOfInteger(key);
  if (integerLength === undefined || integerLength > key.length) return false;
  const hasTrailingZero = key.length > integerLength && key.endsWith('0');
  return !hasTrailingZero && key !== SMALLEST_INTEGER;
}

const SMALLEST_INTEGER = `A${'0'.repeat(26)}`;

/** The first letter says how long the integer part is: `a` is 2, `z` 27; `Z` is 2 and `A` 27, below zero. */
function lengthOfInteger(key: string): number | undefined {
  const head = BASE_62_DIGITS.indexOf(key.charAt(0));
  if (head < 10) return undefined;
  return head < 36 ? 37 - head : head - 34;
}

const SPREAD_BITS = 8;

/** Halves the gap a few times by the bits of the seed, and takes the keys from what is left. */
function freshPositions({ lower, upper }: PositionBounds, count: number, seed: number): string[] {
  if (count === 0) return [];
  for (let bit = 0; bit < SPREAD_BITS; bit++) {
    const middle = generateKeyBetween(lower, upper);
    if ((seed >>> bit) & 1) lower = middle;
    else upper = middle;
  }
  return generateNKeysBetween(lower, upper, count);
}
