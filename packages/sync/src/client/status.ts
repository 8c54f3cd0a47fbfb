import type { SyncState } from './connection/sync-state.ts';

/** How it stands with the relay, in words that are true. */
export interface SyncStatus {
  /**
   * `synced`: everything here is on the relay's disk, and everything there is here; both confirmed. Connected is not
   * synced. `blocked`: somebody has to do something, and `reason` says what.
   */
  readonly state: 'synced' | 'syncing' | 'offline' | 'paused' | 'blocked';
  /** For people; of what keeps it from being synced. */
  readonly reason?: string;
  /** Own changes that are not known to be on the relay's disk; counted no further than 10,000. */
  readonly pendingOut: number;
  /** Entries of the log that are known to be missing here. */
  readonly pendingIn: number;
  readonly lastSyncedAt: number | undefined;
  /** Of the last exchange of Ping and Pong. */
  readonly latencyMs: number | undefined;
  readonly role: string | undefined;
}

export interface StatusFacts extends Omit<SyncStatus, 'state' | 'reason'> {
  readonly syncState: SyncState;
  /** Why there is no connection, or why an edit cannot be sent. */
  readonly reason: string | undefined;
  /** An edit cannot be sent until somebody does something. */
  readonly isPushBlocked: boolean;
  /** Own edits may have been made that were not counted yet, or what the log lacks is not sent yet. */
  readonly isUnsettled: boolean;
}

export function statusOf(facts: StatusFacts): SyncStatus {
  const { reason, pendingOut, pendingIn, lastSyncedAt, latencyMs, role } = facts;
  const counts = { pendingOut, pendingIn, lastSyncedAt, latencyMs, role };
  const state = stateOf(facts);
  return reason === undefined || state === 'synced' || state === 'syncing'
    ? { state, ...counts }
    : { state, reason, ...counts };
}

function stateOf({ syncState, isPushBlocked, isUnsettled, pendingOut, pendingIn }: StatusFacts): SyncStatus['state'] {
  if (syncState === 'stopped') return 'paused';
  if (syncState === 'blocked') return 'blocked';
  if (syncState === 'waiting' || syncState === 'connecting') return 'offline';
  if (isPushBlocked) return 'blocked';
  const isSettled = syncState === 'live' && pendingOut === 0 && pendingIn === 0 && !isUnsettled;
  return isSettled ? 'synced' : 'syncing';
}
