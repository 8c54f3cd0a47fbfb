import type { Clock } from '../clock.ts';

/** A token, or what gets a fresh one: called for each connection, and again before the token expires. */
export type AuthToken = string | (() => string | Promise<string>);

/** Renew this long before the end, or for short-lived tokens after four fifths of what is left. */
const RENEW_BEFORE_MS = 60_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

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
    return typeof this.#token === 'function' ? this.#token() : this.#token;
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
