/**
 * The rules that keep a replicated table equal on every replica, checked when it becomes a CRR. cr-sqlite refuses some
 * violations itself; the others it accepts, and replicas then diverge or stop applying.
 */
import type { Driver } from '../engine/driver.ts';
import { DatabaseError } from '../errors.ts';
import { columnsOf, type ColumnInfo } from '../engine/table-info.ts';

const NON_CONSTANT_DEFAULT = /\(|current_(time|date|timestamp)/i;
const KEY_TYPES = new Set(['TEXT', 'BLOB']);

export function assertSound(driver: Driver, table: string): void {
  const columns = columnsOf(driver, table);
  const faults =
    columns.length === 0
      ? ['does not exist; is its migration missing?']
      : [...columns.flatMap(columnFaults), ...keyFaults(columns), ...tableFaults(driver, table)];
  if (faults.length === 0) return;
  throw new DatabaseError('schema_unsound', `the replicated table ${table} ${faults.join('; ')}`);
}

function columnFaults({ name, type, notnull, dflt_value, pk }: ColumnInfo): string[] {
  const faults: string[] = [];
  if (type === '') faults.push(`must declare a type for ${name}`);
  if (notnull && pk === 0 && dflt_value === null) faults.push(`needs a default for the NOT NULL column ${name}`);
  if (dflt_value !== null && NON_CONSTANT_DEFAULT.test(dflt_value)) faults.push(`needs a constant default for ${name}`);
  if (pk > 0 && !KEY_TYPES.has(type.toUpperCase()))
    faults.push(`needs a TEXT or BLOB primary key, not ${type} ${name}`);
  if (pk > 0 && !notnull) faults.push(`needs NOT NULL on its primary key ${name}`);
  return faults;
}

function keyFaults(columns: readonly ColumnInfo[]): string[] {
  return columns.some(({ pk }) => pk > 0) ? [] : ['needs a primary key'];
}

function tableFaults(driver: Driver, table: string): string[] {
  const faults: string[] = [];
  const unique = driver.prepare(`SELECT 1 FROM pragma_index_list(?) WHERE "unique" AND origin <> 'pk'`).get(table);
  if (unique) faults.push('may not have a unique index');
  if (driver.prepare('SELECT 1 FROM pragma_foreign_key_list(?)').get(table)) faults.push('may not have foreign keys');
  const ddl = driver.prepare(`SELECT sql FROM sqlite_schema WHERE name = ?`).pluck().get(table) as string;
  for (const [keyword, pattern] of [
    ['CHECK', /\bcheck\s*\(/i],
    ['COLLATE', /\bcollate\b/i],
    ['AUTOINCREMENT', /autoincrement/i],
    ['STRICT', /\)\s*strict\b/i],
  ] as const) {
    if (pattern.test(ddl)) faults.push(`may not use ${keyword}`);
  }
  return faults;
}
