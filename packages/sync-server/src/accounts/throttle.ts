/**
 * How often somebody may try. A guess takes a token before anybody knows whether it is right, so that many at once count
 * too; a right one gives it back. A person is slowed down by three buckets:
 *
 *   pair     one e-mail from one network: somebody who guesses one password
 *   email    one e-mail from everywhere: many who guess together. Wide, or anybody could lock anybody out
 *   network  one network, whatever the e-mail: somebody who tries one password with many accounts. Wide: an office is one
 */
import { ApiError } from '../errors.ts';
import type { Rate } from '../limits.ts';
import { TokenBucket } from '../session/token-bucket.ts';

export interface ThrottleRates {
  readonly pair: Rate;
  readonly email: Rate;
  readonly network: Rate;
  /** New accounts from one network. */
  readonly registering: Rate;
  /** Everything that can be asked without a token, from one network. */
  readonly asking: Rate;
}

export interface ThrottleOptions {
  readonly uptimeMs: () => number;
  readonly rates?: Partial<ThrottleRates>;
  readonly maxKept?: number;
}

export const DEFAULT_THROTTLE_RATES: ThrottleRates = {
  pair: { perSecond: 1 / 20, burst: 10 },
  email: { perSecond: 1 / 5, burst: 100 },
  network: { perSecond: 1, burst: 100 },
  registering: { perSecond: 1 / 30, burst: 30 },
  asking: { perSecond: 20, burst: 1_000 },
};

const DEFAULT_MAX_KEPT = 20_000;

export class Throttle {
  readonly #tables: Readonly<Record<keyof ThrottleRates, RateTable>>;

  constructor({ uptimeMs, rates, maxKept = DEFAULT_MAX_KEPT }: ThrottleOptions) {
    const all = { ...DEFAULT_THROTTLE_RATES, ...rates };
    const table = (rate: Rate) => new RateTable(rate, uptimeMs, maxKept);
    this.#tables = {
      pair: table(all.pair),
      email: table(all.email),
      network: table(all.network),
      registering: table(all.registering),
      asking: table(all.asking),
    };
  }

  /** Throws `rate_limited`, or returns what gives the attempt back. */
  signIn(email: string, network: string): () => void {
    const { pair, email: byEmail, network: byNetwork } = this.#tables;
    return takeAll([
      [pair, `${network} ${email}`],
      [byNetwork, network],
      [byEmail, email],
    ]);
  }

  /** Of the current password of somebody who is signed in. */
  confirm(userId: string): () => void {
    return takeAll([[this.#tables.pair, userId]]);
  }

  register(network: string): () => void {
    return takeAll([[this.#tables.registering, network]]);
  }

  ask(network: string): void {
    takeAll([[this.#tables.asking, network]]);
  }
}

function takeAll(wanted: readonly (readonly [RateTable, string])[]): () => void {
  const retryAfterMs = Math.max(...wanted.map(([table, key]) => table.waitMs(key)));
  if (retryAfterMs > 0) throw new ApiError('rate_limited', 'too many attempts', { retryAfterMs });
  for (const [table, key] of wanted) table.take(key, 1);
  return () => {
    for (const [table, key] of wanted) table.take(key, -1);
  };
}

class RateTable {
  readonly #rate: Rate;
  readonly #uptimeMs: () => number;
  readonly #maxKept: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, uptimeMs: () => number, maxKept: number) {
    this.#rate = rate;
    this.#uptimeMs = uptimeMs;
    this.#maxKept = maxKept;
  }

  waitMs(key: string): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return 0;
    // What was used last comes last, and is forgotten last.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    return bucket.waitMs(this.#uptimeMs());
  }

  /** Less than nothing gives back. */
  take(key: string, amount: number): void {
    const nowMs = this.#uptimeMs();
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, nowMs);
    bucket.take(amount, nowMs);
    this.#buckets.delete(key);
    if (bucket.isFull(nowMs)) return;
    if (this.#buckets.size >= this.#maxKept) this.#makeRoom(nowMs);
    this.#buckets.set(key, bucket);
  }

  #makeRoom(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < this.#maxKept) break;
      this.#buckets.delete(key);
    }
  }
}
