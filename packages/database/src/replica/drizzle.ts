import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3/session';
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type { Driver } from '../engine/driver.ts';

/**
 * drizzle-orm's own better-sqlite3 session over any driver. Its `drizzle()` function does the same, but importing that
 * loads the better-sqlite3 package, which a browser does not have and Node may not.
 */
export function drizzleOver<T extends Record<string, unknown>>(driver: Driver, tables: T): BetterSQLite3Database<T> {
  const relational = extractTablesRelationalConfig(tables, createTableRelationsHelpers);
  const schema = { fullSchema: tables, schema: relational.tables, tableNamesMap: relational.tableNamesMap };
  const dialect = new SQLiteSyncDialect();
  const session = new BetterSQLiteSession(driver as never, dialect, schema);
  return new BaseSQLiteDatabase('sync', dialect, session as never, schema as never) as BetterSQLite3Database<T>;
}
