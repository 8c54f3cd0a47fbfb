/** What a session does when time passes. */
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { batch, change, site } from '../testing/test-batches.ts';
import { token, WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

describe('a connection without a Hello', () => {
  test('is closed after a while', async () => {
    const { connect, pass } = createTestRelay();
    const client = connect();
    await pass(9_900);
    expect(client.closedWith).toBeUndefined();
    await pass(1_200);
    expect(client.closedWith).toEqual({ code: 4408, reason: 'no Hello came in time' });
  });

  test('is closed as well when its token is never done being checked', async () => {
    const { join, pass } = createTestRelay({ authenticate: () => new Promise(() => {}) });
    const client = await join();
    await pass(12_000);
    expect(client.closedWith?.code).toBe(1011);
  });
});

describe('the heartbeat', () => {
  test('asks whoever is silent, and hangs up when nothing comes', async () => {
    const { join, pass, relay } = createTestRelay();
    const client = await join();
    await pass(29_000);
    expect(client.all('ping')).toEqual([]);
    await pass(3_000);
    expect(client.all('ping')).toHaveLength(1);
    await pass(27_000);
    expect(client.all('ping')).toHaveLength(1);
    expect(client.closedWith).toBeUndefined();
    await pass(3_000);
    expect(client.closedWith).toEqual({ code: 1000, reason: 'no answer' });
    expect((await relay.metrics()).sessions.live).toBe(0);
  });

  test('is content with any frame', async () => {
    const { join, pass } = createTestRelay();
    const client = await join();
    for (let minute = 0; minute < 5; minute++) {
      await pass(50_000);
      client.send({ case: 'pong', value: { id: client.last('ping')!.id } });
    }
    expect(client.closedWith).toBeUndefined();
    expect(client.all('ping')).toHaveLength(5);
  });

  test('answers a Ping with the head of the log', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.push(0, 1);
    client.send({ case: 'ping', value: { id: 42 } });
    expect(client.last('pong')).toMatchObject({ id: 42, head: 1n });
  });
});

describe('a token', () => {
  const lasting = (ms: number, rest: Parameters<typeof token>[0] = {}): string =>
    token({ ...rest, expiresAt: FakeClock.START + ms });

  test('that expires ends the session, a tolerance later', async () => {
    const { join, pass } = createTestRelay({ limits: { tokenToleranceMs: 3_000 } });
    const client = await join({ token: lasting(10_000) });
    await pass(12_500);
    expect(client.closedWith).toBeUndefined();
    await pass(2_000);
    expect(client.closedWith?.code).toBe(4405);
  });

  test('can be renewed', async () => {
    const { join, pass } = createTestRelay();
    const client = await join({ token: lasting(10_000) });
    await pass(9_000);
    client.send({ case: 'renew', value: { token: lasting(25_000) } });
    await pass(16_500);
    expect(client.closedWith).toBeUndefined();
    await pass(6_000);
    expect(client.closedWith?.code).toBe(4405);
  });

  test('of another user renews nothing', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.send({ case: 'renew', value: { token: token({ user: 'bob' }) } });
    await settle();
    expect(client.closedWith).toEqual({ code: 4401, reason: 'the token is of another user' });
  });

  test('that is no good ends the session', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.send({ case: 'renew', value: { token: 'forged' } });
    await settle();
    expect(client.closedWith?.code).toBe(4401);
  });

  test('without this workspace ends the session', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.send({ case: 'renew', value: { token: token({ roles: {} }) } });
    await settle();
    expect(client.closedWith?.code).toBe(4403);
  });

  test('with another role changes at once what its session may do', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    await client.push(0, 1);
    client.send({ case: 'renew', value: { token: token({ roles: { [WORKSPACE]: 'viewer' } }) } });
    await settle();
    await client.push(1, 2);
    client.send({ case: 'renew', value: { token: token({ roles: { [WORKSPACE]: 'owner' } }) } });
    await settle();
    await client.push(1, 2);
    expect(client.story.slice(2)).toEqual(['ack 1', 'reject read_only', 'ack 2']);
  });

  test('is checked one at a time', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.send({ case: 'renew', value: { token: token() } });
    client.send({ case: 'renew', value: { token: token() } });
    await settle();
    expect(client.story.slice(2)).toEqual(['reject busy']);
    expect(client.last('reject')).toMatchObject({ toVersion: 0n });
  });
});

describe('a reader that gets entries and never says that it dealt with them', () => {
  test('gets no more than a window of them until it does', async () => {
    const { join, relay } = createTestRelay({ limits: { deliveryWindowBytes: 200 } });
    const author = await join();
    const reader = await join({ siteId: site(2) });
    reader.answers = false;
    for (let version = 0; version < 20; version++) await author.push(version, version + 1);
    const delivered = reader.all('deliver').length;
    expect(delivered * batch(0, 1).length).toBeGreaterThanOrEqual(200);
    expect(delivered).toBeLessThan(10);
    expect((await relay.metrics()).cutOvers).toBe(1);

    reader.answers = true;
    reader.answer(BigInt(delivered));
    await author.push(20, 21, { changes: [change({ dbVersion: 21 })] });
    expect(reader.story.at(-2)).toBe('caughtUp 20');
    expect(reader.story.at(-1)).toBe('deliver 21');
  });
});
