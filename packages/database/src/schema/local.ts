import { blob, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
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

/** How far this replica has got with the log of each workspace. */
export const syncState = sqliteTable('sync_state', {
  workspaceId: text('workspace_id').primaryKey().notNull(),
  /** The life of the log that all positions here belong to. */
  epoch: text('epoch'),
  /** The `seq` applied here. */
  pullCursor: integer('pull_cursor').notNull().default(0),
  /** The mark of the entry at the pull cursor. */
  cursorMark: integer('cursor_mark').notNull().default(0),
  /** Own versions up to this one are on the relay's disk. */
  pushCursor: integer('push_cursor').notNull().default(0),
  /** Own versions up to this one were on the relay's disk in a former life of the log, or as a former site. */
  settledVersion: integer('settled_version').notNull().default(0),
  /** What is stored up to this version may be missing in the log, and has to be sent again; null when nothing is. */
  refillVersion: integer('refill_version'),
  lastSyncedAt: integer('last_synced_at'),
});

/** The `seq` that the relay gave to this replica's own versions, up to and including `db_version`. */
export const syncAcks = sqliteTable('sync_acks', {
  dbVersion: integer('db_version').primaryKey().notNull(),
  seq: integer('seq').notNull(),
  ackedAt: integer('acked_at').notNull(),
});

/** The `seq` that was applied here when the own versions up to and including `db_version` were made; null: not known. */
export const syncBases = sqliteTable('sync_bases', {
  dbVersion: integer('db_version').primaryKey().notNull(),
  base: integer('base'),
});

/**
 * What the mergeable texts edited here held before the first edit since this replica was last in sync. Clock and row are
 * cr-sqlite's own numbers, as its tables hold them.
 */
export const syncFormerValues = sqliteTable(
  'sync_former_values',
  {
    tableName: text('table_name').notNull(),
    rowKey: integer('row_key').notNull(),
    columnName: text('column_name').notNull(),
    /** As in `sync_parked`, of any storage class. */
    val: blob('val'),
    /** Null where nobody has ever written the cell. */
    siteOrdinal: integer('site_ordinal'),
    dbVersion: integer('db_version'),
  },
  (table) => [primaryKey({ columns: [table.rowKey, table.tableName, table.columnName] })],
);

/** While a log is refilled: hashes of the changes that it holds, so that only the others are sent. */
export const syncCovered = sqliteTable('sync_covered', {
  hash: integer('hash').primaryKey().notNull(),
});

/** What was measured, for `getDetailedMetrics`. */
export const syncMetrics = sqliteTable(
  'sync_metrics',
  {
    id: integer('id').primaryKey().notNull(),
    at: integer('at').notNull(),
    name: text('name').notNull(),
    value: real('value').notNull(),
  },
  (table) => [index('sync_metrics_recent').on(table.at)],
);

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

/** What a tab's command answered, until the tab has heard it: sent again, it is not done again. */
export const tabMutations = sqliteTable('tab_mutations', {
  id: text('id').primaryKey().notNull(),
  /** The answer, as JSON. */
  result: text('result').notNull(),
  /** When its page asked for it. */
  appliedAt: integer('applied_at').notNull(),
});
