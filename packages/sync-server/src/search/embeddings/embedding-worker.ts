/**
 * Gives documents their vectors, after they were indexed. The indexer names what it has indexed; at the start, and once in a
 * while for what another process has indexed, everything is looked through. What people search and write does not wait for
 * it: while the embedder is away, the vectors are only older than the texts.
 *
 *   unprepared ── extension, table ──▶ working ── nothing left ──▶ resting ── news, or an hour ──▶ working
 *        ▲  └─ no extension ─▶ off        └──── a failure ─▶ a pause, longer each time ──┐
 *        └──────────────────────────────────────────────────────────────────────────────┘
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, type Clock } from '../../clock.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';
import { silentLogger, type Logger } from '../../logger.ts';
import type { WorkspaceDocument } from '../documents.ts';
import { embedDocuments } from './embed-documents.ts';
import { EmbedderError, type Embedder } from './embedder.ts';
import { prepareTable, whyNoVectors, type EmbeddingTable } from './embedding-table.ts';
import { PendingDocuments } from './pending-documents.ts';
import { readKeysAfter } from './stale-documents.ts';

export interface EmbeddingWorkerOptions {
  /** Stays the caller's: to be closed after the worker has stopped. */
  readonly cloud: CloudDatabase;
  readonly embedder: Embedder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** The pause after the first failure; each is twice as long as the one before. */
  readonly firstPauseMs?: number;
}

export interface EmbeddingFigures {
  readonly written: number;
  readonly removed: number;
  readonly refused: number;
  readonly failures: number;
}

/** Looked at in one statement. */
const PAGE = 100;
const DEFAULT_FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** What another process has indexed has no vector for so long at most. */
const LOOK_THROUGH_MS = 3_600_000;
/** Its vector is thrown away: how long it is, is what matters. */
const PROBE = 'Tributary';

export class EmbeddingWorker {
  readonly #cloud: CloudDatabase;
  readonly #embedder: Embedder;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #firstPauseMs: number;
  readonly #stopping = new AbortController();
  readonly #pending = new PendingDocuments();
  readonly #refused = new Set<string>();
  readonly #figures = { written: 0, removed: 0, refused: 0, failures: 0 };
  #running: Promise<void> | undefined;
  #table: EmbeddingTable | undefined;
  #isOff = false;
  /** Where the look through everything has come to. */
  #look: { readonly after: WorkspaceDocument | undefined } | undefined = { after: undefined };
  #endSleep: (() => void) | undefined;
  #pauseMs = 0;

  constructor({ cloud, embedder, clock, logger, firstPauseMs }: EmbeddingWorkerOptions) {
    this.#cloud = cloud;
    this.#embedder = embedder;
    this.#clock = clock ?? systemClock;
    this.#logger = logger ?? silentLogger;
    this.#firstPauseMs = firstPauseMs ?? DEFAULT_FIRST_PAUSE_MS;
  }

  /** Undefined while there is none to look for anything in. */
  get table(): EmbeddingTable | undefined {
    return this.#table;
  }

  /** Never rejects: what fails is logged, and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** These were indexed, or are no longer there. */
  wake(documents: readonly WorkspaceDocument[]): void {
    if (this.#isOff || documents.length === 0) return;
    if (!this.#pending.add(documents)) this.#look = { after: undefined };
    if (this.#pauseMs === 0) this.#endSleep?.();
  }

  /** Nobody waits for the embedder. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#endSleep?.();
    await this.#running;
  }

  metrics(): EmbeddingFigures {
    return { ...this.#figures };
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping && !this.#isOff) {
      try {
        this.#table ??= await this.#prepare();
        if (this.#table !== undefined) await this.#work(this.#table);
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  async #prepare(): Promise<EmbeddingTable | undefined> {
    const why = await whyNoVectors(this.#cloud);
    if (why !== undefined) {
      this.#isOff = true;
      this.#logger.warn({ reason: why }, 'search has no vectors: PostgreSQL does not have the extension vector');
      return undefined;
    }
    const [probe] = await this.#embedder.embed([PROBE], { signal: this.#stopping.signal });
    if (probe === undefined || probe.length === 0) throw new EmbedderError('unusable', 'the embedder gave no vector');
    const { model } = this.#embedder;
    this.#look = { after: undefined };
    const table = await prepareTable(this.#cloud, { model, dimensions: probe.length });
    this.#logger.info({ model, dimensions: probe.length }, 'search has vectors');
    return table;
  }

  /** Until there is nothing left to do, and then until there is. */
  async #work(table: EmbeddingTable): Promise<void> {
    while (!this.#isStopping) {
      if (this.#pending.size > 0) await this.#embedPending(table);
      else if (this.#look !== undefined) await this.#lookOn(table, this.#look.after);
      else break;
      this.#recovered();
      await nextTurn();
    }
    await this.#sleep(LOOK_THROUGH_MS);
    if (this.#pending.size === 0) this.#look ??= { after: undefined };
  }

  /** What somebody has just written goes before what has been waiting for long. */
  async #embedPending(table: EmbeddingTable): Promise<void> {
    const documents = this.#pending.take(PAGE);
    try {
      await this.#embed(documents, table);
    } catch (error) {
      if (!this.#pending.add(documents)) this.#look = { after: undefined };
      throw error;
    }
  }

  async #lookOn(table: EmbeddingTable, after: WorkspaceDocument | undefined): Promise<void> {
    const look = this.#look;
    const documents = await readKeysAfter(this.#cloud, after, PAGE);
    await this.#embed(documents, table);
    // Begun anew meanwhile.
    if (this.#look !== look) return;
    this.#look = documents.length < PAGE ? undefined : { after: documents.at(-1) };
  }

  async #embed(documents: readonly WorkspaceDocument[], table: EmbeddingTable): Promise<void> {
    const [cloud, embedder, refused, { signal }] = [this.#cloud, this.#embedder, this.#refused, this.#stopping];
    const done = await embedDocuments(documents, { cloud, embedder, table, signal, refused });
    this.#figures.written += done.written;
    this.#figures.removed += done.removed;
    this.#figures.refused += done.refused;
    if (done.refused > 0) this.#logger.warn({ documents: done.refused }, 'the embedder does not take some documents');
  }

  #recovered(): void {
    if (this.#pauseMs > 0) this.#logger.info({}, 'vectors are made again');
    this.#pauseMs = 0;
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#isStopping) return;
    this.#figures.failures++;
    // Somebody may have dropped the table, or another server made it for another model.
    if (error instanceof CloudError && !error.retryable) this.#table = undefined;
    const isFirst = this.#pauseMs === 0;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(this.#firstPauseMs, 2 * this.#pauseMs));
    if (isFirst) this.#logger.warn(factsOf(error), 'vectors cannot be made, and are tried again');
    await this.#sleep(this.#pauseMs);
  }

  /** News end it, but not while something is away. */
  #sleep(durationMs: number): Promise<void> {
    if (this.#isStopping || (this.#pauseMs === 0 && this.#pending.size > 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#endSleep = undefined;
        resolve();
      };
      const cancel = this.#clock.setTimeout(done, durationMs);
      this.#endSleep = () => {
        cancel();
        done();
      };
    });
  }
}

/** An embedder of somebody else's may have anything in its errors, keys and texts too. */
function factsOf(error: unknown): object {
  const isOurs = error instanceof EmbedderError || error instanceof CloudError;
  return { reason: isOurs ? error.message : 'the embedder failed' };
}
