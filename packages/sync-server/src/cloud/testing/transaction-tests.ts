/** All or nothing, one at a time, and nothing left open. */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { CloudDatabase, CloudQueries } from '../cloud-database.ts';
import type { TestCloud } from './describe-each-cloud.ts';

export function runTransactionTests(cloud: TestCloud): void {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await cloud.open();
    await database.execute('CREATE TABLE t (a int PRIMARY KEY)');
  });
  beforeEach(() => database.execute('TRUNCATE t'));

  const stored = async (): Promise<number[]> =>
    (await database.query<{ a: number }>('SELECT a FROM t ORDER BY a')).map(({ a }) => a);
  const insert = (queries: CloudQueries, a: number): Promise<object[]> =>
    queries.query('INSERT INTO t VALUES ($1)', [a]);

  commitTests();
  controlTests();
  readOnlyTests();
  timeTests();

  function commitTests(): void {
    test('commits when the work resolves, with what it resolves to', async () => {
      expect(await database.transaction(async (queries) => insert(queries, 1).then(() => 'done'))).toBe('done');
      expect(await stored()).toEqual([1]);
    });

    test('rolls back when the work throws, with what it throws', async () => {
      const reason = new Error('no more');
      const work = database.transaction(async (queries) => {
        await insert(queries, 1);
        throw reason;
      });
      await expect(work).rejects.toBe(reason);
      expect(await stored()).toEqual([]);
    });

    test('rolls back when a statement fails', async () => {
      const work = database.transaction(async (queries) => {
        await insert(queries, 1);
        await insert(queries, 1);
      });
      await expect(work).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '23505', constraint: 't_pkey' });
      expect(await stored()).toEqual([]);
    });

    test('does not pretend to commit after a failed statement that the work has passed over', async () => {
      const work = database.transaction(async (queries) => {
        await insert(queries, 1);
        await queries.query('SELECT 1/0').catch(() => {});
      });
      await expect(work).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '25P02' });
      expect(await stored()).toEqual([]);
    });

    test('goes on after a failed statement within a savepoint', async () => {
      await database.transaction(async (queries) => {
        await insert(queries, 1);
        await queries.execute('SAVEPOINT s');
        await expect(insert(queries, 1)).rejects.toMatchObject({ sqlState: '23505' });
        await queries.execute('ROLLBACK TO s');
        await insert(queries, 2);
      });
      expect(await stored()).toEqual([1, 2]);
    });

    test('a deferred constraint fails the commit, and nothing is there', async () => {
      await database.execute('CREATE TABLE u (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
      const work = database.transaction((queries) => queries.execute('INSERT INTO u VALUES (1), (1)'));
      await expect(work).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '23505' });
      expect(await database.query('SELECT * FROM u')).toEqual([]);
    });

    test('statements that are not waited for run one after the other', async () => {
      await database.transaction(async (queries) => {
        await Promise.all([1, 2, 3, 4, 5].map((a) => insert(queries, a)));
      });
      expect(await stored()).toEqual([1, 2, 3, 4, 5]);
    });

    test('nobody else sees it before it commits, and nobody runs inside of it', async () => {
      const work = database.transaction(async (queries) => {
        await insert(queries, 1);
        await sleep(20);
        await insert(queries, 2);
      });
      await sleep(5);
      const other = stored();
      await work;
      expect([[], [1, 2]]).toContainEqual(await other);
    });

    test('twenty at once add up', async () => {
      await database.execute('CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)');
      const increments = Array.from({ length: 20 }, () =>
        database.transaction(async (queries) => {
          const [row] = await queries.query<{ n: number }>('SELECT n FROM counter FOR UPDATE');
          await queries.query('UPDATE counter SET n = $1', [(row?.n ?? 0) + 1]);
        }),
      );
      await Promise.all(increments);
      expect(await database.query('SELECT n FROM counter')).toEqual([{ n: 20 }]);
    });
  }

  function controlTests(): void {
    test('a statement that ends the transaction is refused, and so is the rest', async () => {
      const work = database.transaction(async (queries) => {
        await insert(queries, 1);
        await queries.query('ROLLBACK').catch(() => {});
        await insert(queries, 2);
      });
      await expect(work).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '25000' });
      expect(await stored()).toEqual([]);
    });

    test.each(['BEGIN', 'BEGIN; SELECT 1'])('%s outside of one is refused and undone', async (sql) => {
      await expect(database.execute(sql)).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '25000' });
      await insert(database, 1);
      expect(await stored()).toEqual([1]);
    });

    test('a script that fails within a transaction of its own leaves nothing open', async () => {
      const script = 'BEGIN; INSERT INTO t VALUES (1); SELECT 1/0; COMMIT';
      await expect(database.execute(script)).rejects.toMatchObject({ sqlState: '22012' });
      await insert(database, 2);
      expect(await stored()).toEqual([2]);
    });

    test('its queries are of no use when it has ended', async () => {
      const queries = await database.transaction((given) => Promise.resolve(given));
      await expect(queries.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_refused' });
    });

    test('the work cannot use the database beside its queries', async () => {
      await expect(database.transaction(() => database.query('SELECT 1'))).rejects.toThrow(TypeError);
      const nested = database.transaction(() => database.transaction(() => Promise.resolve(1)));
      await expect(nested).rejects.toThrow(TypeError);
    });

    test('what the work has begun and not waited for may use the database afterwards', async () => {
      let later: Promise<object[]> | undefined;
      await database.transaction(async () => {
        later = sleep(50).then(() => database.query('SELECT 1 AS one'));
      });
      expect(await later).toEqual([{ one: 1 }]);
    });
  }

  function readOnlyTests(): void {
    const readOnly = { readOnly: true };

    test('a read-only one reads', async () => {
      await insert(database, 1);
      expect(await database.transaction((queries) => queries.query('SELECT a FROM t'), readOnly)).toEqual([{ a: 1 }]);
    });

    test.each([
      ['writes', ['INSERT INTO t VALUES (1)']],
      ['makes tables', ['CREATE TABLE x ()']],
      ['becomes one that writes', ['SET TRANSACTION READ WRITE', 'INSERT INTO t VALUES (1)']],
      ['ends', ['COMMIT', 'INSERT INTO t VALUES (1)']],
    ])('a read-only one that %s is refused', async (_name, statements) => {
      const work = database.transaction(async (queries) => {
        for (const statement of statements) await queries.query(statement);
      }, readOnly);
      await expect(work).rejects.toMatchObject({ code: 'cloud_refused' });
      expect(await stored()).toEqual([]);
    });

    test('what a read-only one sets does not stay', async () => {
      await database.transaction((queries) => queries.execute(`SET search_path TO nowhere`), readOnly);
      for (let round = 0; round < 5; round++) expect(await stored()).toEqual([]);
    });
  }

  function timeTests(): void {
    test('ends in its time, whatever runs in it, and the database goes on', async () => {
      const work = database.transaction(
        async (queries) => {
          await insert(queries, 1);
          await queries.query('SELECT count(*) FROM generate_series(1, 10000000000)');
        },
        { timeoutMs: 100 },
      );
      await expect(work).rejects.toMatchObject({ code: 'cloud_unavailable', retryable: true });
      expect(await stored()).toEqual([]);
    });

    test('ends in its time when the work itself does not', async () => {
      const work = database.transaction(
        async (queries) => {
          await insert(queries, 1);
          await new Promise(() => {});
        },
        { timeoutMs: 100 },
      );
      await expect(work).rejects.toMatchObject({ code: 'cloud_unavailable' });
      expect(await stored()).toEqual([]);
    });
  }
}
