import type { ConflictResolution } from '../../client/conflicts/conflict-record.ts';
import type { ConflictQuery, ConflictView } from '../../client/conflicts/conflict-resolver.ts';
import type { TextMerge } from '../../client/conflicts/text-merge.ts';
import type { SyncResult } from '../../client/sync-waiters.ts';
import type { Action, ConflictChoice, MutationAnswer, SyncCall } from '../messages.ts';

export interface PageSyncOptions {
  /** The caller knows what the answer to this call is. */
  readonly ask: <T>(call: SyncCall) => Promise<T>;
  /** Makes an edit that the undo stack calls so. */
  readonly apply: (action: Action, label: string) => Promise<MutationAnswer>;
}

/** What a page asks of the sync client, wherever that runs. Refused with `no_sync` in an app without sync. */
export class PageSync {
  readonly #ask: PageSyncOptions['ask'];
  readonly #apply: PageSyncOptions['apply'];

  constructor({ ask, apply }: PageSyncOptions) {
    this.#ask = ask;
    this.#apply = apply;
  }

  /** Offline it tries again at once. Sync starts by itself, and this is only needed after `disconnect`. */
  connect(): Promise<void> {
    return this.#ask({ kind: 'connect' });
  }

  /** Pauses for all tabs, until one connects again. */
  disconnect(): Promise<void> {
    return this.#ask({ kind: 'disconnect' });
  }

  /** Resolves when everything here is on the relay, and everything there is here. */
  sync(): Promise<SyncResult> {
    return this.#ask({ kind: 'sync' });
  }

  setToken(token: string): Promise<void> {
    return this.#ask({ kind: 'setToken', token });
  }

  conflicts(query: ConflictQuery = {}): Promise<ConflictView[]> {
    return this.#ask({ kind: 'conflicts', query });
  }

  /** What was decided; with `merge` also the text. `by` is the id of a `users` row. */
  async resolveConflict(
    conflict: string,
    how: ConflictChoice,
    by?: string,
  ): Promise<ConflictResolution | TextMerge | undefined> {
    const action: Action = { kind: 'resolve', conflict, how, ...(by !== undefined && { by }) };
    return (await this.#apply(action, 'resolveConflict')).result as ConflictResolution | TextMerge | undefined;
  }
}
