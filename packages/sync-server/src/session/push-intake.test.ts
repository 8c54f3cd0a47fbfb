import { describe, expect, test } from 'vitest';
import { batch, change, site } from '../testing/test-batches.ts';
import { token, WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

const VIEWER = token({ user: 'vera', roles: { [WORKSPACE]: 'viewer' } });

describe('a viewer', () => {
  test('may read, and is told that it may not write', async () => {
    const { join } = createTestRelay();
    const author = await join();
    await author.push(0, 1);
    const viewer = await join({ token: VIEWER, siteId: site(2) });
    await viewer.push(0, 7, { changes: [change({ siteId: site(2), dbVersion: 7 })] });
    expect(viewer.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1', 'reject read_only']);
    expect(viewer.last('reject')).toMatchObject({ code: 'read_only', toVersion: 7n, retryAfterMs: 0 });
    expect(author.story.at(-1)).toBe('ack 1');
  });

  test('gets one answer for a version in fragments', async () => {
    const { join, settle } = createTestRelay();
    const viewer = await join({ token: VIEWER });
    for (const index of [0, 1, 2]) viewer.pushBytes(batch(0, 1, { fragment: { index, count: 3 } }));
    await settle();
    expect(viewer.story.slice(2)).toEqual(['reject read_only']);
  });
});

describe('the chain of pushes', () => {
  test('may begin anywhere and goes on where the last push ended', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.push(41, 45);
    await client.push(45, 50);
    expect(client.story.slice(2)).toEqual(['ack 1', 'ack 2']);
  });

  test('does not take a push that leaves something out', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.push(0, 5);
    await client.push(6, 7);
    expect(client.last('reject')).toMatchObject({ code: 'version_hole', toVersion: 7n });
    await client.push(5, 7);
    expect(client.story.slice(2)).toEqual(['ack 1', 'reject version_hole', 'ack 2']);
  });

  test('does not take what was pushed behind a refused push', async () => {
    const { join, settle, pass } = createTestRelay({ limits: { userChangeRate: { perSecond: 1, burst: 1 } } });
    const client = await join();
    for (const version of [0, 1, 2]) client.pushBytes(batch(version, version + 1));
    await settle();
    expect(client.story.slice(2)).toEqual(['ack 1', 'reject rate_limited', 'reject rate_limited']);
    await pass(1_000);
    await client.push(2, 3);
    expect(client.story.at(-1)).toBe('reject version_hole');
    await client.push(1, 2);
    expect(client.story.at(-1)).toBe('ack 2');
  });

  test('does not begin behind a push that was refused as the first', async () => {
    const { join, settle, log } = createTestRelay({ limits: { maxPendingBytes: 10 } });
    const client = await join();
    client.pushBytes(batch(0, 1));
    client.pushBytes(batch(1, 2));
    await settle();
    expect(client.story.slice(2)).toEqual(['reject busy', 'reject version_hole']);
    expect(log.transactions).toEqual([]);
  });

  test('takes again what was sent before, and stores it again', async () => {
    const { join } = createTestRelay();
    const first = await join();
    await first.push(0, 5);
    first.lose();
    const again = await join();
    const other = await join({ siteId: site(2) });
    await again.push(0, 3);
    expect(other.last('deliver')?.entries[0]).toMatchObject({ seq: 2n, knownVersion: 5n });
    again.lose();
    expect((await join()).last('welcome')).toMatchObject({ ackedVersion: 5n, ackedSeq: 1n });
  });
});

