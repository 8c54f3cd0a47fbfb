import { unpackError } from '../error-parcel.ts';
import { TabsError } from '../errors.ts';
import type { Answer, AskedCall, Call, FromPage, Mutation } from '../messages.ts';

interface WaitingCall {
  readonly asked: AskedCall;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** What the page has asked its worker, by number, until it is answered. */
export class PageCalls {
  readonly #post: (message: FromPage) => void;
  readonly #waiting = new Map<number, WaitingCall>();
  /** Mutations that are answered, for the leader to forget. */
  #settled: string[] = [];
  /** Mutations that other pages may ask for as well, so that the leader must not forget them. */
  readonly #shared = new Set<string>();
  #lastId = 0;
  #refusal: Error | undefined;

  constructor(post: (message: FromPage) => void) {
    this.#post = post;
  }

  /** The caller knows what the answer to this call is. */
  ask<T>(call: Call): Promise<T> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    const id = ++this.#lastId;
    const settled = call.kind === 'mutation' ? [...this.#settled] : [];
    return new Promise<T>((resolve, reject) => {
      this.#send({ asked: { kind: 'call', id, call, settled }, resolve: (value) => resolve(value as T), reject });
    });
  }

  /** For an edit that another page has left. */
  askShared(edit: Mutation): Promise<unknown> {
    this.#shared.add(edit.id);
    return this.ask(edit);
  }

  /** The edits that wait. From now on other pages may ask for them. */
  share(): Mutation[] {
    const edits = [...this.#waiting.values()].flatMap(({ asked }) =>
      asked.call.kind === 'mutation' ? [asked.call] : [],
    );
    for (const { id } of edits) this.#shared.add(id);
    return edits;
  }

  /** Asks a new worker for all that waits. */
  askAgain(): void {
    for (const waiting of this.#waiting.values()) this.#send(waiting);
  }

  answered(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (!answer.ok) {
      waiting.reject(unpackError(answer.error));
      return;
    }
    this.#settle(waiting.asked);
    waiting.resolve(answer.value);
  }

  /** Refuses what waits and all that comes. */
  refuse(error: TabsError): void {
    this.#refusal = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #send(waiting: WaitingCall): void {
    const { id } = waiting.asked;
    this.#waiting.set(id, waiting);
    try {
      this.#post(waiting.asked);
    } catch (error) {
      // What cannot be cloned was never sent.
      this.#waiting.delete(id);
      waiting.reject(error as Error);
    }
  }

  #settle({ call, settled }: AskedCall): void {
    if (call.kind !== 'mutation') return;
    const isForgotten = new Set(settled);
    this.#settled = this.#settled.filter((mutation) => !isForgotten.has(mutation));
    if (!this.#shared.has(call.id)) this.#settled.push(call.id);
  }
}
