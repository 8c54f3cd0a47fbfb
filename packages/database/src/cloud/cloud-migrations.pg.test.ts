import { existsSync, readFileSync } from 'node:fs';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as accountBilling from './accounts/billing.ts';
import * as accountPeople from './accounts/people.ts';
import * as accountWorkspaces from './accounts/workspaces.ts';
import { accountTables } from './accounts/tables.ts';
import * as assistant from './app/assistant.ts';
import * as knowledge from './app/knowledge.ts';
import * as merging from './app/merging.ts';
import * as notes from './app/notes.ts';
import * as people from './app/people.ts';
import * as projects from './app/projects.ts';
import * as billing from './billing.ts';
import { declaredTable } from './cloud-columns.ts';
import type { CloudColumn } from './cloud-schema.ts';
import { qualifiedName } from './comments.ts';
import { describedAccountsSql, describedSql } from './described-sql.ts';
import * as machinery from './machinery.ts';
import { accountMigrations, workspaceCloudMigrations } from './migrations.gen.ts';
import { cloudTables } from './tables.ts';
import { catalogLines } from './testing/catalog.ts';
import { describeEachCloudEngine, migrateDown, migrateUp, openTestDatabase } from './testing/test-database.ts';
import { uniqueName, type TestDatabase } from './testing/test-database.ts';
import { workspaceCloudSchema } from './workspace-cloud-schema.ts';

/** In the order in which a server applies them. */
const allMigrations = [...workspaceCloudMigrations, ...accountMigrations];
const allTables = [...cloudTables, ...accountTables];

describe.each([
  { set: 'cloud', migrations: workspaceCloudMigrations, described: describedSql() },
  { set: 'accounts', migrations: accountMigrations, described: describedAccountsSql() },
])('the embedded migrations of $set', ({ set, migrations, described }) => {
  const directory = new URL(`../../../../drizzle/${set}/`, import.meta.url);
  const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', directory), 'utf8')) as {
    entries: { tag: string }[];
  };

  test('are those of drizzle/, each with what undoes it', () => {
    const read = (name: string) => readFileSync(new URL(`${name}.sql`, directory), 'utf8');
    expect(migrations).toEqual(journal.entries.map(({ tag }) => ({ tag, up: read(tag), down: read(`${tag}.down`) })));
  });

  test('say of every table what its code says: otherwise run pnpm db:generate', () => {
    const last = migrations.findLast(({ tag }) => tag.endsWith('_described'));
    expect(last?.up).toBe(described.up);
    expect(existsSync(new URL(`${last?.tag}.down.sql`, directory))).toBe(true);
  });
});

const accountFiles = [accountBilling, accountPeople, accountWorkspaces];

test('every table that the code declares is listed', () => {
  const files = [assistant, knowledge, merging, notes, people, projects, billing, machinery, ...accountFiles];
  const declared = files.flatMap((file) => Object.values(file)).filter((value) => is(value, PgTable));
  expect(new Set(allTables.map(({ table }) => qualifiedName(table)))).toEqual(new Set(declared.map(qualifiedName)));
});

test('no index of B-tree kind holds a text outside the key, which a peer may have made too long for it', () => {
  const faults = cloudTables.flatMap(({ table }) => {
    const key = new Set(declaredTable(table).key.map(({ name }) => name));
    return getTableConfig(table).indexes.flatMap(({ config: { name, method, columns } }) =>
      columns
        .map((column) => ({ name: 'name' in column ? column.name : undefined, type: 'type' in column && column.type }))
        .filter((column) => (method ?? 'btree') === 'btree' && column.type === 'PgText' && !key.has(column.name ?? ''))
        .map((column) => `${name}: ${column.name}`),
    );
  });
  expect(faults).toEqual([]);
});

