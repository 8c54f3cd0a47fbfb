/**
 * The documents that the index has yet to read again, kept on disk together with the version up to which changes have
 * been collected into it.
 */
import { latestVersionSql, touchedRowsSql } from '../changes/touched-rows.ts';
import type { Driver, Statement } from '../engine/driver.ts';
import { INDEXED_KINDS, SEARCH_KINDS, type SearchKind } from './indexed-kinds.ts';
import { CURSOR_KEY } from './search-layout.ts';

export interface QueuedDocument {
  readonly kind: SearchKind;
  readonly id: string;
  /** Where the index has it, null when it is new. */
  readonly rid: number | null;
}

export class SearchQueue {
  readonly #driver: Driver;
  readonly #collectors: readonly Statement[];
  readonly #latestVersion: Statement;
  readonly #readCursor: Statement;
  readonly #writeCursor: Statement;
  readonly #next: Statement;
  readonly #remove: Statement;
  readonly #count: Statement;

  constructor(driver: Driver) {
    const sources = SEARCH_KINDS.flatMap((kind) => INDEXED_KINDS[kind].sources.map((source) => ({ kind, source })));
    this.#driver = driver;
    this.#collectors = sources.map(({ kind, source }) =>
      driver.prepare(
        `INSERT INTO search_queue (kind, id) SELECT '${kind}', * FROM (${touchedRowsSql(source)})
         WHERE true ON CONFLICT DO NOTHING`,
      ),
    );
    this.#latestVersion = driver.prepare(latestVersionSql(sources.map(({ source }) => source.table))).pluck();
    this.#readCursor = driver.prepare('SELECT value FROM local_meta WHERE key = ?').pluck();
    this.#writeCursor = driver.prepare('UPDATE local_meta SET value = ? WHERE key = ?');
    this.#next = driver.prepare(
      `SELECT kind, id, rid FROM (SELECT * FROM search_queue LIMIT ?) LEFT JOIN search_docs USING (kind, id)
       ORDER BY rid IS NULL, rid`,
    );
    this.#remove = driver.prepare('DELETE FROM search_queue WHERE kind = ? AND id = ?');
    this.#count = driver.prepare('SELECT count(*) FROM search_queue').pluck();
  }

  /** Queues what was written since the last time. The cost is that of the cells written, and nothing when there are none. */
  collect(): void {
    const after = Number(this.#readCursor.get(CURSOR_KEY));
    const latest = this.#latestVersion.get() as number;
    if (latest <= after) return;
    // The version of an open transaction may still get cells, so it is collected once more after the commit.
    const cursor = this.#driver.inTransaction ? Math.max(after, latest - 1) : latest;
    this.#driver
      .transaction(() => {
        for (const collector of this.#collectors) collector.run({ after });
        this.#writeCursor.run(String(cursor), CURSOR_KEY);
      })
      .immediate();
  }

  /** FTS5 writes ascending row ids several times as fast as mixed ones, so what it has comes first, in its order. */
  next(limit: number): QueuedDocument[] {
    return this.#next.all(limit) as QueuedDocument[];
  }

  remove({ kind, id }: QueuedDocument): void {
    this.#remove.run(kind, id);
  }

  count(): number {
    return this.#count.get() as number;
  }
}
