import { expect, test } from 'vitest';
import type { StatementColumn } from '../../control/operations/run-statement.ts';
import { createSqlWriter, type SqlFormat, type SqlRow } from './sql-formats.ts';

const INT8 = 20;
const TEXT = 25;

function written(format: SqlFormat, columns: readonly StatementColumn[], rows: readonly SqlRow[]): string {
  let text = '';
  const writer = createSqlWriter(format, (part) => (text += part));
  writer.begin(columns);
  for (const row of rows) writer.add([row]);
  writer.end();
  return text;
}

function asJson(type: number, text: string | null): unknown {
  return (JSON.parse(written('json', [{ name: 'v', type }], [[text]])) as { v: unknown }[])[0]?.v;
}

test('a table has aligned columns, and says what is NULL and what only looks like it', () => {
  const columns = [
    { name: 'id', type: INT8 },
    { name: 'name', type: TEXT },
  ];
  expect(
    written('table', columns, [
      ['1', null],
      ['20', 'NULL'],
      ['300', ''],
    ]),
  ).toBe(' id  name\n---  ------\n  1  NULL\n 20  "NULL"\n300\n');
});

test('a table shows control characters, cuts what is long, and knows how wide a character is', () => {
  const table = written(
    'table',
    [
      { name: 'v', type: TEXT },
      { name: 'w', type: TEXT },
    ],
    [
      ['\u001B[2J\n\u202E', 'x'],
      ['漢字', 'y'],
      ['a'.repeat(200), 'z'],
    ],
  );
  const lines = table.split('\n');
  expect(lines[2]).toContain(String.raw`\u001b[2J↵\u202e`);
  expect(lines[3]).toBe(`漢字${' '.repeat(76)}  y`);
  expect(lines[4]).toBe(`${'a'.repeat(79)}…  z`);
});

test('CSV tells NULL from an empty text, and quotes what has to be quoted', () => {
  const row = [null, '', 'a,b', 'say "hi"', 'two\r\nlines', ' blank', 'plain', '\\x00ff'];
  const columns = row.map((_, index) => ({ name: `c${index}`, type: TEXT }));
  expect(written('csv', columns, [row])).toBe(
    'c0,c1,c2,c3,c4,c5,c6,c7\n,"","a,b","say ""hi""","two\r\nlines"," blank",plain,\\x00ff\n',
  );
});

test.each([
  [16, 't', true],
  [23, '-7', -7],
  [INT8, '9007199254740991', 9007199254740991],
  [INT8, '9007199254740993', '9007199254740993'],
  [701, '1.5e+300', 1.5e300],
  [701, 'NaN', 'NaN'],
  [701, '-Infinity', '-Infinity'],
  [1700, '1.500', '1.500'],
  [3802, '{"a": [1, null]}', { a: [1, null] }],
  [114, '{\n"a":\r\n1}', { a: 1 }],
  [1184, '2024-02-29 10:00:00.123456+00', '2024-02-29T10:00:00.123456Z'],
  [1114, '2024-02-29 10:00:00', '2024-02-29T10:00:00'],
  [1184, 'infinity', 'infinity'],
  [17, '\\x00ff', '\\x00ff'],
  [1007, '{1,NULL,3}', [1, null, 3]],
  [1009, '{"a,b",NULL,"NULL"}', ['a,b', null, 'NULL']],
  [
    1016,
    '{{1,2},{3,9007199254740993}}',
    [
      [1, 2],
      [3, '9007199254740993'],
    ],
  ],
  [TEXT, 'line\nbreak', 'line\nbreak'],
  [TEXT, null, null],
])('JSON of type %i: %j', (type, text, expected) => {
  expect(asJson(type, text)).toEqual(expected);
});

test('the digits of a number in jsonb are those of PostgreSQL', () => {
  expect(written('json', [{ name: 'v', type: 3802 }], [['{"n": 9007199254740993}']])).toContain('9007199254740993');
});

test('JSON has every column, also where two are called the same, and an empty array where there is no row', () => {
  const columns = ['id', 'id', 'id_2'].map((name) => ({ name, type: INT8 }));
  expect(JSON.parse(written('json', columns, [['1', '2', '3']]))).toEqual([{ id: 1, id_2: 2, id_2_2: 3 }]);
  expect(written('json', columns, [])).toBe('[]\n');
});
