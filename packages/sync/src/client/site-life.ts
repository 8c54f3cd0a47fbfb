/**
 * The lives that a replica and the log have: a replica may have to become another site, and a log may begin anew or have been
 * set back. Each is one transaction that leaves the replica as if it had known from the start.
 */
import type { AnyReplica } from '@tributary/database';
import type { ActivityLog } from './activity-log.ts';
import type { Clock } from './clock.ts';
import { CoveredChanges } from './covered-changes.ts';
import type { SyncStore } from './sync-store.ts';

export interface SiteLifeOptions {
  readonly replica: AnyReplica;
  readonly store: SyncStore;
  readonly activity: ActivityLog;
  readonly clock: Clock;
}

const REPLACED_AGAIN_MS = 60_000;

export class SiteLife {
  readonly #options: SiteLifeOptions;
  #replacedAtMs = -Infinity;

  constructor(options: SiteLifeOptions) {
    this.#options = options;
  }

  enterEpoch(epoch: string): void {
    const { replica, store, activity } = this.#options;
    const { epoch: former } = store.position;
    if (former === epoch) return;
    store.transaction(() => {
      new CoveredChanges(replica).clear();
      store.beginEpoch(epoch, former === undefined ? undefined : replica.latestVersion);
      if (former !== undefined) activity.add('epoch', 'The relay’s log began anew; what it lacks is sent again.');
    });
  }

  /**
   * The log was set back to before an acknowledgement that had come ahead of the stream, and nobody else could notice: what
   * it had acknowledged is to be sent again. Returns whether there is any.
   */
  retractAcksAfter(version: number): boolean {
    const { store } = this.#options;
    if ((store.lastAck?.dbVersion ?? 0) <= version) return false;
    store.transaction(() => store.retractAcks(version));
    return true;
  }

  /**
   * Whether another copy of the database is in use. Replaced once, it may have been a connection of an earlier life of this
   * process that reached the relay late.
   */
  isReplacedAgain(): boolean {
    const now = this.#options.clock.uptimeMs();
    const isAgain = now - this.#replacedAtMs < REPLACED_AGAIN_MS;
    this.#replacedAtMs = now;
    return isAgain;
  }

  /** Of two replicas with one site id, this one takes another, and has everything of its own to send as that. */
  becomeAnotherSite(why: string): void {
    const { replica, store, activity } = this.#options;
    store.transaction(() => {
      replica.rotateSiteId();
      store.beginSite();
      activity.add('rotated', `This device took a new site id: ${why}.`);
    });
  }
}