describeEachCloudEngine('the migrations', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(engine);
  }, 60_000);
  afterAll(() => database.close());

  test('go up, each down to what was there before it, and up again to the same', async () => {
    const before: string[][] = [];
    for (const migration of allMigrations) {
      before.push(await catalogLines(database));
      await migrateUp(database, migration);
    }
    const top = await catalogLines(database);
    for (const migration of allMigrations.toReversed()) {
      await migrateDown(database, migration);
      expect(await catalogLines(database), `after ${migration.tag} was undone`).toEqual(before.pop());
    }
    for (const migration of allMigrations) {
      await migrateUp(database, migration);
      await migrateDown(database, migration);
      await migrateUp(database, migration);
    }
    expect(await catalogLines(database)).toEqual(top);
  });

  test('make the tables and columns that the code declares, in every detail that it declares', async () => {
    const rows = await database.query(`
      SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns
      WHERE (table_schema, table_name) IN (SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('app', 'sync', 'auth', 'billing'))`);
    const migrated = rows.map((row) => Object.values(row).join(' '));
    const declared = allTables.flatMap(({ table }) => {
      const { schema, name, columns } = getTableConfig(table);
      return columns.map(
        (column) => `${schema} ${name} ${column.name} ${column.getSQLType()} ${column.notNull ? 'NO' : 'YES'}`,
      );
    });
    expect(new Set(migrated)).toEqual(new Set(declared));
  });

  test.each([...workspaceCloudSchema.tables.values()].map((table) => [table.name, table] as const))(
    'give a row of %s that has only its key the values that a replica gives it',
    async (name, { key, columns }) => {
      const keys = key.map((column) => column.name);
      const values = key.map(({ type }) => (type === 'uuid' ? `'${SOME_UUID}'` : `'x'`));
      await database.run(`
        INSERT INTO app.${name} (workspace_id, ${keys.join()}, _updated_by, _updated_at, _version)
        VALUES ('w', ${values.join()}, '', now(), 1)`);
      const [row] = await database.query(`SELECT ${columns.map(asReplicated).join()} FROM app.${name}`);
      expect(row).toEqual(
        Object.fromEntries(
          columns.map((column) => [column.name, column.default === null ? null : String(column.default)]),
        ),
      );
    },
  );

  test('comment every schema, table, view, column and function', async () => {
    const lacking = await database.query(`
      WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('app', 'sync', 'auth', 'billing'))
      SELECT nspname AS name FROM ours WHERE obj_description(oid, 'pg_namespace') IS NULL
      UNION ALL
      SELECT c.oid::regclass::text FROM pg_class c JOIN ours ON ours.oid = relnamespace
      WHERE relkind IN ('r', 'v', 'm', 'p') AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''
      UNION ALL
      SELECT c.oid::regclass || '.' || attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN ours ON ours.oid = relnamespace
      WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v', 'm', 'p') AND coalesce(col_description(attrelid, attnum), '') = ''
      UNION ALL
      SELECT p.oid::regprocedure::text FROM pg_proc p JOIN ours ON ours.oid = pronamespace WHERE obj_description(p.oid, 'pg_proc') IS NULL`);
    expect(lacking).toEqual([]);
  });

  test('put every table that readers may see under row level security', async () => {
    const open = await database.query(`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE relkind = 'r' AND NOT (relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
        AND has_table_privilege('tributary_reader', c.oid, 'SELECT')
        AND relnamespace IN ('app'::regnamespace, 'sync'::regnamespace, 'billing'::regnamespace, 'auth'::regnamespace)`);
    expect(open).toEqual([]);
    const unreadable = await database.query(`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'v') AND NOT has_table_privilege('tributary_reader', c.oid, 'SELECT')`);
    expect(unreadable).toEqual([]);
  });

  test('let no reader see who there is and who pays', async () => {
    const seen = await database.query(`
      SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE relkind IN ('r', 'v') AND has_table_privilege('tributary_reader', c.oid, 'SELECT')
        AND relnamespace IN ('auth'::regnamespace, 'billing'::regnamespace)`);
    expect(seen).toEqual([{ name: 'billing.usage_days' }]);
  });

  test('let the copy go, and leave accounts where they are', async () => {
    await database.run(`INSERT INTO auth.users (id, email) VALUES ('${SOME_UUID}', 'ann@example.org')`);
    for (const migration of workspaceCloudMigrations.toReversed()) await migrateDown(database, migration);
    for (const migration of workspaceCloudMigrations) await migrateUp(database, migration);
    expect(await database.query('SELECT email FROM auth.users')).toEqual([{ email: 'ann@example.org' }]);
  });

  test('let every view of app and sync look with the rights of who asks', async () => {
    const views = await database.query(`
      SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('app'::regnamespace, 'sync'::regnamespace)
        AND NOT coalesce(reloptions @> '{security_invoker=true}', false)`);
    expect(views).toEqual([]);
  });

  test('find titles by trigrams where pg_trgm can be had, and go on without it', async () => {
    const found = await database.query(`SELECT FROM pg_indexes WHERE indexname = 'search_documents_title'`);
    const available = await database.query(`SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'`);
    expect(found).toHaveLength(available.length);
  });
});

const SOME_UUID = '0190a8f0-0000-7000-8000-000000000000';

/** As text, in the form in which a replica holds it. */
function asReplicated({ name, type }: CloudColumn): string {
  if (type === 'timestamptz') return `(extract(epoch FROM "${name}") * 1000)::bigint::text AS "${name}"`;
  if (type === 'boolean') return `"${name}"::int::text AS "${name}"`;
  return `"${name}"::text AS "${name}"`;
}

describeEachCloudEngine('an owner without privileges', (engine) => {
  const owner = uniqueName('tributary_owner');
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(engine);
    await database.run(`CREATE ROLE ${owner}`);
    const [row] = await database.query('SELECT current_database() AS name');
    await database.run(`GRANT CREATE ON DATABASE "${String(row?.['name'])}" TO ${owner}; SET ROLE ${owner}`);
  }, 60_000);
  afterAll(async () => {
    await database.run(`RESET ROLE; DROP OWNED BY ${owner} CASCADE; DROP ROLE ${owner}`);
    await database.close();
  });

  test('can migrate up and down, and has the role of readers where somebody else has made it', async () => {
    for (const migration of workspaceCloudMigrations) await migrateUp(database, migration);
    const [role] = await database.query(
      `SELECT count(*)::int AS roles FROM pg_roles WHERE rolname = 'tributary_reader'`,
    );
    const [granted] = await database.query('SELECT sync.grant_reading() AS granted');
    expect(granted).toEqual({ granted: role?.['roles'] === 1 });

    await database.run(`RESET ROLE`);
    await database.run(`DO $$ BEGIN CREATE ROLE tributary_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    await database.run(`SET ROLE ${owner}`);
    expect(await database.query('SELECT sync.grant_reading() AS granted')).toEqual([{ granted: true }]);
    for (const migration of workspaceCloudMigrations.toReversed()) await migrateDown(database, migration);
  });
});
