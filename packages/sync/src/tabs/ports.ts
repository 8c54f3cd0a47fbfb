/** What tabs need of the platform, in its own shapes, so that a browser's objects fit and a test can bring others. */

/** As `navigator.locks`: granted in order of request, held until the promise settles, released when the holder dies. */
export interface Locks {
  request(name: string, hold: () => Promise<void>): Promise<unknown>;
}

/** As `BroadcastChannel`: everybody else's messages under the same name, each a structured clone. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

export type OpenChannel = (name: string) => Channel;

/** One end between a page and its worker, as `Worker` is on the page and the global scope is in the worker. */
export interface MessageEnd {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** A worker as its page has it. */
export interface WorkerEnd extends MessageEnd {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}

/** As `localStorage`: shared by the pages of an origin, and there at once. */
export interface PageStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** The part of `window` that tells what becomes of the page. */
export interface PageWindow {
  readonly localStorage: PageStorage;
  readonly document: {
    readonly visibilityState: string;
    addEventListener(type: string, listener: () => void): void;
  };
  addEventListener(type: string, listener: () => void): void;
}

/** What `useSyncExternalStore` takes. */
export interface Store<T> {
  getSnapshot(): T;
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
}
