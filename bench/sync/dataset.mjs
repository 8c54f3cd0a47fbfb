/** The data of every workload: rows of a key and five columns of the common types, and edits of one field each. */
import { defineReplicaSchema } from '@tributary/database';
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const items = sqliteTable('items', {
  id: text('id').primaryKey().notNull(),
  title: text('title'),
  note: text('note'),
  status: text('status'),
  amount: integer('amount'),
  score: real('score'),
});

export const itemsSchema = defineReplicaSchema({
  tables: { items },
  replicated: { items },
  migrations: [
    {
      tag: '0000_items',
      sql: `CREATE TABLE items (id text PRIMARY KEY NOT NULL, title text, note text, status text, amount integer, score real)`,
    },
  ],
});

export const COLUMNS = ['title', 'note', 'status', 'amount', 'score'];

export const rowId = (i) => `r${i}`;

export const row = (i) => ({
  title: `title ${i}`,
  note: `note ${i}`,
  status: i % 2 === 0 ? 'open' : 'done',
  amount: i,
  score: i + 0.5,
});

/** As transactions of this many rows. */
export function* rowsInTransactions(count, perTransaction = 100) {
  for (let from = 0; from < count; from += perTransaction) {
    yield Array.from({ length: Math.min(perTransaction, count - from) }, (_, i) => [rowId(from + i), row(from + i)]);
  }
}

/** Another value for each `i`, of the column's type. */
export function editedValue(column, i) {
  if (column === 'amount') return -1 - i;
  return column === 'score' ? -1 - i - 0.25 : `v${i}`;
}

/** Throws unless `read` finds just this row. */
export function assertRow(read, id, expected) {
  const found = read(id);
  for (const column of COLUMNS) {
    if (found?.[column] === expected[column]) continue;
    throw new Error(`${id}.${column} is ${JSON.stringify(found?.[column])}, not ${JSON.stringify(expected[column])}`);
  }
}

export function assertRows(read, count) {
  for (let i = 0; i < count; i++) assertRow(read, rowId(i), row(i));
}
