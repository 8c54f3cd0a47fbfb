/**
 * The cloud copy beside the relay: PostgreSQL, brought to the program's version, and the projector that fills it. The relay
 * does not need it to be there. While it is away the log keeps what it will have to take in, and nobody is kept waiting.
 */
import { type CloudSchema, workspaceCloudSchema } from '@tributary/database/cloud';
import { systemClock, type Clock } from './clock.ts';
import type { CloudDatabase } from './cloud/cloud-database.ts';
import { CloudError, isAway } from './cloud/cloud-error.ts';
import { migrateAccounts, migrateCloud, rollbackCloud } from './cloud/migrate-cloud.ts';
import { openCloud } from './cloud/open-cloud.ts';
import type { Log } from './log/log.ts';
import { silentLogger, type Logger } from './logger.ts';
import type { ProjectorFigures } from './projector/projector-metrics.ts';
import { EmbeddedUpkeep } from './embedded-upkeep.ts';
import { Projector } from './projector/projector.ts';
import { reprojectChangedTables } from './projector/reproject.ts';
import { isSearchable, type WorkspaceDocument } from './search/documents.ts';
import type { Embedder } from './search/embeddings/embedder.ts';
import { VectorSearch } from './search/embeddings/vector-search.ts';
import { SearchIndexer } from './search/indexer.ts';

export interface CloudCopyOptions {
  /** Stays the caller's: to be closed after the cloud copy. */
  readonly log: Log;
  /** postgres://…; without it, an embedded one lies in the data directory. */
  readonly url?: string | undefined;
  readonly dataDirectory: string;
  readonly schema?: CloudSchema | undefined;
  /** For search by meaning, where PostgreSQL has the extension `vector`. */
  readonly embedder?: Embedder | undefined;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Everything of the workspace up to this entry is in PostgreSQL. */
  readonly onProjected?: (workspaceId: string, seq: number) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

export class CloudCopy {
  readonly schema: CloudSchema;
  readonly #options: CloudCopyOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #database: CloudDatabase | undefined;
  #projector: Projector | undefined;
  #indexer: SearchIndexer | undefined;
  #upkeep: EmbeddedUpkeep | undefined;
  #vectors: VectorSearch | undefined;
  /** Never rejects. */
  #opening: Promise<void> = Promise.resolve();
  #isStopping = false;
  #endPause: () => void = () => undefined;

  constructor(options: CloudCopyOptions) {
    const { clock = systemClock, logger = silentLogger, schema = workspaceCloudSchema } = options;
    this.schema = schema;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Rejects where trying again would not help; while PostgreSQL is only away, it goes on trying by itself. */
  async start(): Promise<void> {
    const opened = this.#open();
    this.#opening = opened.catch(() => undefined);
    try {
      await opened;
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#logger.error({ err: error }, 'PostgreSQL is away: the relay works without it, and the copy is made later');
      this.#opening = this.#openLater();
    }
  }

  /** Undefined while PostgreSQL is away. */
  get database(): CloudDatabase | undefined {
    return this.#database;
  }

  /** Drops everything that the migrations made, and makes it anew from the log. People are served without it meanwhile. */
  async remake(): Promise<void> {
    const database = this.#database;
    if (database === undefined) throw new CloudError('cloud_unavailable', 'PostgreSQL is away');
    await this.#stopWork();
    this.#projector = undefined;
    this.#indexer = undefined;
    this.#vectors = undefined;
    try {
      const { migrations } = this.schema;
      await rollbackCloud(database, migrations, { steps: migrations.length });
    } finally {
      // Whatever is there now, somebody has to project into it.
      await this.start();
    }
  }

  /** Undefined while PostgreSQL is away, and where the tables are not those that search knows. */
  get searchable(): CloudDatabase | undefined {
    return this.#indexer === undefined ? undefined : this.#database;
  }

  /** Undefined where nothing is searched by meaning. */
  get vectors(): VectorSearch | undefined {
    return this.#vectors;
  }

  stored(workspaceId: string, head: number): void {
    this.#projector?.stored(workspaceId, head);
  }

  /** Nothing of the workspace is projected any more, or under way. */
  async forget(workspaceId: string): Promise<void> {
    await this.#projector?.forget(workspaceId);
  }

  projectedSeq(workspaceId: string): number | undefined {
    return this.#projector?.projectedSeq(workspaceId);
  }

  /** Undefined while PostgreSQL is away. */
  metrics(): ProjectorFigures | undefined {
    return this.#projector?.metrics();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPause();
    await this.#opening;
    await this.#stopWork();
    await this.#database?.close();
    this.#database = undefined;
  }

  async #stopWork(): Promise<void> {
    await this.#upkeep?.stop();
    await this.#projector?.stop();
    await this.#indexer?.stop();
    await this.#vectors?.stop();
  }

  async #open(): Promise<void> {
    const { url, dataDirectory } = this.#options;
    this.#database ??= await openCloud({ url, directory: dataDirectory, logger: this.#logger });
    const copy = await migrateCloud(this.#database, this.schema.migrations);
    const accounts = await migrateAccounts(this.#database);
    const applied = [...copy.applied, ...accounts.applied];
    if (applied.length > 0) this.#logger.info({ applied }, 'PostgreSQL was migrated');
    await reprojectChangedTables({ cloud: this.#database, schema: this.schema, logger: this.#logger });
    if (this.#isStopping) return;
    const { log, onProjected } = this.#options;
    const [cloud, schema, clock, logger] = [this.#database, this.schema, this.#clock, this.#logger];
    const vectors = this.#vectorSearch(cloud);
    this.#vectors = vectors;
    const onIndexed = vectors && ((documents: readonly WorkspaceDocument[]): void => vectors.wake(documents));
    const indexer = isSearchable(schema) ? new SearchIndexer({ cloud, clock, logger, onIndexed }) : undefined;
    this.#indexer = indexer;
    this.#projector = new Projector({
      log,
      cloud,
      schema,
      clock,
      logger,
      onProjected: (workspaceId, seq) => {
        indexer?.wake();
        onProjected?.(workspaceId, seq);
      },
    });
    vectors?.start();
    indexer?.start();
    this.#projector.start();
    if (cloud.kind === 'pglite') this.#keepUp(cloud, this.#projector);
  }

  #keepUp(cloud: CloudDatabase, projector: Projector): void {
    const changes = (): number => projector.metrics().changes;
    this.#upkeep = new EmbeddedUpkeep({ cloud, clock: this.#clock, logger: this.#logger, changes });
    this.#upkeep.start();
  }

  #vectorSearch(cloud: CloudDatabase): VectorSearch | undefined {
    const { embedder } = this.#options;
    if (!isSearchable(this.schema)) return undefined;
    if (embedder !== undefined) return new VectorSearch({ cloud, embedder, clock: this.#clock, logger: this.#logger });
    this.#logger.debug({}, 'search has no vectors: no embedder is configured');
    return undefined;
  }

  async #openLater(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#isStopping; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      await this.#pause(pauseMs);
      if (this.#isStopping) return;
      try {
        await this.#open();
        this.#logger.info({}, 'PostgreSQL is there');
        return;
      } catch (error) {
        if (isAway(error)) continue;
        this.#logger.error({ err: error }, 'PostgreSQL cannot be used: there will be no cloud copy until a restart');
        return;
      }
    }
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimeout(resolve, durationMs);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
