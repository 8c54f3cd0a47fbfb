import { expect, test } from 'vitest';
import { describeEachCloud } from '../../cloud/testing/describe-each-cloud.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import type { OperationCall, Workplace } from '../operation.ts';
import { firstWord, runStatement, type StatementEvent, type StatementInput } from './run-statement.ts';

test.each([
  ['select 1', 'SELECT'],
  ['  -- a\n/* b /* c */ */ with x as (select 1) select * from x', 'WITH'],
  ['(select 1)', '('],
  ['-- only a comment', ''],
  ['/* open', ''],
  ['', ''],
  ['é', 'É'],
])('the first word of %j is %j', (sql, word) => expect(firstWord(sql)).toBe(word));

/** What somebody might try, each by itself. */
const ESCAPES = [
  'DELETE FROM kept',
  'delete from kept; commit',
  'SELECT 1; COMMIT; DELETE FROM kept; BEGIN',
  'COMMIT',
  'COMMIT AND CHAIN',
  'ROLLBACK',
  'END',
  'SET TRANSACTION READ WRITE',
  'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
  'SET transaction_read_only = off',
  'RESET ALL',
  `COPY kept TO '/tmp/tributary-escaped'`,
  `COPY (SELECT 1) TO PROGRAM 'touch /tmp/tributary-escaped'`,
  'DO $$ BEGIN DELETE FROM kept; END $$',
  'WITH gone AS (DELETE FROM kept RETURNING *) SELECT * FROM gone',
  'WITH gone AS (SELECT 1) DELETE FROM kept',
  'EXPLAIN ANALYZE DELETE FROM kept',
  'SELECT * INTO taken FROM kept',
  'SELECT 1 FROM kept FOR UPDATE',
  `SELECT set_config('transaction_read_only', 'off', false)`,
  `SELECT nextval('counted')`,
  'CREATE TABLE made (id int)',
  'TRUNCATE kept',
  'PREPARE p AS DELETE FROM kept',
  'CLOSE tributary_rows',
  'MOVE FORWARD 1 FROM tributary_rows',
  `NOTIFY someone`,
  'LOCK TABLE kept',
  'VACUUM',
  'CALL wipe()',
  'SELECT wipe_by_function()',
];

describeEachCloud('a statement to read', (cloud) => {
  async function prepare(): Promise<CloudDatabase> {
    const database = await cloud.open();
    await database.execute(`
      CREATE TABLE kept (id int);
      INSERT INTO kept VALUES (1), (2);
      CREATE SEQUENCE counted;
      CREATE FUNCTION wipe_by_function() RETURNS int LANGUAGE sql AS 'DELETE FROM kept RETURNING 1';
      CREATE PROCEDURE wipe() LANGUAGE sql AS 'DELETE FROM kept'`);
    return database;
  }

  test('cannot be made to write', { timeout: 60_000 }, async () => {
    const database = await prepare();
    for (const sql of ESCAPES) {
      await expect(run(database, { sql }), sql).rejects.toMatchObject({ code: 'cloud_refused' });
      const [left] = await database.query<{ n: bigint }>('SELECT count(*) AS n FROM kept');
      expect(left?.n, sql).toBe(2n);
    }
    // Whatever the last ones have left in the session, there is nothing of it in the next.
    const [mode] = await database.query<{ mode: string }>(`SELECT current_setting('transaction_read_only') AS mode`);
    expect(mode?.mode).toBe('off');
    expect((await run(database, { sql: 'SELECT 1' })).rows).toEqual([['1']]);
  });

  test('gives rows in parts, up to the limit, and says whether there were more', async () => {
    const database = await cloud.open();
    const sql = 'SELECT n FROM generate_series(1, 1200) n';
    const all = await run(database, { sql });
    expect([all.rows.length, all.result]).toEqual([1200, { command: 'SELECT', rowCount: 1200, isCut: false }]);
    expect(all.columns).toEqual([{ name: 'n', type: 23 }]);
    const some = await run(database, { sql, limit: 1199 });
    expect([some.rows.length, some.result.isCut]).toEqual([1199, true]);
    const exact = await run(database, { sql, limit: 1200 });
    expect([exact.rows.length, exact.result.isCut]).toEqual([1200, false]);
    expect((await run(database, { sql, limit: 0 })).result).toEqual({ command: 'SELECT', rowCount: 0, isCut: true });
    const none = await run(database, { sql: 'SELECT 1 AS one WHERE false' });
    expect([none.columns, none.rows]).toEqual([[{ name: 'one', type: 23 }], []]);
  });

  test('gives values to the last digit', async () => {
    const database = await cloud.open();
    const { rows } = await run(database, {
      sql: `SELECT 9007199254740993::int8, '2024-02-29 12:00:00.123456+02'::timestamptz, 1.10::numeric, '\\x00ff'::bytea, NULL`,
    });
    expect(rows).toEqual([['9007199254740993', '2024-02-29 10:00:00.123456+00', '1.10', '\\x00ff', null]]);
  });

  test('tells where a fault is, in the statement as it was written', async () => {
    const database = await cloud.open();
    await expect(run(database, { sql: 'SELECT nothing' })).rejects.toMatchObject({ position: 8, sqlState: '42703' });
  });

  test('SHOW, EXPLAIN, VALUES and TABLE are to read, too', async () => {
    const database = await prepare();
    expect((await run(database, { sql: 'SHOW transaction_read_only' })).rows).toEqual([['on']]);
    expect((await run(database, { sql: 'EXPLAIN SELECT 1' })).rows.length).toBeGreaterThan(0);
    expect((await run(database, { sql: 'VALUES (1), (2)' })).rows).toHaveLength(2);
    expect((await run(database, { sql: 'TABLE kept' })).rows).toHaveLength(2);
  });

  test('ends when its time is up, and others go on', async () => {
    const database = await cloud.open();
    await expect(run(database, { sql: 'SELECT pg_sleep(20)', timeoutMs: 200 })).rejects.toMatchObject({
      code: 'cloud_unavailable',
    });
    expect((await run(database, { sql: 'SELECT 1' })).rows).toEqual([['1']]);
  });

  test('with write it is committed, or nothing of it', async () => {
    const database = await prepare();
    const { result } = await run(database, { sql: 'UPDATE kept SET id = id + 10', write: true });
    expect(result).toEqual({ command: 'UPDATE', rowCount: 2, isCut: false });
    expect((await run(database, { sql: 'INSERT INTO kept VALUES (3) RETURNING id', write: true })).rows).toEqual([
      ['3'],
    ]);
    await expect(run(database, { sql: 'COMMIT', write: true })).rejects.toThrow('ended the transaction');
    expect((await run(database, { sql: 'SELECT id FROM kept ORDER BY 1' })).rows).toEqual([['3'], ['11'], ['12']]);
  });
});

async function run(cloud: CloudDatabase, input: Partial<StatementInput> & { readonly sql: string }) {
  const columns: unknown[] = [];
  const rows: unknown[] = [];
  const emit = (event: StatementEvent): Promise<void> => {
    if ('columns' in event) columns.push(...event.columns);
    else rows.push(...event.rows);
    return Promise.resolve();
  };
  const place = { cloud } as unknown as Workplace;
  const call: OperationCall<StatementEvent> = { place, emit, signal: new AbortController().signal };
  const result = await runStatement.run({ write: false, timeoutMs: 10_000, ...input }, call);
  return { columns, rows, result };
}
