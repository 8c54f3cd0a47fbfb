import { date } from 'drizzle-orm/pg-core';
import { workspaceComments, type TableComments } from './comments.ts';
import { count, workspaceId } from './columns.ts';
import { readable } from './readable.ts';
import { billing } from './schemas.ts';

export const usageDays = billing.table(
  'usage_days',
  {
    workspaceId: workspaceId(),
    day: date('day').notNull(),
    entries: count('entries'),
    changes: count('changes'),
    bytes: count('bytes'),
  },
  (table) => readable(table.workspaceId, table.day),
);

export const usageDaysComments: TableComments<typeof usageDays> = {
  table:
    'What the relay stored for a workspace on a day. Every entry of the log is counted once, however often it is read.',
  columns: {
    ...workspaceComments,
    day: 'The day in UTC on which the relay stored the entries.',
    entries: 'Entries of the log.',
    changes: 'Changes of cells in them.',
    bytes: 'Their size in bytes, as they are stored.',
  },
};
