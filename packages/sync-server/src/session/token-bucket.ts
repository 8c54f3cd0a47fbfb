/**
 * A rate as a bucket that fills with time. What is taken may exceed what is there: the bucket is then in debt and refuses
 * until it has filled up again, so that one large thing passes and is paid for afterwards.
 */
import type { Rate } from '../limits.ts';

/** Filling is a sum of fractions. */
const ROUNDING = 1e-6;

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** 0 when something may be taken now; otherwise how long until then. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    const missing = 1 - this.#tokens;
    return missing < ROUNDING ? 0 : Math.ceil((missing / this.#rate.perSecond) * 1000);
  }

  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens -= amount;
  }

  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#filledAtMs) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
  }
}
