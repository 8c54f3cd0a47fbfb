/**
 * Live queries of one page. Everybody on the page who watches the same query shares one subscription, which lasts a moment
 * longer than the last of them: whoever navigates back finds the rows still there.
 */
import type { Clock } from '../../client/clock.ts';
import { Listeners } from '../../client/listeners.ts';
import { unpackError } from '../error-parcel.ts';
import type { FromPage, Query, RowsAnswer } from '../messages.ts';
import type { Store } from '../ports.ts';
import { areSameRows, queryKey, type Row } from '../rows.ts';

export interface LiveRows<T> extends Store<T | undefined> {
  /** Equal for queries that share a subscription. */
  readonly key: string;
  /** Undefined until the first rows are there; throws what the query failed with. The same object until they change. */
  getSnapshot(): T | undefined;
}

const LINGER_MS = 1_000;

export class PageQueries {
  readonly #post: (message: FromPage) => void;
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Shared>();
  readonly #byId = new Map<number, Shared>();
  #lastId = 0;

  constructor(post: (message: FromPage) => void, clock: Clock) {
    this.#post = post;
    this.#clock = clock;
  }

  /** Asks for nothing until somebody subscribes. */
  watch<T>(query: Query, map: (rows: readonly Row[]) => T): LiveRows<T> {
    const key = queryKey(query.sql, query.params);
    let mapped: { readonly from: readonly Row[]; readonly to: T } | undefined;
    return {
      key,
      getSnapshot: () => {
        const answer = this.#byKey.get(key)?.answer;
        if (answer === undefined) return mapped?.to;
        if (!answer.ok) throw unpackError(answer.error);
        if (mapped?.from !== answer.value) mapped = { from: answer.value, to: map(answer.value) };
        return mapped.to;
      },
      subscribe: (listener) => this.#subscribe(key, query, listener),
    };
  }

  received(id: number, answer: RowsAnswer): void {
    const shared = this.#byId.get(id);
    if (shared === undefined || isSame(shared.answer, answer)) return;
    shared.answer = answer;
    shared.listeners.tell();
  }

  /** Of a new worker. */
  subscribeAgain(): void {
    for (const shared of this.#byId.values()) this.#tellOf(shared);
  }

  get subscriptionCount(): number {
    return this.#byKey.size;
  }

  #subscribe(key: string, query: Query, listener: () => void): () => void {
    const shared = this.#byKey.get(key) ?? this.#begin(key, query);
    shared.watchers++;
    shared.cancelEnd?.();
    shared.cancelEnd = undefined;
    const remove = shared.listeners.add(listener);
    let isRemoved = false;
    return () => {
      if (isRemoved) return;
      isRemoved = true;
      remove();
      shared.watchers--;
      if (shared.watchers === 0) shared.cancelEnd = this.#clock.setTimeout(() => this.#end(shared), LINGER_MS);
    };
  }

  #begin(key: string, query: Query): Shared {
    const id = ++this.#lastId;
    const shared: Shared = {
      id,
      key,
      query,
      listeners: new Listeners(),
      watchers: 0,
      answer: undefined,
      cancelEnd: undefined,
    };
    this.#byKey.set(key, shared);
    this.#byId.set(id, shared);
    this.#tellOf(shared);
    return shared;
  }

  #tellOf({ id, query }: Shared): void {
    this.#post({ kind: 'subscribe', id, query });
  }

  #end({ id, key }: Shared): void {
    this.#byKey.delete(key);
    this.#byId.delete(id);
    this.#post({ kind: 'unsubscribe', id });
  }
}

interface Shared {
  readonly id: number;
  readonly key: string;
  readonly query: Query;
  readonly listeners: Listeners<void>;
  watchers: number;
  answer: RowsAnswer | undefined;
  cancelEnd: (() => void) | undefined;
}

/** A new leader tells all rows again. */
function isSame(one: RowsAnswer | undefined, other: RowsAnswer): boolean {
  return one !== undefined && one.ok && other.ok && areSameRows(one.value, other.value);
}
