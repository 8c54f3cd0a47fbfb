/**
 * What the mergeable texts that are edited here held before: the base of a three-way merge, should another device have
 * edited the same text meanwhile. A trigger on each such column keeps the value that its first local edit replaces; later
 * edits change nothing, until sync forgets them all because everybody has seen everything.
 *
 * A value is kept with its clock, which says who may know it: a value that the other author had never seen is no base.
 * The trigger runs before the update, because cr-sqlite's own, which runs after it, puts the edit's clock in its place.
 */
import type { Driver, Statement } from '../engine/driver.ts';
import { quoteName } from '../engine/quote-name.ts';
import { columnsOf, primaryKeyOf } from '../engine/table-info.ts';
import { DatabaseError } from '../errors.ts';
import type { MergeableColumns } from '../schema/replica-schema.ts';
import type { SqlValue } from './change.ts';
import { unpackKey } from './packed-key.ts';
import { affinityOf } from './replicated-table.ts';

export interface FormerValue {
  readonly val: SqlValue;
  /** The edit that wrote it; undefined for a column's default, which nobody wrote and everybody knows. */
  readonly edit: { readonly siteId: Uint8Array; readonly dbVersion: number } | undefined;
}

export class FormerValues {
  readonly #driver: Driver;
  readonly #mergeable: MergeableColumns;
  readonly #find = new Map<string, Statement>();

  /** Brings the triggers of the file to the columns that are mergeable now. The tables must be CRRs already. */
  constructor(driver: Driver, mergeable: MergeableColumns) {
    this.#driver = driver;
    this.#mergeable = mergeable;
    keepTriggers(driver, mergeable);
  }

  /** What the cell held when this replica was last in sync; undefined where it was not edited here since. */
  find(table: string, pk: Uint8Array, cid: string): FormerValue | undefined {
    if (!(this.#mergeable[table] ?? []).includes(cid)) return undefined;
    const row = this.#statementOf(table).get(table, cid, ...unpackKey(pk)) as FormerRow | undefined;
    if (row === undefined) return undefined;
    const [val, siteId, dbVersion] = row;
    return { val, edit: siteId === null || dbVersion === null ? undefined : { siteId, dbVersion } };
  }

  forget(): void {
    this.#driver.exec('DELETE FROM sync_former_values');
  }

  #statementOf(table: string): Statement {
    let statement = this.#find.get(table);
    if (statement === undefined) {
      statement = this.#driver.prepare(findSql(this.#driver, table)).raw().safeIntegers();
      this.#find.set(table, statement);
    }
    return statement;
  }
}

type FormerRow = [val: SqlValue, siteId: Uint8Array | null, dbVersion: number | null];

const TRIGGER_PREFIX = 'former_value:';

/** Compares before it writes: opening a file that is as it should be leaves it alone. */
function keepTriggers(driver: Driver, mergeable: MergeableColumns): void {
  const wanted = new Map(triggersOf(driver, mergeable));
  const present = new Map(
    driver
      .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB '${TRIGGER_PREFIX}*'`)
      .raw()
      .all() as [name: string, sql: string][],
  );
  const outdated = [...present].filter(([name, sql]) => wanted.get(name) !== sql);
  const missing = [...wanted].filter(([name, sql]) => present.get(name) !== sql);
  if (outdated.length === 0 && missing.length === 0) return;
  driver
    .transaction(() => {
      for (const [name] of outdated) driver.exec(`DROP TRIGGER ${quoteName(name)}`);
      for (const [, sql] of missing) driver.exec(sql);
    })
    .immediate();
}

function triggersOf(driver: Driver, mergeable: MergeableColumns): [name: string, sql: string][] {
  return Object.entries(mergeable).flatMap(([table, columns]) => {
    assertMergeable(driver, table, columns);
    const key = primaryKeyOf(driver, table);
    return columns.map((column): [string, string] => {
      const name = `${TRIGGER_PREFIX}${table}.${column}`;
      return [name, triggerSql({ name, table, column, key })];
    });
  });
}

function assertMergeable(driver: Driver, table: string, columns: readonly string[]): void {
  const texts = columnsOf(driver, table).filter(({ pk, type }) => pk === 0 && affinityOf(type) === 'TEXT');
  const isCrr = columnsOf(driver, `${table}__crsql_pks`).length > 0;
  for (const column of columns) {
    if (isCrr && texts.some(({ name }) => name === column)) continue;
    throw new DatabaseError('schema_unsound', `the mergeable ${table}.${column} is no text of a replicated table`);
  }
}

interface TriggerOptions {
  readonly name: string;
  readonly table: string;
  readonly column: string;
  readonly key: readonly string[];
}

/**
 * `ON CONFLICT DO NOTHING`, because `OR IGNORE` would give way to what the statement that fires the trigger says: an
 * upsert by the app would fail at its second edit.
 */
function triggerSql({ name, table, column, key }: TriggerOptions): string {
  const isThisRow = key.map((part) => `p.${quoteName(part)} = OLD.${quoteName(part)}`).join(' AND ');
  const former = `OLD.${quoteName(column)}`;
  return `CREATE TRIGGER ${quoteName(name)} BEFORE UPDATE OF ${quoteName(column)} ON ${quoteName(table)}
    WHEN crsql_internal_sync_bit() = 0 AND ${former} IS NOT NEW.${quoteName(column)}
    BEGIN
      INSERT INTO sync_former_values (table_name, row_key, column_name, val, site_ordinal, db_version)
      SELECT ${quoteText(table)}, p.__crsql_key, ${quoteText(column)}, ${former}, c.site_id, c.db_version
      FROM ${quoteName(`${table}__crsql_pks`)} p
      LEFT JOIN ${quoteName(`${table}__crsql_clock`)} c ON c.key = p.__crsql_key AND c.col_name = ${quoteText(column)}
      WHERE ${isThisRow}
      ON CONFLICT DO NOTHING;
    END`;
}

function findSql(driver: Driver, table: string): string {
  const isThisRow = primaryKeyOf(driver, table).map((part) => `p.${quoteName(part)} = ?`);
  return `SELECT f.val, s.site_id, CAST(f.db_version AS REAL)
          FROM ${quoteName(`${table}__crsql_pks`)} p
          JOIN sync_former_values f ON f.row_key = p.__crsql_key AND f.table_name = ? AND f.column_name = ?
          LEFT JOIN crsql_site_id s ON s.ordinal = f.site_ordinal
          WHERE ${isThisRow.join(' AND ')}`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
