/**
 * What a replica keeps only until it is in sync: former values, on which the edits are based that nobody has seen. Whoever
 * types is in sync many times a minute and need not pay for a commit each time, so it waits for a moment of rest.
 */
import type { Clock } from './clock.ts';

export interface TidyingOptions {
  readonly clock: Clock;
  readonly isSynced: () => boolean;
  readonly lastSyncedAt: () => number | undefined;
  /** Everybody has seen what is here: drops what was kept, and remembers when. */
  readonly tidy: (now: number) => void;
}

const REST_MS = 2_000;

/** Remembering it costs a commit. */
const SYNCED_AT_PRECISION_MS = 60_000;

export class Tidying {
  readonly #options: TidyingOptions;
  #wasEdited = true;
  #cancel: (() => void) | undefined;

  constructor(options: TidyingOptions) {
    this.#options = options;
  }

  edited(): void {
    this.#wasEdited = true;
  }

  reachedSync(): void {
    const { clock, lastSyncedAt } = this.#options;
    if (clock.now() - (lastSyncedAt() ?? 0) >= SYNCED_AT_PRECISION_MS) this.#tidy();
    else if (this.#wasEdited) this.#tidySoon();
  }

  stop(): void {
    this.#cancel?.();
  }

  #tidySoon(): void {
    const { clock, isSynced } = this.#options;
    this.#cancel ??= clock.setTimeout(() => {
      this.#cancel = undefined;
      if (isSynced()) this.#tidy();
    }, REST_MS);
  }

  #tidy(): void {
    this.#wasEdited = false;
    this.#options.tidy(this.#options.clock.now());
  }
}
