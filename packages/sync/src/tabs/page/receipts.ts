/**
 * How far edits have got, for as long as somebody watches. The leader is asked when it says that sync went on, and now and
 * then, because it does not hear by itself that an edit has reached PostgreSQL.
 */
import type { Clock } from '../../client/clock.ts';
import type { ReceiptLevel } from '../../client/sync-client.ts';
import type { Store } from '../ports.ts';
import { ValueStore } from './value-store.ts';

const ASK_AGAIN_MS = 2_000;

export class Receipts {
  readonly #ask: (versions: readonly number[]) => Promise<readonly ReceiptLevel[]>;
  readonly #clock: Clock;
  /** By version; those that somebody watches. */
  readonly #watched = new Map<number, { readonly store: ValueStore<ReceiptLevel>; watchers: number }>();
  #isAsking = false;
  #isAskingAgain = false;

  constructor(ask: (versions: readonly number[]) => Promise<readonly ReceiptLevel[]>, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Of the transaction that left the replica at this version. */
  of(version: number): Store<ReceiptLevel> {
    let last: ReceiptLevel = 'local';
    return {
      getSnapshot: () => (last = this.#watched.get(version)?.store.getSnapshot() ?? last),
      subscribe: (listener) => this.#watch(version, last, listener),
    };
  }

  progressed(): void {
    const versions = [...this.#watched].filter(([, { store }]) => store.getSnapshot() !== 'cloud').map(([key]) => key);
    if (versions.length === 0 || this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask(versions)
      .then((levels) => versions.forEach((version, index) => this.#heard(version, levels[index])))
      .catch(() => {})
      .finally(() => {
        this.#isAsking = false;
        this.#askAgain();
      });
  }

  #heard(version: number, level: ReceiptLevel | undefined): void {
    if (level !== undefined) this.#watched.get(version)?.store.set(level);
  }

  #askAgain(): void {
    const isOpen = [...this.#watched.values()].some(({ store }) => store.getSnapshot() !== 'cloud');
    if (!isOpen || this.#isAskingAgain) return;
    this.#isAskingAgain = true;
    this.#clock.setTimeout(() => {
      this.#isAskingAgain = false;
      this.progressed();
    }, ASK_AGAIN_MS);
  }

  #watch(version: number, level: ReceiptLevel, listener: () => void): () => void {
    const watched = this.#watched.get(version) ?? { store: new ValueStore<ReceiptLevel>(level), watchers: 0 };
    this.#watched.set(version, watched);
    watched.watchers++;
    const remove = watched.store.subscribe(listener);
    this.progressed();
    let isRemoved = false;
    return () => {
      if (isRemoved) return;
      isRemoved = true;
      remove();
      watched.watchers--;
      if (watched.watchers === 0) this.#watched.delete(version);
    };
  }
}
