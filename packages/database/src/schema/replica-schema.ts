import { getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

export interface Migration {
  /** Its file's name without extension: unique, and sorted by age. */
  readonly tag: string;
  readonly sql: string;
}

/**
 * What a replica holds. The workspace's own is the default; another app brings its tables, names those that replicate,
 * and the migrations that drizzle-kit generated for them.
 */
export interface ReplicaSchema<T extends Record<string, unknown> = Record<string, unknown>> {
  /** Drizzle tables and relations, as `drizzle(…, { schema })` takes them. */
  readonly tables: T;
  /** SQL names of the tables that become CRRs. */
  readonly replicated: readonly string[];
  /** In the order in which they are applied; append-only. */
  readonly migrations: readonly Migration[];
}

export function defineReplicaSchema<T extends Record<string, unknown>>(definition: {
  readonly tables: T;
  readonly replicated: Readonly<Record<string, SQLiteTable>>;
  readonly migrations: readonly Migration[];
}): ReplicaSchema<T> {
  return { ...definition, replicated: Object.values(definition.replicated).map((table) => getTableName(table)) };
}
