import { Listeners } from '../../client/listeners.ts';
import type { Store } from '../ports.ts';

/** A value that others watch. Setting what it is already tells nobody. */
export class ValueStore<T> implements Store<T> {
  readonly #listeners = new Listeners<void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#listeners.tell();
  }
}
