import type { Clock } from '../clock.ts';

/** A token, or what gets a fresh one: called for each connection, and again before the token expires. */
export type AuthToken = string | (() => string | Promise<string>);

/** Renew this long before the end, or for short-lived tokens after four fifths of what is left. */
const RENEW_BEFORE_MS = 60_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A line that has died silently may never answer the app that asks for one. */
const PATIENCE_MS = 30_000;

export class TokenSource {
  readonly #clock: Clock;
  #token: AuthToken;
  #cancel: (() => void) | undefined;

  constructor(token: AuthToken, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
  }

  /** Whether asking again may give another token. */
  get isRenewable(): boolean {
    return typeof this.#token === 'function';
  }

  async get(): Promise<string> {
    if (typeof this.#token === 'string') return this.#token;
    const given = this.#token();
    return typeof given === 'string' ? given : this.#soon(given);
  }

  replace(token: AuthToken): void {
    this.#token = token;
  }

  /** Calls back when it is time to get another token; never for one that does not say when it ends. */
  watch(token: string, renew: () => void): void {
    this.stop();
    const expiresAt = expiryOf(token);
    if (expiresAt === undefined || !this.isRenewable) return;
    const leftMs = expiresAt - this.#clock.now();
    const delayMs = Math.max(leftMs - RENEW_BEFORE_MS, leftMs * 0.8, 1_000);
    this.#cancel = this.#clock.setTimeout(renew, Math.min(delayMs, MAX_TIMER_MS));
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #soon(given: Promise<string>): Promise<string> {
    let cancel: (() => void) | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => reject(new Error(`no token came within ${PATIENCE_MS / 1_000} seconds`));
      cancel = this.#clock.setTimeout(giveUp, PATIENCE_MS);
    });
    return Promise.race([given, late]).finally(() => cancel?.());
  }
}

/** Milliseconds since the epoch. The relay is who believes a token; here it is only read. */
function expiryOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const { exp } = JSON.parse(json) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
