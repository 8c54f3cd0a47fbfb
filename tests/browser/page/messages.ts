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

/** What a worker says without being asked: how far it got, or anything else that somebody wants to know of it. */
export type Telling = { readonly progress: number } | { readonly note: unknown };

export interface Interruption {
  readonly operation: string;
  readonly args: readonly unknown[];
  /** After so many notes the worker is terminated … */
  readonly notes: number;
  /** … or a little later. */
  readonly delayMs: number;
}

/** On the page, as `tributary`. */
export interface PageApi {
  /** Lets a worker of this name, which it starts if need be, do something. */
  call(worker: string, operation: string, args: readonly unknown[]): Promise<Answer>;
  /** Terminates the worker in the middle of an operation that has no end. Returns what it had noted until then. */
  interrupt(worker: string, interruption: Interruption): Promise<unknown[]>;
  /** What is said when a page, not a worker, opens a database. */
  openOnPage(): Promise<Answer['error'] | undefined>;
  requestPersistence(): Promise<Persistence>;
}
