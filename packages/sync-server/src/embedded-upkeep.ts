/**
 * PostgreSQL has a process that clears up behind every update. The embedded one has none: without this, each edit would leave
 * an old row behind for ever, and the planner would know nothing of how the tables have grown.
 */
import type { Clock } from './clock.ts';
import type { CloudDatabase } from './cloud/cloud-database.ts';
import { ownTables } from './cloud/own-tables.ts';
import type { Logger } from './logger.ts';

export interface EmbeddedUpkeepOptions {
  readonly cloud: CloudDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many changes have been written since the start. */
  readonly changes: () => number;
}

const LOOK_EVERY_MS = 10 * 60_000;
/** Fewer leave little behind. */
const MIN_CHANGES = 5_000;

export class EmbeddedUpkeep {
  readonly #options: EmbeddedUpkeepOptions;
  #cleared = 0;
  #cancel: (() => void) | undefined;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: EmbeddedUpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock } = this.#options;
    this.#cancel = clock.setTimeout(() => {
      this.#working = this.#look().finally(() => {
        if (!this.#isStopped) this.start();
      });
    }, LOOK_EVERY_MS);
  }

  /** After the table that is being cleared. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#working;
  }

  async #look(): Promise<void> {
    const { changes, logger } = this.#options;
    const written = changes();
    if (written - this.#cleared < MIN_CHANGES) return;
    try {
      await this.#clear();
      this.#cleared = written;
    } catch (error) {
      logger.warn({ err: error }, 'the embedded PostgreSQL could not be cleared of old rows: it is tried again later');
    }
  }

  /** One table at a time: others come in between. */
  async #clear(): Promise<void> {
    const { cloud, logger } = this.#options;
    for (const { quoted } of await ownTables(cloud)) {
      if (this.#isStopped) return;
      await cloud.execute(`VACUUM (ANALYZE) ${quoted}`);
    }
    logger.debug({}, 'the embedded PostgreSQL was cleared of old rows');
  }
}
