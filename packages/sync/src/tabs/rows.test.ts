import { expect, test } from 'vitest';
import { areSameRows, queryKey, type ColumnValue, type Row } from './rows.ts';

test.each<[string, readonly Row[], readonly Row[], boolean]>([
  ['no rows', [], [], true],
  ['equal rows', [[1, 'a', null]], [[1, 'a', null]], true],
  ['equal bytes', [[Uint8Array.of(1, 2)]], [[Uint8Array.of(1, 2)]], true],
  ['other bytes', [[Uint8Array.of(1, 2)]], [[Uint8Array.of(1, 3)]], false],
  ['more bytes', [[Uint8Array.of(1)]], [[Uint8Array.of(1, 3)]], false],
  ['more rows', [[1]], [[1], [2]], false],
  ['fewer rows', [[1], [2]], [[1]], false],
  ['another order', [[1], [2]], [[2], [1]], false],
  ['text for a number', [['1']], [[1]], false],
  ['null for nothing', [[null]], [['']], false],
  ['more columns', [[1]], [[1, 2]], false],
])('%s are the same: %4$s', (_title, one, other, expected) => {
  expect(areSameRows(one, other)).toBe(expected);
});

test('queries have equal keys only if SQL and parameters are equal', () => {
  const lists: readonly (readonly ColumnValue[])[] = [
    [],
    [''],
    [null],
    ['null'],
    [1],
    ['1'],
    [1n],
    ['1n'],
    [1, 2],
    ['1,2'],
    ['1', '2'],
    ['1","2'],
    [Uint8Array.of(1, 2)],
    [Uint8Array.of(1), 2],
    ['x[1,2]'],
  ];
  expect(new Set(lists.map((params) => queryKey('SELECT ?', params))).size).toBe(lists.length);
  for (const params of lists) expect(queryKey('SELECT ?', [...params])).toBe(queryKey('SELECT ?', params));
});
