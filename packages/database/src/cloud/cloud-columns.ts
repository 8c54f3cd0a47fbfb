/** What Drizzle says of a table in PostgreSQL, in the words of `CloudSchema`. */
import { is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { SqlValue } from '../changes/change.ts';
import { CLOUD_TYPES, type CloudType } from './cloud-schema.ts';

export const WORKSPACE_COLUMN = 'workspace_id';

/** Of every table, after its own columns; see `provenance`. */
export const PROVENANCE_COLUMNS: readonly string[] = ['_updated_by', '_updated_at', '_version', '_extra'];

/** A table as it is declared: with `workspace_id` and provenance still in it. */
export interface DeclaredTable {
  readonly schema: string | undefined;
  readonly name: string;
  readonly key: readonly PgColumn[];
  /** Outside the key. */
  readonly columns: readonly PgColumn[];
}

export function declaredTable(table: PgTable): DeclaredTable {
  const { schema, name, columns, primaryKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return { schema, name, key, columns: columns.filter((column) => !key.includes(column)) };
}

/** Undefined for a type that a projector cannot fill. */
export function cloudTypeOf(column: PgColumn): CloudType | undefined {
  const type = column
    .getSQLType()
    .replace(/ ?\(.*\)/, '')
    .replace('timestamp with time zone', 'timestamptz');
  return CLOUD_TYPES.find((known) => known === type);
}

/** Whether a row that has only its key holds here what it holds in the replica, where that is `local`. */
export function hasDefault(column: PgColumn, local: SqlValue): boolean {
  const value: unknown = column.default ?? null;
  if (value === null || local === null) return value === local;
  if (is(value, SQL)) return local === 0n && new PgDialect().sqlToQuery(value).sql === `'epoch'`;
  if (typeof value === 'object') return JSON.stringify(value) === local;
  return typeof local === 'string' ? value === local : Number(value) === Number(local);
}
