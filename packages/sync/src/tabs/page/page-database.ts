/** Drizzle on the page: typed queries, answered by the leader. It reads; what writes is a command. */
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import { TabsError } from '../errors.ts';
import type { ColumnValue, Row } from '../rows.ts';

/** Drizzle's database without what writes. */
export type PageDatabase<T extends Record<string, unknown>> = Omit<SqliteRemoteDatabase<T>, (typeof WRITERS)[number]>;

/** A query that drizzle has built: awaited it is answered once, watched it stays up to date. */
export interface WatchableQuery<T> extends PromiseLike<T> {
  toSQL(): { readonly sql: string; readonly params: readonly unknown[] };
  /** Of drizzle’s prepared query only its mapper is used. */
  prepare(): object;
}

const WRITERS = ['insert', 'update', 'delete', 'run', 'transaction', 'batch'] as const;

export function createPageDatabase<T extends Record<string, unknown>>(
  query: (sql: string, params: readonly ColumnValue[]) => Promise<readonly Row[]>,
  schema: T,
): PageDatabase<T> {
  const database = drizzle(
    async (sql, params: ColumnValue[], method) => {
      const rows = await query(sql, params);
      return { rows: (method === 'get' ? rows[0] : rows) as unknown[] };
    },
    { schema },
  );
  for (const name of WRITERS) {
    Object.defineProperty(database, name, {
      value: () => {
        throw new TabsError('read_only', `a page reads with drizzle, and writes by commands: ${name} is none`);
      },
    });
  }
  return database;
}

/** What drizzle makes of the rows of this query. */
export function mapperOf<T>(query: WatchableQuery<T>): (rows: readonly Row[]) => T {
  const prepared = query.prepare();
  if (!hasMapper(prepared))
    throw new TypeError('only queries of the database that createPageDatabase made are watched');
  return (rows) => prepared.mapAllResult([...rows]) as T;
}

function hasMapper(prepared: object): prepared is { mapAllResult(rows: unknown): unknown } {
  return 'mapAllResult' in prepared && typeof prepared.mapAllResult === 'function';
}
