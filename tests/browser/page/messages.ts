/** What a test outside, the page and its workers say to each other. */
import type { Persistence } from '@tributary/database/browser';

export interface Call {
  readonly id: number;
  readonly operation: string;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a worker says without being asked: how far it got, or what else somebody may want to know of it. */
export type Telling = { readonly progress: number } | { readonly note: unknown };

/** On the page, as `tributary`. */
export interface PageApi {
  /** Lets a worker of this name, which it starts if need be, do something. */
  call(worker: string, operation: string, args: readonly unknown[]): Promise<Answer>;
  /** The next call of this name starts another worker. */
  terminate(worker: string): void;
  /** What is said when a page, not a worker, opens a database. */
  openOnPage(): Promise<Answer['error'] | undefined>;
  requestPersistence(): Promise<Persistence>;
}