describe('a version in fragments', () => {
  const fragments = (count: number, rest: Parameters<typeof batch>[2] = {}): Uint8Array[] =>
    Array.from({ length: count }, (_, index) => batch(0, 1, { ...rest, fragment: { index, count } }));

  test('is stored at once, as consecutive entries, when it is complete', async () => {
    const { join, settle, log } = createTestRelay();
    const client = await join();
    const [first, second, third] = fragments(3);
    client.pushBytes(first!);
    await settle();
    client.pushBytes(second!);
    await settle();
    expect(log.transactions).toEqual([]);
    client.pushBytes(third!);
    await settle();
    expect(log.transactions).toHaveLength(1);
    expect(log.transactions[0]![0]!.payloads).toEqual([first, second, third]);
    expect(client.last('ack')).toMatchObject({ toVersion: 1n, seq: 3n });
  });

  test('known versions are those before its first fragment', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    const other = await join({ siteId: site(2) });
    for (const fragment of fragments(3)) client.pushBytes(fragment);
    await settle();
    expect(other.last('deliver')?.entries.map(({ knownVersion }) => knownVersion)).toEqual([0n, 0n, 0n]);
  });

  test.each([
    ['that does not begin with the first', [1]],
    ['with one left out', [0, 2]],
    ['with one twice', [0, 0]],
    ['that goes backwards', [0, 1, 0]],
  ])('%s is malformed', async (_, indices) => {
    const { join } = createTestRelay();
    const client = await join();
    for (const index of indices) client.pushBytes(batch(0, 1, { fragment: { index, count: 3 } }));
    expect(client.closedWith?.code).toBe(4400);
  });

  test.each([
    ['another version', batch(0, 2, { fragment: { index: 1, count: 3 } })],
    ['another beginning', batch(0, 1, { fragment: { index: 1, count: 4 } })],
    ['another base', batch(0, 1, { base: 0, fragment: { index: 1, count: 3 } })],
    ['a push between them', batch(1, 2)],
  ])('does not go on with %s', async (_, second) => {
    const { join } = createTestRelay();
    const client = await join();
    client.pushBytes(fragments(3)[0]!);
    client.pushBytes(second);
    expect(client.closedWith?.code).toBe(4400);
  });

  test('may be interrupted by other frames', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    const [first, second] = fragments(2);
    client.pushBytes(first!);
    client.send({ case: 'ping', value: { id: 7 } });
    client.pushBytes(second!);
    await settle();
    expect(client.story.slice(2)).toEqual(['pong', 'deliver (1)', 'ack 2']);
  });

  test('may have only so many bytes', async () => {
    const [first, second] = fragments(2);
    const { join } = createTestRelay({ limits: { maxVersionBytes: first!.length + second!.length - 1 } });
    const client = await join();
    client.pushBytes(first!);
    expect(client.closedWith).toBeUndefined();
    client.pushBytes(second!);
    expect(client.closedWith?.code).toBe(4422);
    expect(client.closedWith?.reason).toContain('a version is larger than');
  });

  test('is refused with one answer when memory is short, and room is free again afterwards', async () => {
    const [first, second, third] = fragments(3);
    const limits = { maxPendingBytes: first!.length + second!.length, busyRetryMs: 700 };
    const { join, settle, relay } = createTestRelay({ limits });
    const client = await join();
    for (const fragment of [first!, second!, third!]) client.pushBytes(fragment);
    expect(client.last('reject')).toMatchObject({ code: 'busy', toVersion: 1n, retryAfterMs: 700 });
    expect((await relay.metrics()).pendingBytes).toBe(0);
    client.pushBytes(batch(0, 1));
    await settle();
    expect(client.story.slice(2)).toEqual(['reject busy', 'ack 1']);
  });

  test('passes over what follows a fragment that was refused', async () => {
    const [first, second, third, fourth] = fragments(4);
    const { join, settle, log } = createTestRelay({ limits: { maxPendingBytes: first!.length } });
    const client = await join();
    for (const fragment of [first!, second!, third!, fourth!]) client.pushBytes(fragment);
    await settle();
    expect(client.story.slice(2)).toEqual(['reject busy']);
    expect(client.closedWith).toBeUndefined();
    expect(log.transactions).toEqual([]);
  });

  test('gives its memory back when the connection ends in the middle', async () => {
    const { join, relay } = createTestRelay();
    const client = await join();
    client.pushBytes(fragments(2)[0]!);
    expect((await relay.metrics()).pendingBytes).toBeGreaterThan(0);
    client.lose();
    expect((await relay.metrics()).pendingBytes).toBe(0);
  });

  test('shares its memory with everybody', async () => {
    const [first] = fragments(2);
    const { join } = createTestRelay({ limits: { maxPendingBytes: first!.length * 1.5 } });
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    ann.pushBytes(first!);
    bob.pushBytes(first!);
    expect(bob.last('reject')?.code).toBe('busy');
    ann.lose();
    bob.pushBytes(first!);
    expect(bob.all('reject')).toHaveLength(1);
  });

  test('has so many fragments at most', async () => {
    const { join } = createTestRelay();
    const client = await join();
    client.pushBytes(batch(0, 1, { fragment: { index: 0, count: 10_001 } }));
    expect(client.closedWith).toEqual({ code: 4422, reason: 'a version in 10001 fragments, more than 10000' });
  });

  test('of one fragment is a version like any other', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.pushBytes(fragments(1)[0]!);
    await settle();
    expect(client.story.slice(2)).toEqual(['ack 1']);
  });

  test('is not stopped half-way by a rate', async () => {
    const { join, settle } = createTestRelay({ limits: { userByteRate: { perSecond: 1, burst: 1 } } });
    const client = await join();
    for (const fragment of fragments(3)) client.pushBytes(fragment);
    client.pushBytes(batch(1, 2));
    await settle();
    expect(client.story.slice(2)).toEqual(['deliver (1),(2)', 'ack 3', 'reject rate_limited']);
  });

  test('is stopped half-way when its author becomes a viewer', async () => {
    const { join, settle } = createTestRelay();
    const client = await join({ token: token({ user: 'vera' }) });
    const [first, second] = fragments(2);
    client.pushBytes(first!);
    client.send({ case: 'renew', value: { token: VIEWER } });
    await settle();
    client.pushBytes(second!);
    await settle();
    expect(client.story.slice(2)).toEqual(['reject read_only']);
  });
});

