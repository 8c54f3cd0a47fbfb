import { sql } from 'drizzle-orm';
import { index, text } from 'drizzle-orm/pg-core';
import { bytes, id, member, provenance, string, time, timestamps, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

/**
 * The three values are text, not jsonb: they are kept so that no edit is lost, and jsonb refuses U+0000, which a lost
 * text may hold. Cast them where you want to look inside.
 */
export const conflicts = app.table(
  'conflicts',
  {
    workspaceId: workspaceId(),
    id: id(),
    kind: word('kind', 'overwrite'),
    tableName: string('table_name'),
    rowKey: bytes('row_key'),
    columnName: string('column_name'),
    winningValue: text('winning_value'),
    losingValue: text('losing_value'),
    baseValue: text('base_value'),
    winningSite: string('winning_site'),
    losingSite: string('losing_site'),
    resolution: text('resolution'),
    resolvedAt: time('resolved_at'),
    resolvedBy: member('resolved_by'),
    ...timestamps,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // Conflicts that nobody has resolved.
    index('conflicts_open')
      .on(table.workspaceId, table.createdAt)
      .where(sql`resolved_at is null`),
  ],
);

export const conflictsComments: TableComments<typeof conflicts> = {
  table: 'Values that lost a concurrent merge, kept so that no edit is silently gone.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv5 of the cell and the two edits: both authors write the same row.',
    kind: 'overwrite where another value won, delete where the row was deleted.',
    tableName: 'The table of the cell.',
    rowKey: 'The primary key of its row, as cr-sqlite packs it.',
    columnName: 'The column of the cell.',
    winningValue: 'The value that the row now holds, as typed JSON.',
    losingValue: 'The value that was put aside, as typed JSON.',
    baseValue: 'What both authors had seen before, as typed JSON; null where it is not known.',
    winningSite: 'The site id of the replica whose value won.',
    losingSite: 'The site id of the replica whose value lost.',
    resolution: 'local, remote, merged or dismissed; null while it is open.',
    resolvedAt: 'When it was resolved; null while it is open.',
    resolvedBy: 'The member who resolved it.',
    ...timestampComments,
    ...provenanceComments,
  },
};
