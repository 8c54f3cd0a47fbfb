/**
 * Every table and column says in the database what it holds. The texts stand beside the table in its file; a record that
 * misses a column, or names one too many, does not compile.
 */
import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';

export interface TableComments<T extends PgTable> {
  readonly table: string;
  readonly columns: Readonly<Record<keyof T['_']['columns'], string>>;
}

/** A table with the comments that were checked against it. */
export interface CommentedTable {
  readonly table: PgTable;
  readonly comment: string;
  /** By SQL name. */
  readonly columnComments: ReadonlyMap<string, string>;
}

export function commented<T extends PgTable>(table: T, comments: TableComments<T>): CommentedTable {
  const columns: Readonly<Record<string, { readonly name: string }>> = getTableColumns(table);
  const texts: Readonly<Record<string, string>> = comments.columns;
  return {
    table,
    comment: comments.table,
    columnComments: new Map(Object.entries(columns).map(([key, { name }]) => [name, texts[key] ?? ''])),
  };
}

/** `app.notes`, each part in quotes. */
export function qualifiedName(table: PgTable): string {
  const { schema = 'public', name } = getTableConfig(table);
  return `"${schema}"."${name}"`;
}

/** Of the columns that every table of `app` has. */
export const workspaceComments = {
  workspaceId: 'The workspace that the row belongs to.',
} as const;

export const provenanceComments = {
  _updatedBy:
    'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.',
  _updatedAt: 'When the relay stored the last change of the row.',
  _version: 'The seq of the log entry that last changed the row. Grows with every change within a workspace.',
  _extra:
    'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.',
} as const;

export const timestampComments = {
  createdAt: 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.',
  updatedAt: 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.',
} as const;

export const trashComments = {
  deletedAt: 'When the row went to the trash; null for one that is not in it.',
} as const;
