/**
 * Full-text search over one replica, in an FTS5 index that follows the rows. Nothing has to tell it about writes: it
 * asks the changes themselves what was touched since it last looked, however it was written. A search looks first, so
 * it never misses what the tables say; `refresh` lets an app do that work ahead of it, in idle moments.
 *
 * It only ever writes its own local tables, and a rolled back transaction takes back what was indexed in it. Damage to
 * the index is not the user's loss: it is made again.
 */
import type { Driver } from '../engine/driver.ts';
import { isSqliteError } from '../errors.ts';
import { DocumentWriter } from './document-writer.ts';
import { HitReader, type SearchHit } from './hit-reader.ts';
import { defineIndexableText } from './indexable-text.ts';
import { SEARCH_KINDS, type SearchKind } from './indexed-kinds.ts';
import { toMatchExpression } from './query-syntax.ts';
import { ensureLayout, recreateLayout } from './search-layout.ts';
import { SearchQueue } from './search-queue.ts';

export interface SearchOptions {
  /** All kinds by default. */
  readonly kinds?: readonly SearchKind[];
  readonly limit?: number;
  readonly offset?: number;
  /** Only what belongs to this project. */
  readonly projectId?: string;
}

export interface RefreshOptions {
  /** Stops after about this many; the rest is done by the next call, or by the next search. */
  readonly maxDocuments?: number;
}

const DEFAULT_LIMIT = 20;

/** Documents indexed in one transaction: fewer commit too often, more hold the database longer without being faster. */
const BATCH_SIZE = 500;

export class SearchIndex {
  readonly #driver: Driver;
  readonly #queue: SearchQueue;
  readonly #writer: DocumentWriter;
  readonly #hits: HitReader;

  /** Creates the index's tables where they are missing or of another version; the first refresh then fills them. */
  constructor(driver: Driver) {
    defineIndexableText(driver);
    ensureLayout(driver);
    this.#driver = driver;
    this.#queue = new SearchQueue(driver);
    this.#writer = new DocumentWriter(driver);
    this.#hits = new HitReader(driver);
  }

  /**
   * The best matches first. All words must occur, the last one may be unfinished, "quoted words" in that order, and no
   * -excluded word. Documents in the trash, and messages of a chat in the trash, are not found.
   */
  search(text: string, options: SearchOptions = {}): SearchHit[] {
    const match = toMatchExpression(text);
    if (match === undefined) return [];
    const { kinds = SEARCH_KINDS, projectId = null, limit = DEFAULT_LIMIT, offset = 0 } = options;
    return this.#repairing(() => {
      this.#refresh(Infinity);
      return this.#hits.read(match, { kinds, projectId, limit, offset });
    });
  }

  /** Brings the index up to date, in transactions of bounded size. Returns how many documents are still to do. */
  refresh({ maxDocuments = Infinity }: RefreshOptions = {}): number {
    return this.#repairing(() => this.#refresh(maxDocuments));
  }

  /** How many documents a search would have to index first. */
  pending(): number {
    this.#queue.collect();
    return this.#queue.count();
  }

  /** Starts from nothing; the next refresh indexes everything again. */
  rebuild(): void {
    recreateLayout(this.#driver);
  }

  #refresh(maxDocuments: number): number {
    this.#queue.collect();
    for (let left = maxDocuments; left > 0;) {
      const indexed = this.#indexBatch(Math.min(left, BATCH_SIZE));
      if (indexed === 0) return 0;
      left -= indexed;
    }
    return this.#queue.count();
  }

  #indexBatch(size: number): number {
    const batch = this.#queue.next(size);
    if (batch.length === 0) return 0;
    this.#driver
      .transaction(() => {
        for (const document of batch) {
          this.#writer.write(document);
          this.#queue.remove(document);
        }
      })
      .immediate();
    return batch.length;
  }

  #repairing<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      if (!isIndexDamage(error)) throw error;
      this.rebuild();
      return work();
    }
  }
}

/** FTS5's own complaint; damage to the file itself has the plain code and is not repaired here. */
function isIndexDamage(error: unknown): boolean {
  return isSqliteError(error) && error.code === 'SQLITE_CORRUPT_VTAB';
}
