import { expect, test } from 'vitest';
import type { BindValue, Driver } from '../../engine/driver.ts';

export function valueTests(driver: () => Driver): void {
  const roundTrip = (value: BindValue) =>
    driver().prepare('SELECT ? AS value, typeof(?) AS type').safeIntegers().get(value, value) as {
      value: unknown;
      type: string;
    };

  test.each([
    ['a whole number is REAL', 5, { value: 5, type: 'real' }],
    ['a fraction', 0.1, { value: 0.1, type: 'real' }],
    ['a number beyond int32', 2 ** 40, { value: 2 ** 40, type: 'real' }],
    ['the largest double', Number.MAX_VALUE, { value: Number.MAX_VALUE, type: 'real' }],
    ['infinity', Infinity, { value: Infinity, type: 'real' }],
    ['a bigint is INTEGER', 5n, { value: 5n, type: 'integer' }],
    ['a negative integer', -1n, { value: -1n, type: 'integer' }],
    ['an integer beyond 2^53', 2n ** 53n + 1n, { value: 2n ** 53n + 1n, type: 'integer' }],
    ['the largest int64', 2n ** 63n - 1n, { value: 2n ** 63n - 1n, type: 'integer' }],
    ['the least int64', -(2n ** 63n), { value: -(2n ** 63n), type: 'integer' }],
    ['int32 boundaries', -(2n ** 31n), { value: -(2n ** 31n), type: 'integer' }],
    ['just beyond int32', 2n ** 31n, { value: 2n ** 31n, type: 'integer' }],
    ['empty text', '', { value: '', type: 'text' }],
    ['text with a NUL', 'a\0b', { value: 'a\0b', type: 'text' }],
    ['emoji', '👩‍👩‍👧‍👦 ünïcødé', { value: '👩‍👩‍👧‍👦 ünïcødé', type: 'text' }],
    ['a byte order mark', '\uFEFFa', { value: '\uFEFFa', type: 'text' }],
    ['null', null, { value: null, type: 'null' }],
    ['undefined is NULL', undefined, { value: null, type: 'null' }],
    ['NaN is NULL', NaN, { value: null, type: 'null' }],
  ] as const)('%s comes back as it went in', (_title, value, expected) => {
    expect(roundTrip(value)).toEqual(expected);
  });

  test.each([0, 1, 23, 24, 25, 63, 64, 1_000, 30_000, 70_000, 300_000])('text of %i characters', (length) => {
    const text = 'x'.repeat(Math.max(0, length - 1)) + (length > 0 ? 'é' : '');
    expect(roundTrip(text)).toEqual({ value: text, type: 'text' });
  });

  test('blobs keep every byte, and an empty blob is not NULL', () => {
    for (const length of [0, 1, 255, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
      const { value, type } = roundTrip(bytes);
      expect(type).toBe('blob');
      expect(Uint8Array.from(value as Uint8Array)).toEqual(bytes);
    }
  });

  test('a view into a larger buffer binds only what it covers', () => {
    const view = new Uint8Array(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2);
    expect(Uint8Array.from(roundTrip(view).value as Uint8Array)).toEqual(Uint8Array.from([2, 3]));
  });

  test('a lone surrogate becomes U+FFFD, so that stored text is always valid UTF-8', () => {
    expect(roundTrip('a\uD800b').value).toBe('a\uFFFDb');
    expect(driver().prepare('SELECT $x, hex($x)').raw().get({ x: '\uDFFF' })).toEqual(['\uFFFD', 'EFBFBD']);
    expect(roundTrip(`${'long '.repeat(20)}\uDC00`).value).toBe(`${'long '.repeat(20)}\uFFFD`);
  });

  test('column affinity converts what it can without loss', () => {
    driver().exec('CREATE TABLE t (i INTEGER, r REAL, x TEXT, b BLOB)');
    driver().prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run(5, 5n, 'five', 5);
    expect(driver().prepare('SELECT typeof(i), typeof(r), typeof(x), typeof(b) FROM t').raw().get()).toEqual([
      'integer',
      'real',
      'text',
      'real',
    ]);
    expect(driver().prepare('SELECT i FROM t').pluck().get()).toBe(5);
  });

  test('without safe integers an INTEGER reads as the nearest number', () => {
    driver().exec('CREATE TABLE t (i INTEGER)');
    driver()
      .prepare('INSERT INTO t VALUES (?), (?)')
      .run(-7n, 2n ** 53n + 1n);
    expect(driver().prepare('SELECT i FROM t').pluck().all()).toEqual([-7, 2 ** 53]);
    expect(driver().prepare('SELECT i FROM t').pluck().safeIntegers().all()).toEqual([-7n, 2n ** 53n + 1n]);
  });
}
