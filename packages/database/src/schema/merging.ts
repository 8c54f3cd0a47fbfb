import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { bytes, id, reference, string, time, timestamps } from './columns.ts';

export const CONFLICT_KINDS = ['overwrite', 'delete'] as const;
export const CONFLICT_RESOLUTIONS = ['local', 'remote', 'merged', 'dismissed'] as const;

/**
 * A value that lost a concurrent merge, kept so that no edit is silently gone. Both authors' replicas write the same
 * row: its id is a function of the cell and the two edits.
 */
export const conflicts = sqliteTable(
  'conflicts',
  {
    id: id(),
    kind: text('kind', { enum: CONFLICT_KINDS }).notNull().default('overwrite'),
    tableName: string('table_name'),
    /** The row's packed primary key. */
    rowKey: bytes('row_key'),
    columnName: string('column_name'),
    /** The three values as typed JSON; `base` is what both authors had seen, where it is still known. */
    winningValue: text('winning_value'),
    losingValue: text('losing_value'),
    baseValue: text('base_value'),
    winningSite: string('winning_site'),
    losingSite: string('losing_site'),
    resolution: text('resolution', { enum: CONFLICT_RESOLUTIONS }),
    resolvedAt: time('resolved_at'),
    resolvedBy: reference('resolved_by'),
    ...timestamps,
  },
  (table) => [index('conflicts_open').on(table.resolvedAt, table.createdAt)],
);
