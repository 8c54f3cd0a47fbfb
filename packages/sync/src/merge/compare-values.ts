import type { SqlValue } from '@tributary/database/changes';

/**
 * cr-sqlite's order of values, which decides between two edits of equal version. Storage classes come first, whatever
 * the numbers: NULL < BLOB < TEXT < REAL < INTEGER, so -1 as INTEGER is greater than 1e300 as REAL. Within a class:
 * numerically, or by bytes, text as UTF-8 without any collation.
 *
 * Negative, zero or positive. A number is REAL and a bigint is INTEGER, as everywhere in changes.
 */
export function compareValues(one: SqlValue, other: SqlValue): number {
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  if (typeof one === 'bigint' && typeof other === 'bigint') return compareNumbers(one, other);
  if (typeof one === 'number' && typeof other === 'number') return compareNumbers(one, other);
  if (one instanceof Uint8Array && other instanceof Uint8Array) return compareBytes(one, other);
  return rankOf(one) - rankOf(other);
}

function rankOf(value: SqlValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 2;
  if (typeof value === 'number') return 3;
  return typeof value === 'bigint' ? 4 : 1;
}

function compareNumbers<N extends number | bigint>(one: N, other: N): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

/** JavaScript compares UTF-16 code units, whose order differs from that of UTF-8 only where surrogates are involved. */
function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [one.charCodeAt(i), other.charCodeAt(i)];
    if (a !== b) return inCodePointOrder(a) - inCodePointOrder(b);
  }
  return one.length - other.length;
}

/** Moves surrogates, which stand for code points above U+FFFF, behind every other code unit. */
function inCodePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const difference = (one[i] as number) - (other[i] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
