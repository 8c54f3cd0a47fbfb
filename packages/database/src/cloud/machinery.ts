/**
 * The schema `sync`: how the projection is kept. A transaction of the projector moves a cursor together with all that it
 * has read up to there, so each of these tables is as true as the rows in `app`.
 */
import { sql } from 'drizzle-orm';
import { bigint, customType, index, pgPolicy, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import { bytes, count, workspaceId } from './columns.ts';
import { workspaceComments, type TableComments } from './comments.ts';
import { readable } from './readable.ts';
import { sync } from './schemas.ts';

const time = (name: string) => timestamp(name, { withTimezone: true });

const entry = (name: string) => bigint(name, { mode: 'number' });

const rowKeyComment = 'The primary key of the row, as cr-sqlite packs it.';

export const rowClocks = sync.table(
  'row_clocks',
  {
    workspaceId: workspaceId(),
    tableName: text('table_name').notNull(),
    rowKey: bytes('row_key').notNull(),
    state: bytes('state').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.tableName, table.rowKey] })],
);

export const rowClocksComments: TableComments<typeof rowClocks> = {
  table: 'The state of the merge, one row per row of a replica, deleted ones too.',
  columns: {
    ...workspaceComments,
    tableName: 'The table of the row.',
    rowKey: rowKeyComment,
    state: 'The clocks of the row and its cells, as the projector encodes them.',
  },
};

export const cursors = sync.table(
  'cursors',
  {
    workspaceId: workspaceId(),
    seq: count('seq'),
    mark: count('mark'),
    headSeq: count('head_seq'),
    pendingSince: time('pending_since'),
    checkedAt: time('checked_at').notNull().defaultNow(),
    liveRows: count('live_rows'),
    liveBytes: count('live_bytes'),
  },
  (table) => readable(table.workspaceId),
);

export const cursorsComments: TableComments<typeof cursors> = {
  table: 'How far the projection of each workspace has come.',
  columns: {
    ...workspaceComments,
    seq: 'The last entry of the log that the rows in app hold.',
    mark: 'The mark of the run of the relay which that entry belongs to.',
    headSeq: 'The last entry of the log, when it was last looked at.',
    pendingSince: 'When the relay stored the oldest entry that is not yet projected; null when there is none.',
    checkedAt: 'When the log was last looked at.',
    liveRows: 'Rows that exist in the workspace, those in the trash too.',
    liveBytes: 'How big those rows are, roughly.',
  },
};

export const countedRuns = sync.table(
  'counted_runs',
  {
    workspaceId: workspaceId(),
    mark: entry('mark').notNull(),
    lastSeq: entry('last_seq').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.mark] })],
);

export const countedRunsComments: TableComments<typeof countedRuns> = {
  table: 'Up to which entry usage has been counted, for each run of the relay: so that a rebuild counts nothing twice.',
  columns: {
    ...workspaceComments,
    mark: 'The mark of the run.',
    lastSeq: 'The last entry of that run which is counted in billing.usage_days.',
  },
};

export const quarantine = sync.table(
  'quarantine',
  {
    workspaceId: workspaceId(),
    tableName: text('table_name').notNull(),
    rowKey: bytes('row_key').notNull(),
    columnName: text('column_name').notNull().default(''),
    reason: text('reason').notNull(),
    value: text('value').notNull().default(''),
    siteId: text('site_id').notNull(),
    seq: entry('seq').notNull(),
    noticedAt: time('noticed_at').notNull().defaultNow(),
  },
  (table) => readable(table.workspaceId, table.tableName, table.rowKey, table.columnName),
);

export const quarantineComments: TableComments<typeof quarantine> = {
  table: 'Values that the cloud copy cannot hold. Replicas have them; here the column has its default instead.',
  columns: {
    ...workspaceComments,
    tableName: 'The table of the value.',
    rowKey: rowKeyComment,
    columnName: 'The column; empty where the whole row cannot be shown, because its key is not of the right type.',
    reason: 'Why it cannot be held.',
    value: 'The value, shortened and made readable.',
    siteId: 'The site id of the replica that wrote it, as 32 hexadecimal digits.',
    seq: 'The entry of the log that brought it.',
    noticedAt: 'When the projector noticed it.',
  },
};

export const projectedTables = sync.table('projected_tables', {
  tableName: text('table_name').primaryKey().notNull(),
  fingerprint: text('fingerprint').notNull(),
});

export const projectedTablesComments: TableComments<typeof projectedTables> = {
  table: 'Which columns each table was projected with, so that one which gains a column is projected anew.',
  columns: {
    tableName: 'The table.',
    fingerprint: 'A hash of its columns and their types.',
  },
};

/**
 * Append-only, and without a key of what waits: the projector must never wait for whoever is indexing the same document. The
 * same one may wait several times; it is indexed once.
 */
export const searchQueue = sync.table('search_queue', {
  seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  workspaceId: workspaceId(),
  kind: text('kind').notNull(),
  id: text('id').notNull(),
  queuedAt: time('queued_at').notNull().defaultNow(),
});

export const searchQueueComments: TableComments<typeof searchQueue> = {
  table: 'What has changed since it was last indexed for search. The same may be in it several times.',
  columns: {
    ...workspaceComments,
    seq: 'The order in which it is indexed.',
    kind: 'What it is, such as note or message.',
    id: 'Its id.',
    queuedAt: 'Since when it waits.',
  },
};

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/**
 * The words are the indexer's, not those of to_tsvector: they are the same in every locale, and a text without spaces, such
 * as a Chinese one, is not one word. Those of the title are there a second time, with a ^ before them.
 */
export const searchDocuments = sync.table(
  'search_documents',
  {
    workspaceId: workspaceId(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    projectId: text('project_id'),
    title: text('title').notNull().default(''),
    body: text('body').notNull().default(''),
    words: tsvector('words').notNull().default(''),
    updatedAt: time('updated_at').notNull(),
    indexedAt: time('indexed_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.kind, table.id] }),
    // What a search asks for.
    index('search_documents_words').using('gin', table.words),
    // The latest documents of a workspace; the key answers for all of them.
    index('search_documents_recent').on(table.workspaceId, table.updatedAt),
  ],
);

export const searchDocumentsComments: TableComments<typeof searchDocuments> = {
  table: 'What full-text search looks through: one document per note, message, memory, file, entity or the like.',
  columns: {
    ...workspaceComments,
    kind: 'What it is, such as note or message.',
    id: 'Its id.',
    projectId: "The project it belongs to; null without one. That of a message is its chat's.",
    title: 'Its title, whose words count for more.',
    body: 'Its text: the first 100,000 characters.',
    words: 'The words of both, in lower case and without accents; those of the title also with a ^ before them.',
    updatedAt: 'When it was last edited, by the clock of the app.',
    indexedAt: 'When it was last indexed.',
  },
};

export const readerGrants = sync.table(
  'reader_grants',
  {
    roleName: text('role_name').notNull(),
    workspaceId: workspaceId(),
  },
  (table) => [
    primaryKey({ columns: [table.roleName, table.workspaceId] }),
    pgPolicy('own_grants', {
      as: 'permissive',
      for: 'select',
      to: 'public',
      using: sql.raw('role_name = current_user::text'),
    }),
  ],
);

export const readerGrantsComments: TableComments<typeof readerGrants> = {
  table: 'Which role may read which workspace: INSERT a row to grant, DELETE it to revoke.',
  columns: {
    roleName: 'A role that can log in and is a member of tributary_reader.',
    workspaceId: 'The workspace whose rows it sees.',
  },
};
