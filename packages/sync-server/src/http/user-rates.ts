/** How often each user may ask. */
import { ApiError } from '../errors.ts';
import type { Rate } from '../limits.ts';
import { TokenBucket } from '../session/token-bucket.ts';

/** More users than this are looked through for those who owe nothing. */
const SWEEP_ABOVE = 10_000;

export class UserRates {
  readonly #rate: Rate;
  readonly #uptimeMs: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, uptimeMs: () => number) {
    this.#rate = rate;
    this.#uptimeMs = uptimeMs;
  }

  /** Throws `rate_limited`. */
  take(userId: string): void {
    const nowMs = this.#uptimeMs();
    const bucket = this.#buckets.get(userId) ?? this.#add(userId, nowMs);
    const retryAfterMs = bucket.waitMs(nowMs);
    if (retryAfterMs > 0) throw new ApiError('rate_limited', 'asked too often', { retryAfterMs });
    bucket.take(1, nowMs);
  }

  #add(userId: string, nowMs: number): TokenBucket {
    if (this.#buckets.size >= SWEEP_ABOVE) this.#sweep(nowMs);
    const bucket = new TokenBucket(this.#rate, nowMs);
    this.#buckets.set(userId, bucket);
    return bucket;
  }

  #sweep(nowMs: number): void {
    for (const [userId, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(userId);
  }
}
