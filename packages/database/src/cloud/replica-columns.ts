/** What the cloud copy asks of a replica's Drizzle tables: which columns there are, in what order, with which defaults. */
import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { SqlValue } from '../changes/change.ts';
import type { ReplicaSchema } from '../schema/replica-schema.ts';

export interface LocalTable {
  readonly name: string;
  /** In the order of the packed key. */
  readonly key: readonly SQLiteColumn[];
  readonly columns: readonly SQLiteColumn[];
}

export function localTablesOf(schema: ReplicaSchema): LocalTable[] {
  const tables = Object.values(schema.tables).filter((table) => is(table, SQLiteTable));
  return tables.map(localTableOf).filter(({ name }) => schema.replicated.includes(name));
}

/** The value of the column in a row that has only its key, in the type in which SQLite stores it. */
export function defaultOf(column: SQLiteColumn): SqlValue {
  if (column.default === undefined || column.default === null) return null;
  const stored: unknown = column.mapToDriverValue(column.default);
  if (typeof stored === 'number' || typeof stored === 'bigint' || typeof stored === 'boolean') {
    return column.getSQLType() === 'integer' ? BigInt(stored) : Number(stored);
  }
  if (typeof stored === 'string' || stored instanceof Uint8Array) return stored;
  throw new TypeError(`the default of ${column.name} is not a constant`);
}

function localTableOf(table: SQLiteTable): LocalTable {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return { name, key, columns: columns.filter((column) => !key.includes(column)) };
}
