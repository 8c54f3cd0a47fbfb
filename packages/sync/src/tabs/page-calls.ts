import { unpackError } from './error-parcel.ts';
import { TabsError } from './errors.ts';
import type { Answer, Call, FromPage } from './messages.ts';

/** What the page has asked its worker, by number, until it is answered. */
export class PageCalls {
  readonly #post: (message: FromPage) => void;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  #refusal: Error | undefined;

  constructor(post: (message: FromPage) => void) {
    this.#post = post;
  }

  /** The caller knows what the answer to this call is. */
  ask<T>(call: Call): Promise<T> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      try {
        this.#post({ kind: 'call', id, call });
      } catch (error) {
        // What cannot be cloned was never sent.
        this.#waiting.delete(id);
        throw error;
      }
    });
  }

  answered(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (answer.ok) waiting.resolve(answer.value);
    else waiting.reject(unpackError(answer.error));
  }

  /** Refuses what waits and all that comes. */
  refuse(error: TabsError): void {
    this.#refusal = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
