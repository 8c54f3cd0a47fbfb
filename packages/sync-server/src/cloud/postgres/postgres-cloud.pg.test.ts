import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../../logger.ts';
import type { CloudDatabase } from '../cloud-database.ts';
import { openCloud } from '../open-cloud.ts';
import { describeCloud } from '../testing/describe-each-cloud.ts';
import { findPostgresPrograms, startPostgres, type OwnPostgres } from '../testing/own-postgres.ts';
import { createPostgresCloud, type PostgresCloudOptions } from './postgres-cloud.ts';

const PASSWORD = 'p@ss/w:rd?&ü';

describeCloud('postgres', 'a connection', (cloud) => {
  test('that is terminated in a transaction can be tried again, and nothing of it is there', async () => {
    const database = await cloud.open();
    await database.execute('CREATE TABLE t (a int)');
    let pid = 0;
    const work = database.transaction(async (queries) => {
      const [row] = await queries.query<{ pid: number }>('INSERT INTO t VALUES (1) RETURNING pg_backend_pid() AS pid');
      pid = row?.pid ?? 0;
      await queries.query('SELECT pg_terminate_backend($1)', [pid]);
      await queries.query('INSERT INTO t VALUES (2)');
    });
    await expect(work).rejects.toMatchObject({ code: 'cloud_unavailable', sqlState: '57P01', retryable: true });
    expect(await database.query('SELECT a, pg_backend_pid() <> $1 AS other FROM t', [pid])).toEqual([]);
  });

  test('that is terminated while the work does something else is noticed at its next statement', async () => {
    const place = await cloud.create();
    const [database, executioner] = [await place.open(), await place.open()];
    const work = database.transaction(async (queries) => {
      const [row] = await queries.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await executioner.query('SELECT pg_terminate_backend($1)', [row?.pid ?? 0]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await queries.query('SELECT 1');
    });
    await expect(work).rejects.toMatchObject({ code: 'cloud_unavailable', retryable: true });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('that dies idle is replaced, and mentioned', async () => {
    const place = await cloud.create();
    const warnings: object[] = [];
    const logger = { ...silentLogger, warn: (fields: object) => warnings.push(fields) };
    const database = createPostgresCloud({ url: place.url ?? '', logger });
    onTestFinished(() => database.close());
    const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await (await place.open()).query('SELECT pg_terminate_backend($1)', [row?.pid ?? 0]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(warnings).toHaveLength(1);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('leaves nothing in its session, so that a pooler may give it to others', async () => {
    const place = await cloud.create();
    const database = createPostgresCloud({ url: place.url ?? '', logger: silentLogger, maxConnections: 1 });
    onTestFinished(() => database.close());
    await database.transaction((queries) => queries.query('SELECT $1::int', [1]), { timeoutMs: 5000 });
    expect(await database.query('SELECT name FROM pg_prepared_statements')).toEqual([]);
    const [row] = await database.query(
      `SELECT current_setting('statement_timeout') AS timeout, current_setting('application_name') AS application`,
    );
    expect(row).toEqual({ timeout: '0', application: 'tributary' });
  });

  test('with a statement beyond its time is given up, and the server stops it', async () => {
    const place = await cloud.create();
    const database = createPostgresCloud({ url: place.url ?? '', logger: silentLogger, statementTimeoutMs: 100 });
    onTestFinished(() => database.close());
    await expect(database.query('SELECT pg_sleep(30)')).rejects.toMatchObject({ code: 'cloud_unavailable' });
    const running = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await vi.waitFor(async () => expect(await database.query(running)).toEqual([]), { timeout: 5000 });
  });

  test('waits for its turn when all are in use, but not for ever', async () => {
    const place = await cloud.create();
    const options = { url: place.url ?? '', logger: silentLogger, maxConnections: 1, connectTimeoutMs: 200 };
    const database = createPostgresCloud(options);
    onTestFinished(() => database.close());
    const slow = database.query('SELECT pg_sleep(0.6)');
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_unavailable' });
    await slow;
  });

  test('to a database that does not exist is refused by its name', async () => {
    const url = new URL((await cloud.create()).url ?? '');
    url.pathname = '/nowhere_at_all';
    await expect(at(url.href)).rejects.toMatchObject({
      code: 'cloud_refused',
      sqlState: '3D000',
      message: expect.stringContaining('nowhere_at_all'),
    });
  });
});

describe('a server that cannot be reached', () => {
  test.each([
    ['a port where nobody listens', 'postgres://postgres@127.0.0.1:1/postgres'],
    ['a host that does not exist', 'postgres://postgres@nowhere.invalid/postgres'],
  ])('%s may be there later', async (_name, url) => {
    const database = await at(url);
    await expect(database.query('SELECT 1')).rejects.toMatchObject({
      code: 'cloud_unavailable',
      retryable: true,
      message: expect.stringContaining('cannot connect to PostgreSQL at'),
    });
  });

  test('one that never answers is given up', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const database = create({ url: `postgres://postgres@127.0.0.1:${port}/postgres`, connectTimeoutMs: 200 });
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_unavailable' });
  });
});

describe.skipIf(findPostgresPrograms() === undefined)('a server that the tests start themselves', () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await startPostgres({ password: PASSWORD });
  });
  afterAll(() => server.stop());

  test('answers to whoever has the password', async () => {
    expect(await (await at(server.url)).query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.each([
    ['a wrong password', 'wr0ng-p4ssw0rd'],
    ['no password', ''],
  ])('refuses %s, and no message has one', async (_name, password) => {
    const url = new URL(server.url);
    url.password = password;
    const error: unknown = await at(url.href).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cloud_refused', retryable: false });
    const told = `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
    expect(told).toContain(`127.0.0.1:${url.port}`);
    for (const secret of ['wr0ng-p4ssw0rd', PASSWORD, encodeURIComponent(PASSWORD)]) expect(told).not.toContain(secret);
  });

  test('without TLS is refused where the URL demands it', async () => {
    const refusal = { code: 'cloud_refused', message: expect.stringContaining('SSL') };
    await expect(at(`${server.url}?sslmode=require`)).rejects.toMatchObject(refusal);
    await at(`${server.url}?sslmode=disable`);
  });

  test('may stop and come back while it is in use', async () => {
    const other = await startPostgres();
    const database = await at(other.url);
    const work = database.transaction(async (queries) => {
      await queries.query('SELECT 1');
      await other.stop();
      await queries.query('SELECT 1');
    });
    await expect(work).rejects.toMatchObject({ code: 'cloud_unavailable', retryable: true });
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_unavailable', retryable: true });
  });
});

async function at(url: string): Promise<CloudDatabase> {
  const database = await openCloud({ url, directory: '/nowhere', logger: silentLogger });
  onTestFinished(() => database.close());
  return database;
}

function create(options: Omit<PostgresCloudOptions, 'logger'>): CloudDatabase {
  const database = createPostgresCloud({ ...options, logger: silentLogger });
  onTestFinished(() => database.close());
  return database;
}
