/** Counts of durations up to each bound, as Prometheus has them. */
export const COMMIT_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] as const;

export interface HistogramSnapshot {
  /** For each bound, how many were at most that; each includes those before it. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMs: number;
}

export class Histogram {
  readonly #boundsMs: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sumMs = 0;

  constructor(boundsMs: readonly number[] = COMMIT_BOUNDS_MS) {
    this.#boundsMs = boundsMs;
    this.#counts = boundsMs.map(() => 0);
  }

  observe(durationMs: number): void {
    this.#count++;
    this.#sumMs += durationMs;
    const place = this.#boundsMs.findIndex((bound) => durationMs <= bound);
    if (place >= 0) this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  snapshot(): HistogramSnapshot {
    let sum = 0;
    return { counts: this.#counts.map((count) => (sum += count)), count: this.#count, sumMs: this.#sumMs };
  }
}
