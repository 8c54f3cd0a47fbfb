/**
 * Brings a file to the schema, in one transaction: all pending migrations, the new tables' CRR marks and guards, and the
 * version stamp commit together or not at all, so a kill at any point leaves the old version and the next open repeats.
 *
 * Migrations only ever add. cr-sqlite needs each ALTER of a CRR between begin_alter and commit_alter. The tables that a
 * replica keeps for itself come first, from migrations of our own; the app's follow.
 */
import type { Driver } from '../engine/driver.ts';
import { DatabaseError } from '../errors.ts';
import { localOnlyMigrations } from '../schema/migrations.gen.ts';
import type { Migration, ReplicaSchema } from '../schema/replica-schema.ts';
import { APPLICATION_ID, checkVersion, toSchemaVersion, toUserVersion, type SchemaVersion } from './file-header.ts';
import { guardPrimaryKey } from './guards.ts';
import { assertSound } from './soundness.ts';

const STATEMENT_BREAK = '--> statement-breakpoint';

/** What this code can read, of a file with this schema. */
export function knownVersion(schema: ReplicaSchema): SchemaVersion {
  return { localOnly: localOnlyMigrations.length, app: schema.migrations.length };
}

export function migrate(driver: Driver, schema: ReplicaSchema, now: () => number): void {
  const known = knownVersion(schema);
  const version = toSchemaVersion(driver.pragma('user_version', { simple: true }) as number);
  checkVersion(version, driver.name, known);
  if (version.localOnly > 0) assertSameApp(driver, schema);
  if (version.localOnly === known.localOnly && version.app === known.app) return;

  try {
    driver
      .transaction(() => {
        for (const { sql } of localOnlyMigrations.slice(version.localOnly)) {
          for (const statement of splitStatements(sql)) runOne(driver, statement);
        }
        for (const migration of schema.migrations.slice(version.app)) applyMigration(driver, schema, migration, now());
        markReplicatedTables(driver, schema);
        driver.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${toUserVersion(known)}`);
      })
      .immediate();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError('migration_failed', `cannot migrate ${driver.name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Two apps may both keep replicas; neither may migrate the other's file. */
function assertSameApp(driver: Driver, schema: ReplicaSchema): void {
  const applied = driver.prepare('SELECT tag FROM local_migrations ORDER BY position').pluck().all();
  if (applied.every((tag, index) => tag === schema.migrations[index]?.tag)) return;
  throw new DatabaseError('not_a_database', `${driver.name} holds the tables of another app`);
}

function applyMigration(driver: Driver, schema: ReplicaSchema, { tag, sql }: Migration, appliedAt: number): void {
  const statements = splitStatements(sql).map((statement) => classify(statement, tag));
  const altered = new Set(statements.filter(({ kind }) => kind === 'add column').map(({ table }) => table));
  const alteredCrrs = [...altered].filter((table) => schema.replicated.includes(table) && isCrr(driver, table));

  for (const table of alteredCrrs) driver.prepare(`SELECT crsql_begin_alter('main', ?)`).get(table);
  for (const { kind, table, statement } of statements) {
    if (kind === 'unique index' && schema.replicated.includes(table)) {
      throw new DatabaseError('migration_not_additive', `${tag} makes a unique index on the replicated ${table}`);
    }
    runOne(driver, statement);
  }
  for (const table of alteredCrrs) {
    assertSound(driver, table);
    driver.prepare(`SELECT crsql_commit_alter('main', ?)`).get(table);
  }

  driver.prepare('INSERT INTO local_migrations (tag, applied_at) VALUES (?, ?)').run(tag, appliedAt);
}

/** Unlike `exec`, preparing refuses a second statement behind the first, which nobody would have looked at. */
function runOne(driver: Driver, statement: string): void {
  driver.prepare(statement).run();
}

function markReplicatedTables(driver: Driver, schema: ReplicaSchema): void {
  for (const table of schema.replicated) {
    if (isCrr(driver, table)) continue;
    assertSound(driver, table);
    driver.prepare(`SELECT crsql_as_crr('main', ?)`).get(table);
    guardPrimaryKey(driver, table);
  }
}

function isCrr(driver: Driver, table: string): boolean {
  const clockTable = driver.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`);
  return clockTable.get(`${table}__crsql_clock`) !== undefined;
}

function splitStatements(sql: string): string[] {
  return sql
    .split(STATEMENT_BREAK)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const NAME = '[`"]?(\\w+)[`"]?';
const ADDITIVE = [
  { kind: 'create table', pattern: new RegExp(`^create table (?:if not exists )?${NAME}`, 'i') },
  { kind: 'index', pattern: new RegExp(`^create index (?:if not exists )?\\S+ on ${NAME}`, 'i') },
  { kind: 'unique index', pattern: new RegExp(`^create unique index (?:if not exists )?\\S+ on ${NAME}`, 'i') },
  { kind: 'add column', pattern: new RegExp(`^alter table ${NAME} add `, 'i') },
] as const;

function classify(
  statement: string,
  tag: string,
): { kind: (typeof ADDITIVE)[number]['kind']; table: string; statement: string } {
  for (const { kind, pattern } of ADDITIVE) {
    const table = pattern.exec(statement)?.[1];
    if (table) return { kind, table, statement };
  }
  throw new DatabaseError(
    'migration_not_additive',
    `${tag} may only create and add, but it says: ${firstLine(statement)}`,
  );
}

function firstLine(statement: string): string {
  return statement.split('\n', 1)[0] ?? '';
}
