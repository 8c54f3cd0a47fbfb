/** Clears away what nobody asks for any more: sessions that are over, and events that are old. */
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { AccountStore } from './account-store.ts';

export interface AccountUpkeepOptions {
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 24 * 60 * 60_000;
const PAUSE_MS = 60 * 60_000;

/** After their end. */
const KEEP_SESSIONS_MS = 30 * DAY_MS;
const KEEP_EVENTS_MS = 365 * DAY_MS;
/** Of somebody who had not signed in: failed attempts. */
const KEEP_NOBODYS_EVENTS_MS = 30 * DAY_MS;

export class AccountUpkeep {
  readonly #options: AccountUpkeepOptions;
  #isRunning = false;
  #cancel = (): void => undefined;

  constructor(options: AccountUpkeepOptions) {
    this.#options = options;
  }

  /** Soon, and every hour from then on. */
  start(): void {
    this.#isRunning = true;
    this.#schedule(0);
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  async prune(): Promise<void> {
    const { store, clock } = this.#options;
    const ago = (ms: number): Date => new Date(clock.now() - ms);
    await store.query('DELETE FROM auth.sessions WHERE least(ended_at, expires_at) < $1', [ago(KEEP_SESSIONS_MS)]);
    await store.query('DELETE FROM auth.audit_events WHERE at < $1 OR (user_id IS NULL AND at < $2)', [
      ago(KEEP_EVENTS_MS),
      ago(KEEP_NOBODYS_EVENTS_MS),
    ]);
  }

  #schedule(delayMs: number): void {
    if (this.#isRunning) this.#cancel = this.#options.clock.setTimeout(() => void this.#turn(), delayMs);
  }

  async #turn(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      const isAway = error instanceof ApiError && error.code === 'accounts_unavailable';
      if (!isAway) this.#options.logger.warn({ err: error }, 'what is old of accounts could not be cleared away');
    }
    this.#schedule(PAUSE_MS);
  }
}
