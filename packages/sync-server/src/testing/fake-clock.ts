import type { Clock } from '../clock.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that only moves when it is told to. */
export class FakeClock implements Clock {
  static readonly START = Date.UTC(2026, 0, 1);
  #elapsedMs = 0;
  #timers = new Set<Timer>();
  #deferred: (() => void)[] = [];

  get hasDeferred(): boolean {
    return this.#deferred.length > 0;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return FakeClock.START + this.#elapsedMs;
  }

  uptimeMs(): number {
    return this.#elapsedMs;
  }

  setTimeout(run: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  /** One turn of the event loop. */
  runDeferred(): void {
    const due = this.#deferred;
    this.#deferred = [];
    for (const run of due) run();
  }

  /** Moves on to the next timer within `ms`, if there is one, and runs it. */
  advanceToNext(ms: number): number {
    const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
    const passed = next === undefined ? ms : Math.min(ms, Math.max(0, next.atMs - this.#elapsedMs));
    this.#elapsedMs += passed;
    if (next !== undefined && next.atMs <= this.#elapsedMs) {
      this.#timers.delete(next);
      next.run();
    }
    return passed;
  }
}
