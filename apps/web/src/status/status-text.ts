/** How it stands with saving and syncing, in one sentence that is true. */
import type { SyncStatus } from '@tributary/sync';

export interface StatusFacts {
  readonly connection: 'opening' | 'ready' | 'failed';
  readonly status: SyncStatus | undefined;
  /** The server has ended the session. */
  readonly isSessionOver: boolean;
}

export function statusText({ connection, status, isSessionOver }: StatusFacts): string {
  if (connection !== 'ready') return 'Opening the notes on this device…';
  if (status === undefined) return 'Starting to sync…';
  const { state, reason, pendingOut, pendingIn } = status;
  const kept = `${counted(pendingOut)} kept on this device`;
  if (isSessionOver) {
    return pendingOut > 0 ? `Signed out: ${kept}. Sign in again to sync.` : 'Signed out. Sign in again to sync.';
  }
  const withKept = (text: string) => (pendingOut > 0 ? `${text} (${kept})` : text);
  const texts = {
    synced: 'Synced',
    syncing: pendingOut + pendingIn > 0 ? `Syncing (${pendingOut + pendingIn} to go)` : 'Syncing',
    offline: withKept('Offline'),
    paused: withKept('Sync is paused'),
    blocked: withKept(reason === undefined ? 'Sync is blocked' : `Sync is blocked: ${reason}`),
  };
  return texts[state];
}

/** The client counts no further. */
const COUNTED = 10_000;

function counted(changes: number): string {
  if (changes >= COUNTED) return `more than ${COUNTED - 1} changes`;
  return changes === 1 ? '1 change' : `${changes} changes`;
}
