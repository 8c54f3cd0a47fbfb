/**
 * Queries whose rows tabs want to have as they change. Tabs that ask for the same share one; a commit runs each again
 * that reads a column that was written, once, and rows are told only if they differ.
 */
import { packError } from '../error-parcel.ts';
import type { Query, RowsAnswer } from '../messages.ts';
import { areSameRows, queryKey } from '../rows.ts';
import type { Written } from './dirty-tables.ts';
import type { ReadQueries, Reads } from './read-query.ts';

export interface Subscriber {
  readonly tab: string;
  /** Its own number for the subscription. */
  readonly id: number;
}

export class LiveQueries {
  readonly #queries: ReadQueries;
  readonly #tell: (subscriber: Subscriber, answer: RowsAnswer) => void;
  readonly #live = new Map<string, LiveQuery>();
  readonly #keys = new Map<string, string>();

  constructor(queries: ReadQueries, tell: (subscriber: Subscriber, answer: RowsAnswer) => void) {
    this.#queries = queries;
    this.#tell = tell;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Tells the present rows at once. */
  subscribe(subscriber: Subscriber, query: Query): void {
    this.unsubscribe(subscriber);
    const key = queryKey(query.sql, query.params);
    const live = this.#live.get(key) ?? this.#start(query);
    this.#live.set(key, live);
    this.#keys.set(nameOf(subscriber), key);
    live.subscribers.set(nameOf(subscriber), subscriber);
    this.#tell(subscriber, live.answer);
  }

  unsubscribe(subscriber: Subscriber): void {
    const name = nameOf(subscriber);
    const key = this.#keys.get(name);
    if (key === undefined) return;
    this.#keys.delete(name);
    const live = this.#live.get(key);
    live?.subscribers.delete(name);
    if (live?.subscribers.size === 0) this.#live.delete(key);
  }

  dropTab(tab: string): void {
    const gone = [...this.#live.values()].flatMap(({ subscribers }) =>
      [...subscribers.values()].filter((subscriber) => subscriber.tab === tab),
    );
    for (const subscriber of gone) this.unsubscribe(subscriber);
  }

  /** Returns how many were run. */
  written(written: Written): number {
    let runs = 0;
    for (const live of this.#live.values()) {
      if (!readsAny(live, written)) continue;
      runs++;
      const answer = this.#run(live.query);
      if (isSameAnswer(answer, live.answer)) continue;
      live.answer = answer;
      for (const subscriber of live.subscribers.values()) this.#tell(subscriber, answer);
    }
    return runs;
  }

  #start(query: Query): LiveQuery {
    const subscribers = new Map<string, Subscriber>();
    try {
      const reads = this.#queries.readsOf(query);
      return { query, reads, subscribers, answer: this.#run(query) };
    } catch (error) {
      return { query, reads: new Map(), subscribers, answer: { ok: false, error: packError(error) } };
    }
  }

  #run(query: Query): RowsAnswer {
    try {
      return { ok: true, value: this.#queries.rows(query) };
    } catch (error) {
      return { ok: false, error: packError(error) };
    }
  }
}

interface LiveQuery {
  readonly query: Query;
  readonly reads: Reads;
  readonly subscribers: Map<string, Subscriber>;
  answer: RowsAnswer;
}

function readsAny({ reads }: LiveQuery, written: Written): boolean {
  for (const [table, columns] of written) {
    const read = reads.get(table);
    if (read === undefined) continue;
    if (columns === undefined || [...columns].some((column) => read.has(column))) return true;
  }
  return false;
}

function isSameAnswer(one: RowsAnswer, other: RowsAnswer): boolean {
  if (one.ok && other.ok) return areSameRows(one.value, other.value);
  return !one.ok && !other.ok && one.error.message === other.error.message;
}

function nameOf({ tab, id }: Subscriber): string {
  return `${tab} ${id}`;
}
