/**
 * One worker at a time leads. A lock decides, which the browser releases when its holder dies; whoever waits for it takes
 * over. A leader may step back to the end of the queue.
 *
 *   out ──join──► queued ──granted──► leading ──handOff──► queued
 *    ▲                                   │
 *    └───────── it could not begin ──────┘
 */
import type { Locks } from '../ports.ts';

export interface LeadershipOptions {
  readonly locks: Locks;
  readonly lockName: string;
  /** Starts to lead; false if it cannot. Has to end early once `isWanted` is no longer true. */
  readonly begin: () => Promise<boolean>;
  /** Gives back what `begin` took, before anybody else may begin. */
  readonly end: () => void;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  #wantsToLead = false;
  #isQueued = false;
  /** How often this worker lets others go first when its turn comes. */
  #turnsToPass = 0;
  #stop: (() => void) | undefined;
  #isStopping = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** Whether it leads or waits for it, and nobody asked it to stop. */
  get isWanted(): boolean {
    return this.#wantsToLead && !this.#isStopping;
  }

  join(): void {
    this.#wantsToLead = true;
    if (!this.#isQueued && this.#stop === undefined) this.#queue();
  }

  /** Lets everybody who waits go first. */
  handOff(): void {
    if (this.#stop !== undefined) {
      this.#isStopping = true;
      this.#stop();
    } else if (this.#isQueued) {
      this.#turnsToPass = 1;
    }
  }

  #queue(): void {
    this.#isQueued = true;
    const { locks, lockName } = this.#options;
    void locks.request(lockName, () => this.#granted()).finally(() => this.#released());
  }

  async #granted(): Promise<void> {
    this.#isQueued = false;
    if (this.#turnsToPass > 0) {
      this.#turnsToPass--;
      return;
    }
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    try {
      if (await this.#options.begin()) {
        await stopped;
        this.#options.end();
      } else if (!this.#isStopping) {
        this.#wantsToLead = false;
      }
    } finally {
      this.#stop = undefined;
      this.#isStopping = false;
    }
  }

  #released(): void {
    if (this.#wantsToLead && !this.#isQueued) this.#queue();
  }
}
