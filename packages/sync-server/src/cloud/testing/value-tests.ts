/** One JavaScript value for each value of PostgreSQL. The tests of a group share a database: they leave nothing in it. */
import { beforeAll, expect, test } from 'vitest';
import type { CloudDatabase, CloudValue } from '../cloud-database.ts';
import type { TestCloud } from './describe-each-cloud.ts';

const VALUES: readonly (readonly [sql: string, value: CloudValue])[] = [
  [`NULL::text`, null],
  [`'-32768'::int2`, -32768],
  [`2147483647::int4`, 2147483647],
  [`4294967295::oid`, 4294967295],
  [`9007199254740993::int8`, 9007199254740993n],
  [`1::int8`, 1n],
  [`0.1::float8`, 0.1],
  [`1.5::float4`, 1.5],
  [`'-0'::float8`, -0],
  [`'NaN'::float8`, NaN],
  [`'-infinity'::float8`, -Infinity],
  [`1e300::float8`, 1e300],
  [`12345678901234567890.10::numeric`, '12345678901234567890.10'],
  [`true`, true],
  [`false`, false],
  [`''::text`, ''],
  [`'ÄÖ €𝄞'::text`, 'ÄÖ €𝄞'],
  [`'ab'::varchar(5)`, 'ab'],
  [`'a'::char(2)`, 'a '],
  [`'name'::name`, 'name'],
  [`'0190a5b2-0000-7000-8000-000000000001'::uuid`, '0190a5b2-0000-7000-8000-000000000001'],
  [`'\\x00ff10'::bytea`, Uint8Array.of(0, 255, 16)],
  [`''::bytea`, new Uint8Array()],
  [`'2024-02-29'::date`, '2024-02-29'],
  [`'2024-02-29 12:30:15.123456'::timestamp`, new Date('2024-02-29T12:30:15.123Z')],
  [`'2024-02-29 12:30:15.5+05:30'::timestamptz`, new Date('2024-02-29T07:00:15.500Z')],
  [`'1969-12-31 23:59:59.999Z'::timestamptz`, new Date(-1)],
  [`'0044-03-15 12:00:00+00 BC'::timestamptz`, new Date('-000043-03-15T12:00:00Z')],
  [`'20000-01-01 00:00:00+00'::timestamptz`, new Date('+020000-01-01T00:00:00Z')],
  [`'infinity'::timestamptz`, 'infinity'],
  [`'{"a":[1,null,"x"]}'::jsonb`, { a: [1, null, 'x'] }],
  [`'[1]'::json`, [1]],
  [`'null'::jsonb`, null],
  [`'"text"'::jsonb`, 'text'],
  [
    `ARRAY['a', NULL, '', 'NULL', 'with "quotes", \\ and {braces}']`,
    ['a', null, '', 'NULL', 'with "quotes", \\ and {braces}'],
  ],
  [`ARRAY[1,2]::int8[]`, [1n, 2n]],
  [`ARRAY[1.5,NULL]::float8[]`, [1.5, null]],
  [`ARRAY[true,false]`, [true, false]],
  [`ARRAY['\\x00'::bytea]`, [Uint8Array.of(0)]],
  [`ARRAY['{"a":"}"}'::jsonb]`, [{ a: '}' }]],
  [`ARRAY['2024-01-01'::date]`, ['2024-01-01']],
  [`ARRAY['2024-01-01 00:00:00Z'::timestamptz]`, [new Date('2024-01-01T00:00:00Z')]],
  [`'{}'::text[]`, []],
  [`ARRAY[[1,2],[3,4]]`, [[1, 2], [3, 4]]], // prettier-ignore
  [`'[2:3]={7,8}'::int[]`, [7, 8]],
  [`'1 day'::interval`, '1 day'],
  [`'10.0.0.1'::inet`, '10.0.0.1'],
  [`'[1,5)'::int4range`, '[1,5)'],
  [`'12:30:00'::time`, '12:30:00'],
];

export function runValueTests(cloud: TestCloud): void {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await cloud.open();
  });

  test.each(VALUES)('%s comes out in one way', async (sql, value) => {
    const { rows } = await database.queryTable(`SELECT ${sql}`);
    expect(rows).toStrictEqual([[value]]);
  });

  test('the zone of the session does not matter', async () => {
    const [row] = await database.transaction(async (queries) => {
      await queries.execute(`SET LOCAL timezone = 'Asia/Kolkata'`);
      return queries.query(`SELECT '2024-02-29 00:00:00Z'::timestamptz AS at`);
    });
    expect(row).toEqual({ at: new Date('2024-02-29T00:00:00Z') });
  });

  test('rows are objects by the names of the columns', async () => {
    const rows = await database.query('SELECT n AS number, n::text AS text FROM generate_series(1, 2) n');
    expect(rows).toStrictEqual([
      { number: 1, text: '1' },
      { number: 2, text: '2' },
    ]);
  });

  test('a table keeps columns that have the same name', async () => {
    const table = await database.queryTable('SELECT 1 AS a, 2 AS a, 3 AS "b c"');
    expect(table).toStrictEqual({ columns: ['a', 'a', 'b c'], rows: [[1, 2, 3]] });
  });

  test('a table has its columns when it has no rows', async () => {
    expect(await database.queryTable('SELECT 1 AS a WHERE false')).toStrictEqual({ columns: ['a'], rows: [] });
    expect(await database.queryTable('')).toStrictEqual({ columns: [], rows: [] });
  });

  test('a table says how many rows a statement has changed, and only of one that changes some', async () => {
    await database.execute('CREATE TABLE counted (a int)');
    const affected = async (sql: string): Promise<number | undefined> => (await database.queryTable(sql)).affectedRows;
    expect(await affected('INSERT INTO counted SELECT generate_series(1, 5)')).toBe(5);
    expect(await affected('UPDATE counted SET a = a + 1 WHERE a > 3')).toBe(2);
    expect(await affected('DELETE FROM counted WHERE a > 100')).toBe(0);
    expect(await affected('SELECT * FROM counted')).toBeUndefined();
    const returned = await database.queryTable('DELETE FROM counted RETURNING a');
    expect(returned).toMatchObject({ columns: ['a'], affectedRows: 5 });
    expect(await affected('DROP TABLE counted')).toBeUndefined();
  });

  test('a million characters and fifty thousand rows come through', async () => {
    const [large] = await database.query<{ text: string }>(`SELECT repeat('ä', 1000000) AS text`);
    expect(large?.text.length).toBe(1_000_000);
    const rows = await database.query<{ n: number }>('SELECT n FROM generate_series(1, 50000) n');
    expect(rows.length).toBe(50_000);
    expect(rows.at(-1)).toEqual({ n: 50_000 });
  });
}
