import type { MemoryUse } from './memory-of.ts';
import { sleep } from './wait-until.ts';

const SAMPLE_EVERY_MS = 200;

/** The most that a process has used since the watch began, over what it used then. */
export class MemoryWatch {
  readonly #read: () => Promise<MemoryUse>;
  readonly #before: MemoryUse;
  #most: MemoryUse;
  #isOver = false;
  readonly #watching: Promise<void>;

  private constructor(read: () => Promise<MemoryUse>, before: MemoryUse) {
    this.#read = read;
    this.#before = before;
    this.#most = before;
    this.#watching = this.#watch();
  }

  static async begin(read: () => Promise<MemoryUse>): Promise<MemoryWatch> {
    return new MemoryWatch(read, await read());
  }

  async end(): Promise<MemoryUse> {
    this.#isOver = true;
    await this.#watching;
    return {
      rssBytes: this.#most.rssBytes - this.#before.rssBytes,
      liveBytes: this.#most.liveBytes - this.#before.liveBytes,
    };
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      const { rssBytes, liveBytes } = await this.#read();
      this.#most = {
        rssBytes: Math.max(this.#most.rssBytes, rssBytes),
        liveBytes: Math.max(this.#most.liveBytes, liveBytes),
      };
      await sleep(SAMPLE_EVERY_MS);
    }
  }
}
