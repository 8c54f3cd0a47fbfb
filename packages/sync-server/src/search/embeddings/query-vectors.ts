/**
 * The vector of what is looked for, in time or not at all. Nobody waits for an endpoint that is away: after a failure, none is
 * asked for a moment. The vectors of the last queries are kept, for people look for the same again, and turn pages.
 */
import { systemClock, type Clock } from '../../clock.ts';
import type { Embedder } from './embedder.ts';

export interface QueryVectorsOptions {
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  /** How long nobody is asked after a failure. */
  readonly restMs?: number;
}

const DEFAULT_TIMEOUT_MS = 700;
const DEFAULT_REST_MS = 5_000;
const MAX_KEPT = 256;
/** At the same time; more would only make all of them late. */
const MAX_UNDER_WAY = 16;

export class QueryVectors {
  readonly #embedder: Embedder;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #restMs: number;
  readonly #kept = new Map<string, Float32Array>();
  #underWay = 0;
  #restUntil = 0;

  constructor(embedder: Embedder, { clock, timeoutMs, restMs }: QueryVectorsOptions = {}) {
    this.#embedder = embedder;
    this.#clock = clock ?? systemClock;
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#restMs = restMs ?? DEFAULT_REST_MS;
  }

  /** Never rejects; undefined where there is none in time. */
  async vectorOf(text: string): Promise<Float32Array | undefined> {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return this.#keep(text, kept);
    if (this.#underWay >= MAX_UNDER_WAY || this.#clock.uptimeMs() < this.#restUntil) return undefined;
    this.#underWay++;
    try {
      return this.#keep(text, await this.#ask(text));
    } catch {
      this.#restUntil = this.#clock.uptimeMs() + this.#restMs;
      return undefined;
    } finally {
      this.#underWay--;
    }
  }

  async #ask(text: string): Promise<Float32Array> {
    const abort = new AbortController();
    let cancel = (): void => undefined;
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.#clock.setTimeout(() => {
        abort.abort();
        reject(new Error('no vector in time'));
      }, this.#timeoutMs);
    });
    try {
      const asked = this.#embedder.embed([text], { signal: abort.signal });
      const [vector] = await Promise.race([asked, timeout]);
      if (vector === undefined) throw new TypeError('the embedder gave no vector');
      return vector;
    } finally {
      cancel();
    }
  }

  /** The one that was not asked for the longest goes first. */
  #keep(text: string, vector: Float32Array): Float32Array {
    this.#kept.delete(text);
    this.#kept.set(text, vector);
    const [oldest] = this.#kept.size > MAX_KEPT ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    return vector;
  }
}
