/** Who wants to know. A listener that throws harms neither the others nor what happened. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Returns what removes it. */
  add(listener: (value: T) => void): () => void {
    // The same function may be added twice, and each is removed by itself.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  tell(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}

/** As a browser does with what an event listener throws: seen, and not in the way. */
function reportError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
