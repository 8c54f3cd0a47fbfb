/**
 * A log that was lost or restored from a copy begins a new life. Replicas hold what it lacks: each notes what the new log
 * holds while it pulls it from the beginning, and when its turn comes sends the rest, whoever wrote it.
 */
import type { AnyReplica, Change } from '@tributary/database';
import { siteIdToHex } from '@tributary/database/changes';
import type { ProtocolLimits } from '../../protocol/index.ts';
import { CoveredChanges } from '../covered-changes.ts';
import type { SyncStore } from '../sync-store.ts';
import { encodeRefill, type OutgoingBatch } from './outbox.ts';

export class Refill {
  readonly #replica: AnyReplica;
  readonly #store: SyncStore;
  readonly #covered: CoveredChanges;
  #readVersion = 0;
  #isParkedSent = false;

  constructor(replica: AnyReplica, store: SyncStore) {
    this.#replica = replica;
    this.#store = store;
    this.#covered = new CoveredChanges(replica);
  }

  /** Whether this replica may hold something that the log lacks. */
  get isWanted(): boolean {
    return this.#store.position.refillVersion !== undefined;
  }

  /** A session that ended in the middle begins again. What had arrived may be sent twice, which does no harm. */
  restart(): void {
    this.#readVersion = 0;
    this.#isParkedSent = false;
  }

  /** The next of what the log lacks; undefined when there is no more. */
  next(limits: ProtocolLimits): OutgoingBatch[] | undefined {
    const until = this.#store.position.refillVersion ?? 0;
    while (this.#readVersion < until) {
      const { changes, upTo } = this.#replica.allChanges({ after: this.#readVersion, until });
      this.#readVersion = changes.length === 0 ? until : upTo;
      const missing = this.#missingOf(changes);
      if (missing.length > 0) return encodeRefill(missing, limits);
    }
    if (this.#isParkedSent) return undefined;
    this.#isParkedSent = true;
    const parked = this.#missingOf(this.#replica.parkedChanges());
    return parked.length > 0 ? encodeRefill(parked, limits) : undefined;
  }

  /** The log holds everything now. */
  finish(): void {
    this.#store.transaction(() => {
      this.#covered.clear();
      this.#store.update({ refillVersion: undefined });
    });
  }

  /** Own edits that were never in any log go the ordinary way, with their versions and their base. */
  #missingOf(changes: readonly Change[]): Change[] {
    const { settledVersion } = this.#store.position;
    const own = this.#replica.siteId;
    return changes.filter((change) => {
      const isPushed = change.dbVersion > settledVersion && siteIdToHex(change.siteId) === own;
      return !isPushed && !this.#covered.has(change);
    });
  }
}
