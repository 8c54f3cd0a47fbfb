/** What the projector has done since it started, and how it stands. */
import { Histogram, type HistogramSnapshot } from '../metrics/histogram.ts';

export interface ProjectorFigures {
  /** Workspaces with something that is stored and not yet projected. */
  readonly workspacesBehind: number;
  /** Since when the oldest of them is. */
  readonly lagMs: number;
  readonly changes: number;
  readonly failures: number;
  readonly steps: HistogramSnapshot;
}

export class ProjectorCounters {
  #changes = 0;
  #failures = 0;
  readonly #steps = new Histogram();

  stepped(changes: number, durationMs: number): void {
    this.#changes += changes;
    this.#steps.observe(durationMs);
  }

  failed(): void {
    this.#failures++;
  }

  take(): Pick<ProjectorFigures, 'changes' | 'failures' | 'steps'> {
    return { changes: this.#changes, failures: this.#failures, steps: this.#steps.snapshot() };
  }
}
