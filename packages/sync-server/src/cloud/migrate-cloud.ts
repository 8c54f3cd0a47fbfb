/**
 * Brings the database to the program's version, and back. There are two sets of migrations: that of the cloud copy, which can
 * be dropped and made anew from the log, and that of accounts, which cannot. What is there of a set is told by its ledger, a
 * table that no migration knows of. A call is one transaction: it leaves either all of what it was to do, or nothing, and of
 * two at once the second finds nothing left to do.
 */
import { accountMigrations, type CloudMigration } from '@tributary/database/cloud';
import { ServerError } from '../errors.ts';
import type { CloudDatabase, CloudQueries } from './cloud-database.ts';

export interface CloudVersion {
  /** In the order of the migrations. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied by a newer program. */
  readonly unknown: readonly string[];
}

/** Of the cloud copy, and of accounts. */
export type Ledger = 'migrations' | 'account_migrations';

export interface MigrateOptions {
  readonly ledger?: Ledger;
  /** For all of it, the wait for another migrator included. */
  readonly timeoutMs?: number;
}

/** A large table may take a while to get an index. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;
/** As drizzle-kit writes it between statements. */
const BREAKPOINT = '--> statement-breakpoint';
/** Any number that nobody else locks. */
const LOCK_KEY = 8_347_104_215n;

export async function migrateCloud(
  database: CloudDatabase,
  migrations: readonly CloudMigration[],
  options?: MigrateOptions,
): Promise<{ readonly applied: readonly string[] }> {
  return alone(database, options, async (queries, ledger) => {
    const { pending } = await expectKnown(queries, migrations, ledger);
    for (const tag of pending) {
      await runSql(queries, named(migrations, tag).up);
      await queries.query(`INSERT INTO tributary.${ledger} (tag) VALUES ($1)`, [tag]);
    }
    return { applied: pending };
  });
}

/** There is no way back but by hand: accounts are nowhere else. */
export function migrateAccounts(database: CloudDatabase): Promise<{ readonly applied: readonly string[] }> {
  return migrateCloud(database, accountMigrations, { ledger: 'account_migrations' });
}

/** Undoes the last ones, and with them what was in their tables. */
export async function rollbackCloud(
  database: CloudDatabase,
  migrations: readonly CloudMigration[],
  { steps = 1, ...options }: MigrateOptions & { readonly steps?: number } = {},
): Promise<{ readonly rolledBack: readonly string[] }> {
  if (!Number.isSafeInteger(steps) || steps < 0) throw new TypeError(`steps must be a whole number, not ${steps}`);
  return alone(database, options, async (queries, ledger) => {
    const { applied } = await expectKnown(queries, migrations, ledger);
    const rolledBack = applied.toReversed().slice(0, steps);
    // Made by no migration, from what they take away: see search/embeddings.
    if (rolledBack.length > 0) await queries.execute('DROP TABLE IF EXISTS sync.search_embeddings');
    for (const tag of rolledBack) {
      await runSql(queries, named(migrations, tag).down);
      await queries.query(`DELETE FROM tributary.${ledger} WHERE tag = $1`, [tag]);
    }
    return { rolledBack };
  });
}

/** Changes nothing. */
export async function cloudVersion(
  database: CloudQueries,
  migrations: readonly CloudMigration[],
  ledger: Ledger = 'migrations',
): Promise<CloudVersion> {
  const [table] = await database.query<{ exists: boolean }>(
    `SELECT to_regclass('tributary.${ledger}') IS NOT NULL AS exists`,
  );
  const rows = table?.exists
    ? await database.query<{ tag: string }>(`SELECT tag FROM tributary.${ledger} ORDER BY tag`)
    : [];
  const present = new Set(rows.map(({ tag }) => tag));
  const known = migrations.map(({ tag }) => tag);
  return {
    applied: known.filter((tag) => present.has(tag)),
    pending: known.filter((tag) => !present.has(tag)),
    unknown: [...present].filter((tag) => !known.includes(tag)),
  };
}

function alone<T>(
  database: CloudDatabase,
  { ledger = 'migrations', timeoutMs = DEFAULT_TIMEOUT_MS }: MigrateOptions = {},
  work: (queries: CloudQueries, ledger: Ledger) => Promise<T>,
): Promise<T> {
  return database.transaction(
    async (queries) => {
      // Before the schema: two that make it at once are in the way of each other, whatever IF NOT EXISTS says.
      await queries.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
      await queries.execute(`
        CREATE SCHEMA IF NOT EXISTS tributary;
        CREATE TABLE IF NOT EXISTS tributary.${ledger} (
          tag text PRIMARY KEY,
          applied_at timestamptz NOT NULL DEFAULT now()
        );`);
      return work(queries, ledger);
    },
    { timeoutMs },
  );
}

async function expectKnown(
  queries: CloudQueries,
  migrations: readonly CloudMigration[],
  ledger: Ledger,
): Promise<CloudVersion> {
  const version = await cloudVersion(queries, migrations, ledger);
  if (version.unknown.length === 0) return version;
  const tags = version.unknown.join(', ');
  throw new ServerError('data_too_new', `the database has migrations that this version does not know: ${tags}`);
}

async function runSql(queries: CloudQueries, sql: string): Promise<void> {
  for (const statement of sql.split(BREAKPOINT)) {
    if (statement.trim() !== '') await queries.execute(statement);
  }
}

function named(migrations: readonly CloudMigration[], tag: string): CloudMigration {
  const migration = migrations.find((candidate) => candidate.tag === tag);
  if (migration === undefined) throw new TypeError(`there is no migration ${tag}`);
  return migration;
}
