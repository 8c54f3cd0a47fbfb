import { describe, expect, test } from 'vitest';
import { batch, site } from '../testing/test-batches.ts';
import { token, WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

const roles = { [WORKSPACE]: 'editor', other: 'editor' } as const;

describe('group commit', () => {
  test('stores the pushes of all workspaces in one turn as one transaction', async () => {
    const { join, log, settle } = createTestRelay();
    const clients = [
      await join(),
      await join({ siteId: site(2) }),
      await join({ token: token({ roles }), workspaceId: 'other' }),
    ];
    for (const client of clients) {
      client.pushBytes(batch(0, 1));
      client.pushBytes(batch(1, 2));
    }
    await settle();
    expect(log.transactions.map((appends) => appends.length)).toEqual([6]);
    for (const client of clients) expect(client.all('ack')).toHaveLength(2);
  });

  test('gathers the next group while one is being stored', async () => {
    const { join, log, settle } = createTestRelay();
    let open = (): void => {};
    log.gate = new Promise((resolve) => (open = resolve));
    const client = await join();
    client.pushBytes(batch(0, 1));
    await settle();
    for (const version of [1, 2, 3]) client.pushBytes(batch(version, version + 1));
    await settle();
    open();
    await settle();
    await settle();
    expect(log.transactions.map((appends) => appends.length)).toEqual([1, 3]);
    expect(client.all('ack').map(({ seq }) => Number(seq))).toEqual([1, 2, 3, 4]);
  });

  test('measures how long each took', async () => {
    const { join, relay } = createTestRelay();
    await (await join()).push(0, 1);
    expect((await relay.metrics()).commits).toMatchObject({ count: 1, sumMs: 0 });
  });
});

describe('a commit that fails', () => {
  test('is answered with busy for each push, and nothing else is lost', async () => {
    const { join, log, relay, lines, settle } = createTestRelay({ limits: { busyRetryMs: 900 } });
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    const elsewhere = await join({ token: token({ roles }), workspaceId: 'other' });
    log.failWith = new Error('database or disk is full');
    ann.pushBytes(batch(0, 1));
    ann.pushBytes(batch(1, 2));
    elsewhere.pushBytes(batch(0, 1));
    await settle();
    expect(ann.story.slice(2)).toEqual(['reject busy', 'reject busy']);
    expect(ann.all('reject')[0]).toMatchObject({ toVersion: 1n, retryAfterMs: 900 });
    expect(elsewhere.story.slice(2)).toEqual(['reject busy']);
    expect(bob.story).toEqual(['welcome', 'caughtUp 0']);
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({ message: 'the log could not be written' });
    expect(await relay.metrics()).toMatchObject({ pendingBytes: 0, failedCommits: 1, refusals: { busy: 3 } });
  });

  test('lets a client go on from where the log is', async () => {
    const { join, log, settle } = createTestRelay();
    const client = await join();
    await client.push(0, 1);
    log.failWith = new Error('I/O error');
    client.pushBytes(batch(1, 2));
    client.pushBytes(batch(2, 3));
    await settle();
    log.failWith = undefined;
    await client.push(3, 4);
    await client.push(2, 3);
    expect(client.story.slice(2)).toEqual([
      'ack 1',
      'reject busy',
      'reject busy',
      'reject version_hole',
      'reject version_hole',
    ]);
    await client.push(1, 2);
    expect(client.story.at(-1)).toBe('ack 2');
  });

  test('takes with it what its authors pushed behind, and not what others did', async () => {
    const { join, log, settle } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    let open = (): void => {};
    log.gate = new Promise((resolve) => (open = resolve));
    log.failWith = new Error('disk full');
    ann.pushBytes(batch(0, 1));
    await settle();
    ann.pushBytes(batch(1, 2));
    bob.pushBytes(batch(0, 1));
    log.gate = undefined;
    open();
    await Promise.resolve();
    log.failWith = undefined;
    await settle();
    expect(ann.story.slice(2)).toEqual(['reject busy', 'reject busy', 'deliver 1']);
    expect(bob.story.slice(2)).toEqual(['ack 1']);
  });

  test('keeps the memory of unknown names right for the next attempt', async () => {
    const { join, log, settle } = createTestRelay();
    const client = await join();
    log.failWith = new Error('disk full');
    client.pushBytes(batch(0, 1));
    await settle();
    log.failWith = undefined;
    await client.push(0, 1);
    expect(client.story.slice(2)).toEqual(['reject busy', 'ack 1']);
  });
});
