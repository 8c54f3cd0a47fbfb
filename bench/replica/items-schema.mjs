/** The table of the benchmarks: a text key and four columns of the common types. */

export const ITEMS_DDL = `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT, n INTEGER, score REAL, note TEXT)`;

export const itemsSchema = {
  tables: {},
  replicated: ['items'],
  migrations: [{ tag: '0000_items', sql: ITEMS_DDL }],
};

export const INSERT_ITEM = 'INSERT INTO items VALUES (?, ?, ?, ?, ?)';
export const CELLS_PER_ITEM = 4;

export const item = (i) => [`018f-item-${i}`, `title of item ${i}`, i, i + 0.5, 'x'];
