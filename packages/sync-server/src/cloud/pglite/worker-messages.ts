/** What the main thread and the worker that runs PGlite say to each other. One request is answered before the next is read. */
import type { SqlFault } from '../cloud-error.ts';
import type { TransactionStatus, WireResult } from '../session/session.ts';
import type { WireParam } from '../values/encode-param.ts';

export type WorkerRequest =
  | { readonly kind: 'query'; readonly id: number; readonly sql: string; readonly params: readonly WireParam[] }
  | { readonly kind: 'execute'; readonly id: number; readonly sql: string }
  /** Writes a checkpoint, lets go of the files and ends. */
  | { readonly kind: 'close' };

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failedToOpen'; readonly message: string }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly status: TransactionStatus;
      readonly outcome: { readonly result: WireResult } | { readonly fault: SqlFault };
    };

export interface WorkerSettings {
  readonly directory: string;
}
