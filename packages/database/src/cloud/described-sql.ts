/**
 * SQL that follows from the tables: comments, the view of orphans, and what 0001_reading makes for every table. When it
 * changes, `pnpm db:generate` writes it into a new migration, whose way back is that of the one before.
 *
 * A migration that adds a column to a table with a trash is undone after this one: its `down` must first
 * `SELECT app.drop_live_views()`, then drop the column, then `SELECT app.refresh_live_views(), sync.grant_reading()`.
 */
import { getTableConfig, type AnyPgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { authComment } from './accounts/schema.ts';
import { accountTables } from './accounts/tables.ts';
import { declaredTable, WORKSPACE_COLUMN } from './cloud-columns.ts';
import { qualifiedName, type CommentedTable } from './comments.ts';
import { references, type CloudReference } from './references.ts';
import { schemaComments } from './schemas.ts';
import { cloudTables } from './tables.ts';

export const BREAKPOINT = '--> statement-breakpoint\n';

export function describedSql(): { readonly up: string; readonly down: string } {
  return {
    up: [
      ...Object.entries(schemaComments).map(
        ([schema, comment]) => `COMMENT ON SCHEMA ${schema} IS ${literal(comment)};\n`,
      ),
      ...cloudTables.map(tableComments),
      orphansView(),
      'SELECT app.refresh_live_views(), sync.grant_reading();\n',
    ].join(BREAKPOINT),
    down: [
      'SELECT sync.revoke_reading(), app.drop_live_views();\nDROP VIEW sync.orphans;\n',
      ...cloudTables.map((table) => tableComments({ ...table, comment: null, columnComments: withoutText(table) })),
      ...Object.keys(schemaComments).map((schema) => `COMMENT ON SCHEMA ${schema} IS NULL;\n`),
    ].join(BREAKPOINT),
  };
}

/** The same for what the cloud owns. */
export function describedAccountsSql(): { readonly up: string; readonly down: string } {
  return {
    up: [`COMMENT ON SCHEMA auth IS ${literal(authComment)};\n`, ...accountTables.map(tableComments)].join(BREAKPOINT),
    down: [
      ...accountTables.map((table) => tableComments({ ...table, comment: null, columnComments: withoutText(table) })),
      'COMMENT ON SCHEMA auth IS NULL;\n',
    ].join(BREAKPOINT),
  };
}

interface Described {
  readonly table: PgTable;
  readonly comment: string | null;
  readonly columnComments: ReadonlyMap<string, string | null>;
}

function tableComments({ table, comment, columnComments }: Described): string {
  const name = qualifiedName(table);
  const columns = [...columnComments].map(
    ([column, text]) => `COMMENT ON COLUMN ${name}."${column}" IS ${literal(text)};\n`,
  );
  return [`COMMENT ON TABLE ${name} IS ${literal(comment)};\n`, ...columns].join('');
}

function withoutText({ columnComments }: CommentedTable): ReadonlyMap<string, null> {
  return new Map([...columnComments.keys()].map((name) => [name, null]));
}

const ORPHAN_COMMENTS = {
  workspace_id: 'The workspace.',
  table_name: 'The table of the row that refers to what is not there.',
  id: 'The key of that row; parts of a longer key are joined by slashes.',
  column_name: 'The column that refers to it.',
  missing_table: 'The table that has no such row.',
  missing_id: 'The id that it would have.',
} as const;

function orphansView(): string {
  const columns = Object.entries(ORPHAN_COMMENTS).map(
    ([column, text]) => `COMMENT ON COLUMN sync.orphans.${column} IS ${literal(text)};\n`,
  );
  return [
    'CREATE OR REPLACE VIEW sync.orphans WITH (security_invoker = true) AS\n',
    `${references.map(orphansOf).join('\nUNION ALL\n')};\n`,
    'COMMENT ON VIEW sync.orphans IS ',
    literal(
      'References to rows that do not exist: one device deleted what another one was referring to. The trash counts as existing, and what lies in it refers to nothing.',
    ),
    ';\n',
    ...columns,
  ].join('');
}

function orphansOf({ from, to, where }: CloudReference): string {
  const { key, columns } = declaredTable(from.table);
  const id = key.map(({ name }) => name).filter((name) => name !== WORKSPACE_COLUMN);
  const hasTrash = columns.some(({ name }) => name === 'deleted_at');
  const isSameType = from.getSQLType() === to.getSQLType();
  const conditions = [
    `r.${from.name} IS NOT NULL`,
    ...(hasTrash ? ['r.deleted_at IS NULL'] : []),
    ...(where ? [`r.${where.column.name} = ${literal(where.is)}`] : []),
    `NOT EXISTS (SELECT FROM ${tableOf(to)} t WHERE t.workspace_id = r.workspace_id AND t.${to.name}${isSameType ? '' : '::text'} = r.${from.name})`,
  ];
  return [
    `SELECT r.workspace_id, ${literal(nameOf(from))} AS table_name, concat_ws('/', ${id.map((name) => `r.${name}`).join(', ')}) AS id,`,
    `  ${literal(from.name)} AS column_name, ${literal(nameOf(to))} AS missing_table, r.${from.name}::text AS missing_id`,
    `FROM ${tableOf(from)} r`,
    `WHERE ${conditions.join('\n  AND ')}`,
  ].join('\n');
}

function tableOf(column: AnyPgColumn): string {
  return qualifiedName(column.table);
}

function nameOf(column: AnyPgColumn): string {
  return getTableConfig(column.table).name;
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`;
}
