/**
 * The index's own tables. They are local and hold nothing that the workspace's rows do not, so a layout that differs in
 * the least is dropped, and filled again from the first version on.
 */
import type { Driver } from '../engine/driver.ts';
import { INDEXED_KINDS } from './indexed-kinds.ts';

export const CURSOR_KEY = 'search_cursor';
const LAYOUT_KEY = 'search_layout';

// Without FTS5's prefix index: it costs half the size and half the speed again, and makes no prefix of two letters faster.
const TABLES = [
  `CREATE TABLE search_queue (kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID`,
  `CREATE TABLE search_docs (rid INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (kind, id))`,
  `CREATE VIRTUAL TABLE search_text USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2')`,
  // A match in the title weighs as much as ten in the body.
  `INSERT INTO search_text (search_text, rank) VALUES ('rank', 'bm25(10.0, 1.0)')`,
] as const;

/** Count up when what `indexable-text` makes of a text changes. */
const TEXT_VERSION = 1;

/** Otherwise the definition itself is the version: no change to it can be forgotten. */
const LAYOUT = JSON.stringify([TABLES, INDEXED_KINDS, TEXT_VERSION]);

export function ensureLayout(driver: Driver): void {
  const layout = driver.prepare('SELECT value FROM local_meta WHERE key = ?').pluck().get(LAYOUT_KEY);
  if (layout !== LAYOUT) recreateLayout(driver);
}

export function recreateLayout(driver: Driver): void {
  driver
    .transaction(() => {
      for (const table of ['search_queue', 'search_docs', 'search_text']) driver.exec(`DROP TABLE IF EXISTS ${table}`);
      for (const statement of TABLES) driver.exec(statement);
      const remember = driver.prepare(
        `INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      );
      remember.run(CURSOR_KEY, '0');
      remember.run(LAYOUT_KEY, LAYOUT);
    })
    .immediate();
}
