/**
 * Keeps search up with the projection. It is woken when rows have changed, works until the queue is empty, and waits while
 * PostgreSQL is away: the queue is in PostgreSQL, so nothing is lost. Any number of indexers may run.
 *
 * A document is indexed at once when it is new, and then at most about once a second, however fast somebody types.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, type Clock } from '../clock.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { isAway } from '../cloud/cloud-error.ts';
import { silentLogger, type Logger } from '../logger.ts';
import type { WorkspaceDocument } from './documents.ts';
import { indexBatch } from './index-batch.ts';
import { queueAnewWhereOutdated } from './index-version.ts';
import { isQueueEmpty } from './search-queue.ts';

export interface SearchIndexerOptions {
  /** Stays the caller's: to be closed after the indexer has stopped. */
  readonly cloud: CloudDatabase;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Of one transaction. */
  readonly maxDocuments?: number;
  /** How long a document that was indexed is left alone. */
  readonly restMs?: number;
  /** These were written or deleted, and it is committed. */
  readonly onIndexed?: ((documents: readonly WorkspaceDocument[]) => void) | undefined;
}

export interface SearchIndexerFigures {
  readonly documentsWritten: number;
  readonly documentsDeleted: number;
  readonly failures: number;
}

/** So few that the projector's transactions, and on PGlite everybody's, need not wait long. */
const DEFAULT_MAX_DOCUMENTS = 200;
const DEFAULT_REST_MS = 1_000;
/** So often is looked after documents that rest, or that another indexer has. */
const LOOK_AGAIN_MS = 250;
/** While others write all the time, they are collected for so long. */
const COLLECT_MS = 50;
/** Without a word from a projector: there may be one in another process. */
const IDLE_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** So that PostgreSQL knows which words are common; PGlite has nobody else who would tell it. */
const ANALYZE_AFTER = 5_000;

export class SearchIndexer {
  readonly #cloud: CloudDatabase;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxDocuments: number;
  readonly #restMs: number;
  readonly #onIndexed: (documents: readonly WorkspaceDocument[]) => void;
  readonly #figures = { documentsWritten: 0, documentsDeleted: 0, failures: 0 };
  #running: Promise<void> | undefined;
  #isStopping = false;
  #hasNews = false;
  #isPrepared = false;
  #endSleep: (() => void) | undefined;
  #pauseMs = 0;
  #notAnalyzed = 0;
  #analyzeAt = ANALYZE_AFTER / 10;

  constructor({ cloud, clock, logger, maxDocuments, restMs, onIndexed }: SearchIndexerOptions) {
    this.#cloud = cloud;
    this.#clock = clock ?? systemClock;
    this.#logger = logger ?? silentLogger;
    this.#maxDocuments = maxDocuments ?? DEFAULT_MAX_DOCUMENTS;
    this.#restMs = restMs ?? DEFAULT_REST_MS;
    this.#onIndexed = onIndexed ?? (() => undefined);
  }

  /** Never rejects: what fails is logged, and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was put in the queue. */
  wake(): void {
    this.#hasNews = true;
    if (this.#pauseMs === 0) this.#endSleep?.();
  }

  /** What is under way is finished, or never was. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endSleep?.();
    await this.#running;
  }

  metrics(): SearchIndexerFigures {
    return { ...this.#figures };
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#prepare();
        await this.#sleep(await this.#work());
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    const isAnew = await queueAnewWhereOutdated(this.#cloud);
    if (isAnew) this.#logger.info({}, 'everything is indexed anew for search');
    this.#isPrepared = true;
  }

  /** Until there is nothing left to do; returns when to look again. */
  async #work(): Promise<number> {
    this.#hasNews = false;
    while (!this.#isStopping) {
      const [maxDocuments, restMs] = [this.#maxDocuments, this.#restMs];
      const batch = await indexBatch(this.#cloud, { maxDocuments, restMs, giveWay: nextTurn });
      const { taken, written, deleted } = batch;
      this.#recovered();
      this.#onIndexed(batch.documents);
      this.#figures.documentsWritten += written;
      this.#figures.documentsDeleted += deleted;
      await this.#analyze(written);
      if (taken === 0) return (await isQueueEmpty(this.#cloud)) ? IDLE_MS : LOOK_AGAIN_MS;
      if (taken < this.#maxDocuments && this.#hasNews) return COLLECT_MS;
      await nextTurn();
    }
    return 0;
  }

  async #analyze(written: number): Promise<void> {
    this.#notAnalyzed += written;
    if (this.#notAnalyzed < this.#analyzeAt) return;
    this.#notAnalyzed = 0;
    this.#analyzeAt = Math.max(ANALYZE_AFTER, this.#figures.documentsWritten / 2);
    await this.#cloud.query('ANALYZE sync.search_documents');
  }

  #recovered(): void {
    if (this.#pauseMs > 0) this.#logger.info({}, 'the indexer goes on');
    this.#pauseMs = 0;
  }

  async #failed(error: unknown): Promise<void> {
    this.#figures.failures++;
    const isFirst = this.#pauseMs === 0;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    if (isFirst && !isAway(error)) this.#logger.error({ err: error }, 'search cannot be indexed, and is tried again');
    await this.#sleep(this.#pauseMs);
  }

  /** News shorten it, but not while PostgreSQL is away. */
  #sleep(durationMs: number): Promise<void> {
    if (this.#isStopping || durationMs === 0) return Promise.resolve();
    const shortened = this.#hasNews && this.#pauseMs === 0 ? Math.min(COLLECT_MS, durationMs) : durationMs;
    return new Promise((resolve) => {
      const done = (): void => {
        this.#endSleep = undefined;
        resolve();
      };
      const cancel = this.#clock.setTimeout(done, shortened);
      this.#endSleep = () => {
        cancel();
        done();
      };
    });
  }
}
