import { describe, expect, test } from 'vitest';
import { batch, change, site } from './testing/test-batches.ts';
import { token, WORKSPACE } from './testing/test-client.ts';
import { createTestRelay } from './testing/test-relay.ts';

describe('connections', () => {
  test('are bounded for each user', async () => {
    const { join } = createTestRelay({ limits: { maxConnectionsPerUser: 2 } });
    const first = await join({ siteId: site(1) });
    await join({ siteId: site(2) });
    const third = await join({ siteId: site(3) });
    expect(third.closedWith).toEqual({ code: 4429, reason: 'this user has too many connections' });
    const other = await join({ siteId: site(4), token: token({ user: 'bob' }) });
    expect(other.story).toContain('welcome');
    first.lose();
    const fourth = await join({ siteId: site(5) });
    expect(fourth.story).toContain('welcome');
  });

  test('are bounded in all, whether they have said Hello or not', async () => {
    const { connect } = createTestRelay({ limits: { maxConnections: 2 } });
    const [first, , third] = [connect(), connect(), connect()];
    expect(third.closedWith?.code).toBe(4429);
    first.lose();
    expect(connect().closedWith).toBeUndefined();
  });

  test('that were refused count no more', async () => {
    const { join } = createTestRelay({ limits: { maxConnectionsPerUser: 1 } });
    for (let attempt = 0; attempt < 3; attempt++) await join({ siteId: new Uint8Array(3) });
    for (let attempt = 0; attempt < 3; attempt++) await join({ token: token({ roles: {} }) });
    expect((await join()).story).toContain('welcome');
  });
});

describe('drain', () => {
  test('stores what was pushed, answers it, and lets everybody go', async () => {
    const { join, relay, connect, log } = createTestRelay();
    const client = await join();
    const other = await join({ siteId: site(2) });
    client.pushBytes(batch(0, 1));
    const draining = relay.drain();
    const late = connect();
    const { settle } = { settle: () => other.push(0, 1) };
    await settle();
    await draining;
    expect(client.story.slice(2)).toContain('ack 1');
    for (const { closedWith } of [client, other, late]) expect(closedWith?.code).toBe(1001);
    expect(log.transactions.flat().length).toBeGreaterThanOrEqual(1);
    expect((await relay.metrics()).sessions.live).toBe(0);
  });

  test('is no refusal', async () => {
    const { join, relay, settle, lines } = createTestRelay();
    await join();
    const draining = relay.drain();
    await settle();
    await draining;
    expect((await relay.metrics()).refusals).toEqual({});
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('leaves no timer', async () => {
    const { join, relay, settle, clock } = createTestRelay();
    await join();
    const draining = relay.drain();
    await settle();
    await draining;
    expect(clock.timerCount).toBe(0);
  });
});

describe('close', () => {
  test('stores nothing more', async () => {
    const { join, relay, log, settle } = createTestRelay();
    const client = await join();
    client.pushBytes(batch(0, 1));
    relay.close();
    await settle();
    expect(log.transactions).toEqual([]);
    expect(client.closedWith?.code).toBe(1001);
  });
});

describe('metrics', () => {
  test('count what was stored and what is connected', async () => {
    const { join, relay, connect } = createTestRelay();
    const client = await join();
    connect();
    await client.push(0, 1, { changes: [change({ seq: 0 }), change({ seq: 1, cid: 'pinned', val: 1n })] });
    const metrics = await relay.metrics();
    expect(metrics).toMatchObject({
      connectionsAccepted: 2,
      sessions: { greeting: 1, joining: 0, 'catching-up': 0, live: 1 },
      rooms: 1,
      users: 1,
      framesReceived: 2,
      pushesStored: 1,
      changesStored: 2,
      pendingBytes: 0,
    });
    expect(metrics.logBytes).toBeGreaterThan(0);
    expect(metrics.bytesReceived).toBeGreaterThan(metrics.batchBytesStored);
    expect(metrics.bytesSent).toBeGreaterThan(0);
  });

  test('forget rooms and users that are gone', async () => {
    const { join, relay, pass } = createTestRelay();
    const client = await join();
    client.lose();
    await pass(2_000);
    expect(await relay.metrics()).toMatchObject({ rooms: 0, users: 0 });
  });
});

describe('a session that fails for a reason of the relay', () => {
  test('is closed as internal and logged with its cause, and others go on', async () => {
    const { join, log, lines, settle, connect } = createTestRelay();
    const witness = await join({ siteId: site(2) });
    await witness.push(0, 1);
    log.read = () => Promise.reject(new Error('the disk is on fire'));
    const victim = connect();
    await victim.hello();
    await settle();
    expect(victim.closedWith).toEqual({ code: 1011, reason: 'something failed on the relay' });
    const line = lines.find(({ level }) => level === 'error');
    expect(line).toMatchObject({
      workspace: WORKSPACE,
      err: expect.objectContaining({ message: 'the disk is on fire' }),
    });
    await witness.push(1, 2);
    expect(witness.story.at(-1)).toBe('ack 2');
  });

  test('may also be one that cannot be opened', async () => {
    const { join, log } = createTestRelay();
    log.openWorkspace = () => Promise.reject(new Error('no such disk'));
    expect((await join()).closedWith?.code).toBe(1011);
    expect((await join()).closedWith?.code).toBe(1011);
  });
});
