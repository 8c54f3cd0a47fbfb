import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { jsonValue } from './columns.ts';

/**
 * Tables that describe this replica and are never replicated. What the sync client must not lose lives here, so that it
 * commits or rolls back together with the rows it speaks of.
 */

export const localMeta = sqliteTable('local_meta', {
  key: text('key').primaryKey().notNull(),
  value: text('value').notNull(),
});

/** The app's migrations in the order in which they were applied. */
export const localMigrations = sqliteTable('local_migrations', {
  position: integer('position').primaryKey().notNull(),
  tag: text('tag').notNull(),
  appliedAt: integer('applied_at').notNull(),
});

/** How far this replica has got with each workspace's log. */
export const syncState = sqliteTable('sync_state', {
  workspaceId: text('workspace_id').primaryKey().notNull(),
  epoch: text('epoch'),
  /** The `seq` applied here. */
  pullCursor: integer('pull_cursor').notNull().default(0),
  /** The highest own `db_version` read for a push. */
  pushCursor: integer('push_cursor').notNull().default(0),
  lastSyncedAt: integer('last_synced_at'),
});

/** The `seq` that the relay gave to this replica's own transactions, up to and including `db_version`. */
export const syncAcks = sqliteTable('sync_acks', {
  dbVersion: integer('db_version').primaryKey().notNull(),
  seq: integer('seq').notNull(),
  ackedAt: integer('acked_at').notNull(),
});

/** What sync did, for people to read. */
export const syncActivity = sqliteTable(
  'sync_activity',
  {
    id: integer('id').primaryKey().notNull(),
    at: integer('at').notNull(),
    kind: text('kind').notNull(),
    message: text('message').notNull(),
    detail: jsonValue('detail'),
  },
  (table) => [index('sync_activity_recent').on(table.at)],
);

/** Cells of tables and columns that only a newer app knows, the latest of each site, until this app knows them too. */
export const syncParked = sqliteTable(
  'sync_parked',
  {
    tableName: text('table_name').notNull(),
    pk: blob('pk').notNull(),
    cid: text('cid').notNull(),
    siteId: blob('site_id').notNull(),
    /** Typed by SQLite itself: a column of type BLOB keeps every storage class as it is. */
    val: blob('val'),
    colVersion: integer('col_version').notNull(),
    dbVersion: integer('db_version').notNull(),
    cl: integer('cl').notNull(),
    seq: integer('seq').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tableName, table.pk, table.cid, table.siteId] })],
);