describe('rates', () => {
  test('of frames: a push is refused with the time to wait, and nothing is stored', async () => {
    const { join, settle, pass } = createTestRelay({ limits: { frameRate: { perSecond: 2, burst: 2 } } });
    const client = await join();
    for (const version of [0, 1, 2]) client.pushBytes(batch(version, version + 1));
    await settle();
    expect(client.story.slice(2)).toEqual(['ack 1', 'ack 2', 'reject rate_limited']);
    expect(client.last('reject')).toMatchObject({ toVersion: 3n, retryAfterMs: 500 });
    await pass(500);
    await client.push(2, 3);
    expect(client.story.at(-1)).toBe('ack 3');
  });

  test('of frames: pings and presences are dropped, and a renewal is told to wait', async () => {
    const { join, settle } = createTestRelay({ limits: { frameRate: { perSecond: 1, burst: 1 } } });
    const other = await join({ siteId: site(2) });
    const client = await join();
    client.send({ case: 'ping', value: { id: 1 } });
    client.send({ case: 'ping', value: { id: 2 } });
    client.send({ case: 'presence', value: { state: Uint8Array.of(1) } });
    client.send({ case: 'renew', value: { token: token() } });
    await settle();
    expect(client.story.slice(2)).toEqual(['pong', 'reject rate_limited']);
    expect(client.last('reject')).toMatchObject({ toVersion: 0n });
    expect(other.all('presence')).toEqual([]);
  });

  test('of bytes and changes are shared by the connections of a user', async () => {
    const { join } = createTestRelay({ limits: { userChangeRate: { perSecond: 10, burst: 1 } } });
    const laptop = await join();
    const phone = await join({ siteId: site(2) });
    const stranger = await join({ siteId: site(3), token: token({ user: 'bob' }) });
    await laptop.push(0, 1);
    await phone.push(0, 1);
    await stranger.push(0, 1);
    expect(phone.last('reject')).toMatchObject({ code: 'rate_limited', retryAfterMs: 100 });
    expect(stranger.all('ack')).toHaveLength(1);
  });
});

describe('a flood of refused pushes', () => {
  test('is counted in full and logged once a second', async () => {
    const { join, relay, lines, pass } = createTestRelay();
    const client = await join({ token: VIEWER });
    for (let version = 0; version < 50; version++) client.pushBytes(batch(version, version + 1));
    await pass(1_000);
    client.pushBytes(batch(50, 51));
    expect((await relay.metrics()).refusals).toEqual({ read_only: 51 });
    expect(lines.filter(({ code }) => code === 'read_only')).toHaveLength(2);
  });
});

describe('answers', () => {
  test('come in the order of the pushes', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.pushBytes(batch(0, 1));
    client.pushBytes(batch(5, 6));
    client.pushBytes(batch(1, 2));
    await settle();
    expect(client.story.slice(2)).toEqual(['ack 1', 'ack 2', 'reject version_hole']);
  });
});
