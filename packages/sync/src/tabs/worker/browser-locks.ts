/**
 * The browser's locks, without a rare fault of Chromium's: when the holder of a lock is killed, it may grant the lock to
 * nobody, until one of those who wait for it gives up. So whoever waits looks now and then whether anybody holds it, and if
 * nobody does, asks anew.
 */
import type { Clock } from '../../client/clock.ts';
import type { Locks } from '../ports.ts';

/** The part of `navigator.locks` that is used. */
export interface PlatformLocks {
  request(name: string, options: { readonly signal: AbortSignal }, hold: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

const FIRST_LOOK_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export function browserLocks(locks: PlatformLocks, clock: Clock): Locks {
  return {
    async request(name, hold) {
      for (;;) {
        const waiting = new Wait(locks, clock, name);
        try {
          return await locks.request(name, { signal: waiting.signal }, () => {
            waiting.end();
            return hold();
          });
        } catch (error) {
          waiting.end();
          if (error !== waiting.signal.reason) throw error;
        }
      }
    },
  };
}

/** Looks after one request while it waits, and withdraws it if it waits for nobody. */
class Wait {
  readonly #locks: PlatformLocks;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #controller = new AbortController();
  #isOver = false;
  #cancelLook = () => {};

  constructor(locks: PlatformLocks, clock: Clock, name: string) {
    this.#locks = locks;
    this.#clock = clock;
    this.#name = name;
    this.#lookAfter(FIRST_LOOK_MS);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    this.#isOver = true;
    this.#cancelLook();
  }

  #lookAfter(pauseMs: number): void {
    this.#cancelLook = this.#clock.setTimeout(() => void this.#look(pauseMs), pauseMs);
  }

  async #look(pauseMs: number): Promise<void> {
    const { held = [] } = await this.#locks.query();
    if (this.#isOver) return;
    if (held.some(({ name }) => name === this.#name)) this.#lookAfter(Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
    else this.#controller.abort();
  }
}
