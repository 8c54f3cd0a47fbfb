/** Work of which only so much runs at once, and only so much may wait. */
import { ApiError } from '../errors.ts';

export interface WorkQueueOptions {
  readonly concurrency: number;
  readonly maxWaiting: number;
  /** When whoever finds the queue full is to come again. */
  readonly retryAfterMs: number;
}

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Throws `rate_limited` where too much waits already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { concurrency, maxWaiting, retryAfterMs } = this.#options;
    if (this.#running >= concurrency) {
      if (this.#waiting.length >= maxWaiting) {
        throw new ApiError('rate_limited', 'too many people are signing in right now', { retryAfterMs });
      }
      // Whoever ends hands its place on: nobody who comes meanwhile can take it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
