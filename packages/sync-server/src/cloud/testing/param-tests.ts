/** What goes in comes out, or is refused with a reason. */
import { beforeAll, expect, test } from 'vitest';
import type { CloudDatabase, CloudParam, CloudValue } from '../cloud-database.ts';
import type { TestCloud } from './describe-each-cloud.ts';

const DATE = new Date('2024-02-29T12:30:15.123Z');

const ROUND_TRIPS: readonly (readonly [type: string, param: CloudParam, value?: CloudValue])[] = [
  ['text', null],
  ['text', ''],
  ['text', 'ÄÖ €𝄞 \\ " \' $1'],
  ['int4', 42],
  ['int8', 9007199254740993n],
  ['int8', 42, 42n],
  ['numeric', 10n, '10'],
  ['float8', 0.1],
  ['float8', -0],
  ['float8', NaN],
  ['float8', 1e300],
  ['float8', -Infinity],
  ['bool', true],
  ['bytea', Uint8Array.of(0, 255, 92, 120)],
  ['bytea', new Uint8Array()],
  ['timestamptz', DATE],
  ['timestamp', DATE],
  ['timestamptz', new Date('-000043-03-15T12:00:00Z')],
  ['timestamptz', new Date('+020000-01-01T00:00:00Z')],
  ['date', '2024-02-29'],
  ['jsonb', { a: [1, null, 'x"y'], b: {} }],
  ['jsonb', '[1,2]', [1, 2]],
  ['uuid', '0190a5b2-0000-7000-8000-000000000001'],
  ['text[]', ['a', null, '', 'NULL', 'with "quotes", \\ and {braces}']],
  ['text[]', []],
  ['int4[]', [1, null, -2]],
  ['int8[]', [1n, 9007199254740993n]],
  ['float8[]', [0.5, NaN, -Infinity]],
  ['bool[]', [true, false, null]],
  ['bytea[]', [Uint8Array.of(0, 255), new Uint8Array(), null]],
  ['timestamptz[]', [DATE, null]],
  ['jsonb[]', [{ a: 'x"\\y' }, null]],
];

export function runParamTests(cloud: TestCloud): void {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await cloud.open();
  });

  const cases = ROUND_TRIPS.map(([type, param, value = param as CloudValue]) => ({ type, param, value }));
  test.each(cases)('$type $param comes back', async ({ type, param, value }) => {
    const { rows } = await database.queryTable(`SELECT $1::${type}`, [param]);
    expect(rows).toStrictEqual([[value]]);
  });

  test('the bytes of a view are those of the view', async () => {
    const buffer = Uint8Array.of(1, 2, 3, 4, 5);
    const { rows } = await database.queryTable('SELECT $1::bytea', [buffer.subarray(1, 3)]);
    expect(rows).toStrictEqual([[Uint8Array.of(2, 3)]]);
  });

  test('columns of many rows go in as arrays', async () => {
    const ids = Array.from({ length: 2000 }, (_, index) => `id-${index}`);
    const [row] = await database.query(
      'SELECT count(*) AS rows, count(bytes) AS bytes FROM unnest($1::text[], $2::bytea[]) AS t (id, bytes)',
      [ids, ids.map((_, index) => (index % 2 === 0 ? Uint8Array.of(index % 256) : null))],
    );
    expect(row).toEqual({ rows: 2000n, bytes: 1000n });
  });

  test('a statement may have 65535 parameters, and no more', async () => {
    const params = Array.from({ length: 65_535 }, (_, index) => index);
    const list = params.map((index) => `$${index + 1}::int`).join(',');
    expect((await database.query<{ n: number }>(`SELECT (ARRAY[${list}])[65535] AS n`, params))[0]).toEqual({
      n: 65_534,
    });
    await expect(database.query('SELECT 1', [...params, 1])).rejects.toThrow(TypeError);
  });

  const UNSTORABLE: readonly (readonly [string, CloudParam])[] = [
    ['U+0000 in text', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800b'],
    ['the other half', '\udc00'],
    ['U+0000 in an array', ['ok', '\0']],
    ['half of a surrogate pair in an array', ['ok', '\ud800']],
  ];
  test.each(UNSTORABLE)('%s is refused, and the database goes on', async (_name, param) => {
    const refusal = { code: 'cloud_refused', sqlState: '22021', retryable: false };
    await expect(database.query('SELECT $1', [param])).rejects.toMatchObject(refusal);
    await expect(database.transaction((queries) => queries.query('SELECT $1', [param]))).rejects.toMatchObject(refusal);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('U+0000 in JSON and in a statement is refused too', async () => {
    await expect(database.query('SELECT $1::jsonb', [{ a: '\0' }])).rejects.toMatchObject({ code: 'cloud_refused' });
    await expect(database.query('SELECT 1\0')).rejects.toMatchObject({ code: 'cloud_refused' });
    await expect(database.execute('SELECT 1\0')).rejects.toMatchObject({ code: 'cloud_refused' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  const MISTAKES: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an invalid date', new Date(NaN)],
    ['an array within an array', [['a']]],
    ['undefined in an array', [undefined]],
  ];
  test.each(MISTAKES)('%s is a mistake of the caller', async (_name, param) => {
    await expect(database.query('SELECT $1', [param as CloudParam])).rejects.toThrow(TypeError);
  });

  test('a wrong number of parameters is refused, and the database goes on', async () => {
    await expect(database.query('SELECT $1::int, $2::int', [1])).rejects.toMatchObject({ code: 'cloud_refused' });
    await expect(database.query('SELECT 1', [1])).rejects.toMatchObject({ code: 'cloud_refused' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}
