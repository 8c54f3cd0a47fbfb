import { expect, test } from 'vitest';
import { bytesText, durationText, plural } from './quantities.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [150 * 1024, '150 KiB'],
  [3.5 * 1024 ** 3, '3.5 GiB'],
])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test.each([
  [0, '0 ms'],
  [1_500, '1.5 s'],
  [90_000, '1 min'],
  [5_400_000, '1.5 h'],
  [129_600_000, '1.5 d'],
])('%i ms are %s', (ms, text) => expect(durationText(ms)).toBe(text));

test('one is told from many', () => {
  expect([plural(1, 'row'), plural(2_000, 'row'), plural(0, 'entry', 'entries')]).toEqual([
    '1 row',
    '2,000 rows',
    '0 entries',
  ]);
});
