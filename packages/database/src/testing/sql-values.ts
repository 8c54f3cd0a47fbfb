import fc from 'fast-check';
import type { SqlValue } from '../changes/change.ts';

const EXTREME_INTEGERS = [0n, 1n, -1n, 127n, 128n, 255n, 256n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const EXTREME_REALS = [0, 1, -1, 0.1, 5e-324, Number.MAX_VALUE, -(2 ** 63), 2 ** 53 + 2, Infinity, -Infinity, 1e300];
const EXTREME_TEXTS = ['', 'a\0b', '\0', '😀', '\uFFFD', '\uFEFF', '5', ' 5 ', '1.0', '1e3', '-0', '0x10', 'inf'];

/** Any value SQLite can hold, typed as in changes: bigint is INTEGER, number is REAL. */
export function sqlValue(): fc.Arbitrary<SqlValue> {
  return fc.oneof(
    fc.constant(null),
    fc.constantFrom(...EXTREME_INTEGERS),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(...EXTREME_REALS),
    // SQLite keeps neither NaN nor the sign of zero.
    fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value)),
    fc.constantFrom(...EXTREME_TEXTS),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
  );
}
