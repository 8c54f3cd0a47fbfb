import { describe, expect, test } from 'vitest';
import { site } from '../testing/test-batches.ts';
import { token, WORKSPACE, type TestClient } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

function show(client: TestClient, ...state: number[]): void {
  client.send({ case: 'presence', value: { state: Uint8Array.from(state) } });
}

describe('presence', () => {
  test('reaches the others of the workspace, with who it is as the relay knows it', async () => {
    const { join } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2), token: token({ user: 'bob' }) });
    const roles = { other: 'editor' } as const;
    const stranger = await join({ siteId: site(3), token: token({ roles }), workspaceId: 'other' });
    const forged = { sessionId: 'x', userId: 'eve', siteId: site(9), gone: true, state: Uint8Array.of(1, 2) };
    ann.send({ case: 'presence', value: forged });
    expect(bob.all('presence')).toHaveLength(1);
    expect(bob.last('presence')).toMatchObject({
      sessionId: ann.last('welcome')!.sessionId,
      siteId: site(1),
      userId: 'ann',
      state: Uint8Array.of(1, 2),
      gone: false,
    });
    expect(ann.all('presence')).toEqual([]);
    expect(stranger.all('presence')).toEqual([]);
  });

  test('is told to those who come later, once for each who said something', async () => {
    const { join } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    await join({ siteId: site(3) });
    show(ann, 1);
    show(ann, 2);
    show(bob, 3);
    const late = await join({ siteId: site(4) });
    expect(late.story).toEqual(['welcome', 'caughtUp 0', 'presence', 'presence']);
    expect(late.all('presence').map(({ state }) => state[0])).toEqual([2, 3]);
  });

  test('ends with a word about it, for those who had said something', async () => {
    const { join } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    const quiet = await join({ siteId: site(3) });
    show(ann, 1);
    ann.lose();
    quiet.lose();
    expect(bob.all('presence').map(({ gone, sessionId }) => [sessionId, gone])).toEqual([
      ['session-1', false],
      ['session-1', true],
    ]);
    const late = await join({ siteId: site(4) });
    expect(late.all('presence')).toEqual([]);
  });

  test('has room for 4 KiB', async () => {
    const { join } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    ann.send({ case: 'presence', value: { state: new Uint8Array(4096) } });
    expect(bob.all('presence')).toHaveLength(1);
    ann.send({ case: 'presence', value: { state: new Uint8Array(4097) } });
    expect(ann.closedWith).toEqual({ code: 4400, reason: 'a presence of 4097 bytes, more than 4096' });
  });

  test('is dropped when it comes too often', async () => {
    const { join, pass, relay } = createTestRelay({ limits: { presenceRate: { perSecond: 1, burst: 2 } } });
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    for (const state of [1, 2, 3, 4]) show(ann, state);
    expect(bob.all('presence').map(({ state }) => state[0])).toEqual([1, 2]);
    expect((await relay.metrics()).presencesDropped).toBe(2);
    await pass(1_000);
    show(ann, 5);
    expect(bob.last('presence')?.state[0]).toBe(5);
  });

  test('is not sent to those who read too slowly', async () => {
    const { join } = createTestRelay({ limits: { sendBufferBytes: 10 } });
    const ann = await join();
    const slow = await join({ siteId: site(2) });
    slow.connection.stopReading();
    for (const state of [1, 2, 3]) show(ann, state);
    slow.connection.goOnReading();
    expect(slow.all('presence').map(({ state }) => state[0])).toEqual([1]);
  });

  test('of a viewer is welcome', async () => {
    const { join } = createTestRelay();
    const viewer = await join({ token: token({ roles: { [WORKSPACE]: 'viewer' } }) });
    const bob = await join({ siteId: site(2) });
    show(viewer, 1);
    expect(bob.all('presence')).toHaveLength(1);
  });
});

describe('receipts', () => {
  test('tell how far the projection has got, to those who are there and those who come', async () => {
    const { join, relay } = createTestRelay();
    const client = await join();
    await client.push(0, 1);
    relay.announceProjected(WORKSPACE, 1);
    relay.announceProjected(WORKSPACE, 1);
    relay.announceProjected('a workspace that nobody is in', 5);
    expect(client.story.slice(2)).toEqual(['ack 1', 'receipt 1']);
    const late = await join({ siteId: site(2) });
    expect(late.story).toContain('receipt 1');
  });
});
