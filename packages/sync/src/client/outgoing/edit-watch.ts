import type { Clock } from '../clock.ts';

export interface DebounceOptions {
  /** Edits are pushed when there was none for this long … */
  readonly debounceMs: number;
  /** … or the first of them has waited for this long. */
  readonly maxDelayMs: number;
}

export const DEFAULT_DEBOUNCE: DebounceOptions = { debounceMs: 50, maxDelayMs: 250 };

/** For devices that must save power. */
export const BATTERY_SAVER: DebounceOptions = { debounceMs: 5_000, maxDelayMs: 15_000 };

/** Gathers edits for a moment, so that typing is not one batch for each letter. */
export class EditWatch {
  readonly #options: DebounceOptions;
  readonly #clock: Clock;
  readonly #due: () => void;
  #firstEditAt = 0;
  #lastEditAt = 0;
  #cancel: (() => void) | undefined;

  constructor(options: DebounceOptions, clock: Clock, due: () => void) {
    this.#options = options;
    this.#clock = clock;
    this.#due = due;
  }

  /** Called for each row that is written, so it must cost next to nothing. */
  edited(): void {
    this.#lastEditAt = this.#clock.uptimeMs();
    if (this.#cancel !== undefined) return;
    this.#firstEditAt = this.#lastEditAt;
    this.#arm(this.#options.debounceMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    if (delayMs > 0) {
      this.#cancel = this.#clock.setTimeout(() => this.#check(), delayMs);
      return;
    }
    let isCancelled = false;
    this.#cancel = () => (isCancelled = true);
    this.#clock.defer(() => {
      if (!isCancelled) this.#check();
    });
  }

  #check(): void {
    const { debounceMs, maxDelayMs } = this.#options;
    const now = this.#clock.uptimeMs();
    const dueAt = Math.min(this.#lastEditAt + debounceMs, this.#firstEditAt + maxDelayMs);
    if (now < dueAt) {
      this.#arm(dueAt - now);
      return;
    }
    this.#cancel = undefined;
    this.#due();
  }
}
