import { describe, expect, test } from 'vitest';
import type { SyncState } from './connection/sync-state.ts';
import { statusOf, type StatusFacts, type SyncStatus } from './status.ts';

const SETTLED: StatusFacts = {
  syncState: 'live',
  reason: undefined,
  isPushBlocked: false,
  isUnsettled: false,
  pendingOut: 0,
  pendingIn: 0,
  lastSyncedAt: 1_000,
  latencyMs: 20,
  role: 'editor',
};

/** With nothing to do, with something to send, and with something that cannot be sent. */
const TABLE: Record<SyncState, Record<'settled' | 'pending' | 'pushBlocked', SyncStatus['state']>> = {
  stopped: { settled: 'paused', pending: 'paused', pushBlocked: 'paused' },
  connecting: { settled: 'offline', pending: 'offline', pushBlocked: 'offline' },
  greeting: { settled: 'syncing', pending: 'syncing', pushBlocked: 'blocked' },
  catchingUp: { settled: 'syncing', pending: 'syncing', pushBlocked: 'blocked' },
  live: { settled: 'synced', pending: 'syncing', pushBlocked: 'blocked' },
  waiting: { settled: 'offline', pending: 'offline', pushBlocked: 'offline' },
  blocked: { settled: 'blocked', pending: 'blocked', pushBlocked: 'blocked' },
};

describe.each(Object.keys(TABLE) as SyncState[])('while %s', (syncState) => {
  test('the state is as in the table', () => {
    const state = (facts: Partial<StatusFacts>) => statusOf({ ...SETTLED, syncState, ...facts }).state;
    expect({
      settled: state({}),
      pending: state({ pendingOut: 1 }),
      pushBlocked: state({ pendingOut: 1, isPushBlocked: true }),
    }).toEqual(TABLE[syncState]);
  });
});

describe('synced', () => {
  test.each<[string, Partial<StatusFacts>]>([
    ['there is something to push', { pendingOut: 1 }],
    ['there is something to pull', { pendingIn: 1 }],
    ['there may be edits that were not counted yet', { isUnsettled: true }],
    ['the stream has not caught up', { syncState: 'catchingUp' }],
    ['an edit cannot be sent', { isPushBlocked: true, reason: 'too large' }],
  ])('is never said while %s', (_, facts) => {
    expect(statusOf({ ...SETTLED, ...facts }).state).not.toBe('synced');
  });
});

describe('the reason', () => {
  test.each(['stopped', 'waiting', 'blocked'] as const)('is told while %s', (syncState) => {
    expect(statusOf({ ...SETTLED, syncState, reason: 'why' }).reason).toBe('why');
  });

  test('is told of an edit that cannot be sent', () => {
    expect(statusOf({ ...SETTLED, isPushBlocked: true, reason: 'too large' })).toMatchObject({
      state: 'blocked',
      reason: 'too large',
    });
  });

  test('of what is past is not told once it is synced, or on its way to be', () => {
    expect(statusOf({ ...SETTLED, reason: 'old' })).not.toHaveProperty('reason');
    expect(statusOf({ ...SETTLED, syncState: 'greeting', reason: 'old' })).not.toHaveProperty('reason');
  });

  test('is no property at all where there is none', () => {
    expect(statusOf({ ...SETTLED, syncState: 'waiting' })).not.toHaveProperty('reason');
  });
});

test('the counts are passed on as they are, and nothing else is', () => {
  expect(statusOf(SETTLED)).toEqual({
    state: 'synced',
    pendingOut: 0,
    pendingIn: 0,
    lastSyncedAt: 1_000,
    latencyMs: 20,
    role: 'editor',
  });
});
