import type { Clock } from './clock.ts';
import { Listeners } from './listeners.ts';
import type { SyncStatus } from './status.ts';

/** Tells the listeners once for all that changes in one go, and only if they would see a difference. */
export class StatusTeller {
  readonly #clock: Clock;
  readonly #read: () => SyncStatus | undefined;
  readonly #listeners = new Listeners<SyncStatus>();
  #isScheduled = false;
  #told = '';

  /** `read` gives undefined when there is nothing to tell any more. */
  constructor(clock: Clock, read: () => SyncStatus | undefined) {
    this.#clock = clock;
    this.#read = read;
  }

  add(listener: (status: SyncStatus) => void): () => void {
    return this.#listeners.add(listener);
  }

  changed(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.defer(() => {
      this.#isScheduled = false;
      this.#tell();
    });
  }

  #tell(): void {
    const status = this.#read();
    if (status === undefined) return;
    const seen = JSON.stringify(status);
    if (seen === this.#told) return;
    this.#told = seen;
    this.#listeners.tell(status);
  }
}
