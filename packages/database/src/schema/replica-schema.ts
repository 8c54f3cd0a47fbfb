import { getTableName } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';

/** Columns by table, in SQL names. */
export type MergeableColumns = Readonly<Record<string, readonly string[]>>;

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
  /**
   * SQL names, columns by table: texts that two people may be writing in at once. Of these a replica remembers what was
   * there before, so that a conflict can be merged; an edit of such a column takes about a quarter longer. None by default.
   */
  readonly mergeable?: MergeableColumns;
  /** In the order in which they are applied; append-only. */
  readonly migrations: readonly Migration[];
}

export function defineReplicaSchema<T extends Record<string, unknown>>(definition: {
  readonly tables: T;
  readonly replicated: Readonly<Record<string, SQLiteTable>>;
  readonly mergeable?: readonly SQLiteColumn[];
  readonly migrations: readonly Migration[];
}): ReplicaSchema<T> {
  const { tables, replicated, mergeable, migrations } = definition;
  return {
    tables,
    replicated: Object.values(replicated).map((table) => getTableName(table)),
    ...(mergeable && { mergeable: columnsByTable(mergeable) }),
    migrations,
  };
}

function columnsByTable(columns: readonly SQLiteColumn[]): MergeableColumns {
  const byTable: Record<string, string[]> = {};
  for (const { table, name } of columns) (byTable[getTableName(table)] ??= []).push(name);
  return byTable;
}
