/**
 * Small, and with everything that merges differently: kinds of values, a composite key, rows of a key only. Plain JavaScript,
 * as servers in processes of their own load it, too.
 */
import { conflicts } from '@tributary/database/schema';
import { blob, integer, numeric, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const items = sqliteTable('items', {
  id: text('id').primaryKey().notNull(),
  title: text('title'),
  amount: numeric('amount'),
  data: blob('data'),
});

const links = sqliteTable(
  'links',
  {
    source: text('source').notNull(),
    target: blob('target').notNull(),
    weight: integer('weight'),
  },
  (table) => [primaryKey({ columns: [table.source, table.target] })],
);

const marks = sqliteTable('marks', { id: text('id').primaryKey().notNull() });

const DDL = [
  `CREATE TABLE items (id text PRIMARY KEY NOT NULL, title text, amount numeric, data blob)`,
  `CREATE TABLE links (source text NOT NULL, target blob NOT NULL, weight integer, PRIMARY KEY (source, target))`,
  `CREATE TABLE marks (id text PRIMARY KEY NOT NULL)`,
  `CREATE TABLE conflicts (id text PRIMARY KEY NOT NULL, kind text DEFAULT 'overwrite' NOT NULL,
     table_name text DEFAULT '' NOT NULL, row_key blob, column_name text DEFAULT '' NOT NULL, winning_value text,
     losing_value text, base_value text, winning_site text DEFAULT '' NOT NULL, losing_site text DEFAULT '' NOT NULL,
     resolution text, resolved_at integer, resolved_by text, created_at integer DEFAULT 0 NOT NULL,
     updated_at integer DEFAULT 0 NOT NULL)`,
];

/** Of people's edits; the conflicts are the clients' own. */
export const EDITED_TABLES = ['items', 'links', 'marks'];

export const simSchema = {
  tables: { items, links, marks, conflicts },
  replicated: [...EDITED_TABLES, 'conflicts'],
  migrations: [{ tag: '0000_sim', sql: DDL.join('\n--> statement-breakpoint\n') }],
};
