import type { AnyReplica, Change, Statement } from '@tributary/database';
import { hashChange } from './change-hash.ts';

/** What a new life of the log has been seen to hold, so that a refill need not send it. */
export class CoveredChanges {
  readonly #add: Statement;
  readonly #find: Statement;
  readonly #clear: Statement;

  constructor({ sqlite }: AnyReplica) {
    this.#add = sqlite.prepare('INSERT OR IGNORE INTO sync_covered (hash) VALUES (?)');
    this.#find = sqlite.prepare('SELECT 1 FROM sync_covered WHERE hash = ?');
    this.#clear = sqlite.prepare('DELETE FROM sync_covered');
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) this.#add.run(hashChange(change));
  }

  has(change: Change): boolean {
    return this.#find.get(hashChange(change)) !== undefined;
  }

  clear(): void {
    this.#clear.run();
  }
}
