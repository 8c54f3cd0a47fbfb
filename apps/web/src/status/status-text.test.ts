import type { SyncStatus } from '@tributary/sync';
import { expect, test } from 'vitest';
import { statusText } from './status-text.ts';

const STATUS: SyncStatus = {
  state: 'synced',
  pendingOut: 0,
  pendingIn: 0,
  lastSyncedAt: undefined,
  latencyMs: undefined,
  role: 'owner',
};

function textOf(status: Partial<SyncStatus>, isSessionOver = false): string {
  return statusText({ connection: 'ready', status: { ...STATUS, ...status }, isSessionOver });
}

test.each<[Partial<SyncStatus>, string]>([
  [{ state: 'synced' }, 'Synced'],
  [{ state: 'syncing' }, 'Syncing'],
  [{ state: 'syncing', pendingOut: 2, pendingIn: 1 }, 'Syncing (3 to go)'],
  [{ state: 'offline' }, 'Offline'],
  [{ state: 'offline', pendingOut: 1 }, 'Offline (1 change kept on this device)'],
  [{ state: 'offline', pendingOut: 10_000 }, 'Offline (more than 9999 changes kept on this device)'],
  [{ state: 'paused', pendingOut: 2 }, 'Sync is paused (2 changes kept on this device)'],
  [{ state: 'blocked', reason: 'viewers may not write' }, 'Sync is blocked: viewers may not write'],
  [{ state: 'blocked' }, 'Sync is blocked'],
])('%j is told as %s', (status, text) => {
  expect(textOf(status)).toBe(text);
});

test('whoever was signed out by the server is told that edits stay here', () => {
  expect(textOf({ state: 'offline', pendingOut: 3 }, true)).toBe(
    'Signed out: 3 changes kept on this device. Sign in again to sync.',
  );
  expect(textOf({ state: 'offline' }, true)).toBe('Signed out. Sign in again to sync.');
});

test('nothing is called synced before it is known', () => {
  expect(statusText({ connection: 'opening', status: STATUS, isSessionOver: false })).toContain('Opening');
  expect(statusText({ connection: 'ready', status: undefined, isSessionOver: false })).toContain('Starting');
});
