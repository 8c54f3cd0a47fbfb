/**
 * Which rows were written since a version, locally or by apply, straight from cr-sqlite's clock tables: every cell
 * written here gets a local `db_version` above all earlier ones, each clock table has an index on it, and the key table
 * remembers even a deleted row's key. So whatever is derived from rows needs no trigger to learn what became stale.
 *
 * A cursor over these versions may only move to `latestVersionSql`, what the clock tables hold, and never to
 * `crsql_db_version()`: an update that changes nothing advances that counter without writing a cell, and after a reopen
 * the same version is given out again.
 */
import { quoteName } from '../engine/quote-name.ts';
import { SENTINEL } from './change.ts';

export interface TouchedRows {
  readonly table: string;
  /** The column of the primary key to select; its value is known of deleted rows too. */
  readonly keyColumn: string;
  /** Only rows with one of these columns written, or that were deleted or came back. By default any column counts. */
  readonly columns?: readonly string[];
}

/** Selects the keys touched after the version bound to `$after`; one key comes as often as it has touched cells. */
export function touchedRowsSql({ table, keyColumn, columns }: TouchedRows): string {
  // CROSS JOIN and the unary + keep the planner, whatever ANALYZE told it, from not starting at the index on db_version.
  return `SELECT p.${quoteName(keyColumn)}
          FROM ${clockTable(table)} c CROSS JOIN ${quoteName(`${table}__crsql_pks`)} p ON p.__crsql_key = c.key
          WHERE c.db_version > $after${columns ? ` AND +c.col_name IN (${columnList(columns)})` : ''}`;
}

/** Selects the columns written after the version bound to `$after`, each once; `SENTINEL` where a row went or came back. */
export function touchedColumnsSql(table: string): string {
  return `SELECT DISTINCT col_name FROM ${clockTable(table)} WHERE db_version > $after`;
}

/** Selects the latest version that any cell of the tables has, 0 when they never had one. */
export function latestVersionSql(tables: readonly string[]): string {
  const each = tables.map((table) => `(SELECT max(db_version) FROM ${clockTable(table)})`);
  return `SELECT max(0, ${each.map((latest) => `coalesce(${latest}, 0)`).join(', ')})`;
}

/** A delete drops the clocks of a row's columns and leaves the sentinel, so that is always asked for too. */
function columnList(columns: readonly string[]): string {
  return [...columns, SENTINEL].map((column) => `'${column.replaceAll("'", "''")}'`).join(', ');
}

function clockTable(table: string): string {
  return quoteName(`${table}__crsql_clock`);
}
