import type { Driver, Statement } from '../engine/driver.ts';
import { indexableSql } from './indexable-text.ts';
import { INDEXED_KINDS, SEARCH_KINDS, type SearchKind } from './indexed-kinds.ts';
import type { QueuedDocument } from './search-queue.ts';

interface KindStatements {
  readonly exists: Statement;
  readonly addText: Statement;
}

/** Brings single documents of the index to what the tables say. Their text goes from table to table inside SQLite. */
export class DocumentWriter {
  readonly #addDocument: Statement;
  readonly #removeDocument: Statement;
  readonly #removeText: Statement;
  readonly #ofKind: ReadonlyMap<SearchKind, KindStatements>;

  constructor(driver: Driver) {
    this.#addDocument = driver.prepare('INSERT INTO search_docs (kind, id) VALUES (?, ?)');
    this.#removeDocument = driver.prepare('DELETE FROM search_docs WHERE rid = ?');
    this.#removeText = driver.prepare('DELETE FROM search_text WHERE rowid = ?');
    this.#ofKind = new Map(SEARCH_KINDS.map((kind) => [kind, prepareKind(driver, INDEXED_KINDS[kind].document)]));
  }

  write({ kind, id, rid: knownRid }: QueuedDocument): void {
    const statements = this.#ofKind.get(kind);
    const isLive = statements?.exists.get({ id }) !== undefined;
    // FTS5 takes a row id only as INTEGER, hence as bigint.
    const known = knownRid === null ? undefined : BigInt(knownRid);
    if (known !== undefined) this.#removeText.run(known);
    if (known !== undefined && !isLive) this.#removeDocument.run(known);
    if (isLive) statements.addText.run({ id, rid: known ?? BigInt(this.#addDocument.run(kind, id).lastInsertRowid) });
  }
}

function prepareKind(driver: Driver, document: string): KindStatements {
  return {
    exists: driver.prepare(`SELECT 1 FROM (${document})`),
    addText: driver.prepare(
      `INSERT INTO search_text (rowid, title, body)
       SELECT $rid, ${indexableSql('title')}, ${indexableSql('body')} FROM (${document})`,
    ),
  };
}
