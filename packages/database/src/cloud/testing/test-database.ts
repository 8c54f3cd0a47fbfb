/**
 * Tests of the cloud copy run on both engines that it must run on: PGlite, and a real PostgreSQL, in which every test file
 * makes a database of its own and drops it. `DATABASE_URL` says where; this machine's by default.
 */
import { randomBytes } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { describe, type SuiteFactory } from 'vitest';
import type { CloudMigration } from '../cloud-schema.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface TestDatabase {
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Any number of statements. */
  run(sql: string): Promise<void>;
  /** One query by another role: on PostgreSQL it logs in. */
  queryAs(role: string, sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

export type CloudEngine = 'PGlite' | 'PostgreSQL';

// oxlint-disable-next-line node/no-process-env -- tests have no configuration but this
const ADDRESS = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const postgresFault = await faultOfPostgres();

/** Where there is no PostgreSQL its tests count as skipped and the title says why. */
export function describeEachCloudEngine(title: string, suite: (engine: CloudEngine) => void): void {
  describe(`${title} (PGlite)`, () => suite('PGlite'));
  const body: SuiteFactory = () => suite('PostgreSQL');
  if (postgresFault === undefined) describe(`${title} (PostgreSQL)`, body);
  else describe.skip(`${title} (PostgreSQL): ${postgresFault}`, body);
}

/** Unique in the cluster, for roles and databases. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

export function openTestDatabase(engine: CloudEngine): Promise<TestDatabase> {
  return engine === 'PGlite' ? openPGlite() : openPostgres();
}

/** In one transaction, as a server does it. */
export async function migrateUp(database: TestDatabase, { up }: CloudMigration): Promise<void> {
  await database.run(`BEGIN;\n${up}\n;COMMIT;`);
}

export async function migrateDown(database: TestDatabase, { down }: CloudMigration): Promise<void> {
  await database.run(`BEGIN;\n${down}\n;COMMIT;`);
}

async function faultOfPostgres(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: ADDRESS, connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return `no PostgreSQL at ${new URL(ADDRESS).host} (${error instanceof Error ? error.message : String(error)})`;
  }
}

async function openPGlite(): Promise<TestDatabase> {
  const database = await PGlite.create();
  const query = async (sql: string, parameters: readonly unknown[] = []) =>
    (await database.query<Row>(sql, [...parameters])).rows;
  return {
    query,
    run: async (sql) => {
      try {
        await database.exec(sql);
      } catch (error) {
        await database.exec('ROLLBACK');
        throw error;
      }
    },
    queryAs: async (role, sql) => {
      await database.exec(`SET ROLE "${role}"`);
      try {
        return await query(sql);
      } finally {
        await database.exec('RESET ROLE');
      }
    },
    close: () => database.close(),
  };
}

async function openPostgres(): Promise<TestDatabase> {
  const name = uniqueName('tributary_test');
  await onServer(`CREATE DATABASE ${name}`);
  const client = await connect(addressOf(name));
  return {
    query: async (sql, parameters = []) => (await client.query<Row>(sql, [...parameters])).rows,
    run: async (sql) => {
      try {
        await client.query(sql);
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    },
    queryAs: async (role, sql) => {
      const reader = await connect(addressOf(name, role));
      try {
        return (await reader.query<Row>(sql)).rows;
      } finally {
        await reader.end();
      }
    },
    close: async () => {
      await client.end();
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function onServer(sql: string): Promise<void> {
  const client = await connect(ADDRESS);
  await client.query(sql);
  await client.end();
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

function addressOf(database: string, role?: string): string {
  const address = new URL(ADDRESS);
  address.pathname = `/${database}`;
  if (role !== undefined) address.username = role;
  return address.href;
}
