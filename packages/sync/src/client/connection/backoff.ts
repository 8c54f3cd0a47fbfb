export interface BackoffOptions {
  /** The first attempt waits up to this long … */
  readonly initialMs: number;
  /** … each next one up to twice as long, and never longer than this. */
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = { initialMs: 250, maxMs: 30_000 };

/** Exponential with full jitter, so that clients which lost a relay together do not come back together. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  nextDelayMs(): number {
    const ceiling = Math.min(this.#options.maxMs, this.#options.initialMs * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 30);
    return Math.floor(this.#random() * ceiling);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
