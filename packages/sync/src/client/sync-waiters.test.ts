import { describe, expect, test } from 'vitest';
import { SyncError } from './errors.ts';
import { SyncWaiters } from './sync-waiters.ts';

describe('somebody who waits to be in sync', () => {
  test('is told what was pulled and pushed while waiting', async () => {
    const waiters = new SyncWaiters();
    const early = waiters.add();
    waiters.count({ pulled: 3, pushed: 1 });
    const late = waiters.add();
    waiters.count({ pulled: 0, pushed: 2 });
    waiters.synced();
    expect([await early, await late]).toEqual([
      { pulled: 3, pushed: 3 },
      { pulled: 0, pushed: 2 },
    ]);
  });

  test('waits for the answer that was asked for, and for being in sync after it', async () => {
    const waiters = new SyncWaiters();
    const waiting = settled(waiters.add());
    waiters.expect(7);
    waiters.synced();
    waiters.answered(6);
    waiters.synced();
    expect(await waiting()).toBe('pending');
    waiters.answered(7);
    expect(await waiting()).toBe('pending');
    waiters.synced();
    expect(await waiting()).toBe('resolved');
  });

  test('takes an answer to a later question for one to the own', async () => {
    const waiters = new SyncWaiters();
    const waiting = settled(waiters.add());
    waiters.expect(7);
    waiters.answered(8);
    waiters.synced();
    expect(await waiting()).toBe('resolved');
  });

  test('does not wait for the answer that another one asked for', async () => {
    const waiters = new SyncWaiters();
    const [first, second] = [settled(waiters.add()), settled(waiters.add())];
    waiters.expect(7);
    waiters.synced();
    expect([await first(), await second()]).toEqual(['resolved', 'pending']);
  });

  test('is told when it cannot be, with a code and a reason', async () => {
    const waiters = new SyncWaiters();
    const waiting = waiters.add();
    waiters.fail('offline', 'the relay cannot be reached');
    const error = await waiting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyncError);
    expect(error).toMatchObject({ code: 'offline', message: 'the relay cannot be reached' });
  });

  test('is told once', async () => {
    const waiters = new SyncWaiters();
    const waiting = waiters.add();
    waiters.synced();
    waiters.fail('closed', 'too late');
    waiters.synced();
    expect(await waiting).toEqual({ pulled: 0, pushed: 0 });
  });
});

test('nobody waiting is harmless', () => {
  const waiters = new SyncWaiters();
  waiters.expect(1);
  waiters.answered(1);
  waiters.synced();
  expect(() => waiters.fail('offline', 'nobody')).not.toThrow();
});

/** Asks how it stands, after whatever has been decided so far. */
function settled(promise: Promise<unknown>): () => Promise<string> {
  let state = 'pending';
  void promise.then(
    () => (state = 'resolved'),
    () => (state = 'rejected'),
  );
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return state;
  };
}
