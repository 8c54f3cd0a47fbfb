/** Search by meaning: the worker that makes the vectors of documents, and those of what is looked for. */
import type { Clock } from '../../clock.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';
import { silentLogger, type Logger } from '../../logger.ts';
import type { WorkspaceDocument } from '../documents.ts';
import type { HitRow } from '../search-statements.ts';
import type { Embedder } from './embedder.ts';
import { EmbeddingWorker, type EmbeddingFigures } from './embedding-worker.ts';
import { selectNearest, type MeaningQuery, type NearestOptions } from './nearest.ts';
import { QueryVectors, type QueryVectorsOptions } from './query-vectors.ts';

export interface VectorSearchOptions {
  readonly cloud: CloudDatabase;
  readonly embedder: Embedder;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly query?: QueryVectorsOptions;
  readonly firstPauseMs?: number;
}

export class VectorSearch {
  readonly #worker: EmbeddingWorker;
  readonly #queries: QueryVectors;
  readonly #cloud: CloudDatabase;
  readonly #logger: Logger;

  constructor({ query, ...options }: VectorSearchOptions) {
    this.#cloud = options.cloud;
    this.#logger = options.logger ?? silentLogger;
    this.#worker = new EmbeddingWorker(options);
    this.#queries = new QueryVectors(options.embedder, { ...(options.clock && { clock: options.clock }), ...query });
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  wake(documents: readonly WorkspaceDocument[]): void {
    this.#worker.wake(documents);
  }

  metrics(): EmbeddingFigures {
    return this.#worker.metrics();
  }

  /** Never rejects; undefined where there are no vectors, or not in time. */
  async meaningOf(text: string): Promise<MeaningQuery | undefined> {
    const { table } = this.#worker;
    if (table === undefined) return undefined;
    const vector = await this.#queries.vectorOf(text);
    return vector?.length === table.dimensions ? { vector, table } : undefined;
  }

  /** Undefined where meaning has no part in it: what goes wrong here costs nobody the hits by words. */
  async nearest(meaning: MeaningQuery | undefined, options: NearestOptions): Promise<readonly HitRow[] | undefined> {
    if (meaning === undefined) return undefined;
    try {
      return await selectNearest(this.#cloud, meaning, options);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      this.#logger.warn({ reason: error.message }, 'a search was by words alone: its vectors could not be read');
      return undefined;
    }
  }
}
