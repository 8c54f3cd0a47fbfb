/** What happens when a log was lost, or restored from a copy, and nobody said so. */
import path from 'node:path';
import { copyFileSync, mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { batch, change, site } from '../testing/test-batches.ts';
import { token, WORKSPACE, type TestClient } from '../testing/test-client.ts';
import { createTestRelay, type TestRelay } from '../testing/test-relay.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

/** Where a client is after its last entry, to say Hello with. */
function positionOf(client: TestClient) {
  const { epoch } = client.last('welcome')!;
  const { seq, mark } = client.last('ack')!;
  return { epoch, cursor: seq, mark };
}

/** A relay with three entries of site 1, a copy of its log after the first, and where site 1 was after the third. */
async function restored(options?: Parameters<typeof createTestRelay>[0]) {
  const file = path.join(temporaryDirectory(), 'log.db');
  const copy = path.join(temporaryDirectory(), 'copy', 'log.db');
  const original = createTestRelay({ ...options, log: openSqliteLog({ path: file }) });
  const author = await original.join();
  await author.push(0, 1);
  const early = positionOf(author);
  mkdirSync(path.dirname(copy));
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
  await author.push(1, 2);
  await author.push(2, 3);
  const relay = createTestRelay({ ...options, log: openSqliteLog({ path: copy }) });
  return { relay, early, late: positionOf(author) };
}

describe('an epoch', () => {
  test('is the same after a restart, and the stream goes on at the cursor', async () => {
    const log = openSqliteLog({ path: path.join(temporaryDirectory(), 'log.db') });
    const before = createTestRelay({ log });
    const author = await before.join();
    await author.push(0, 1);
    const after = createTestRelay({ log });
    const again = await after.join(positionOf(author));
    expect(again.last('welcome')?.epoch).toBe(author.last('welcome')!.epoch);
    expect(again.story).toEqual(['welcome', 'caughtUp 1']);
  });

  test('is not asked about while a client has never pulled', async () => {
    const { join } = createTestRelay();
    await (await join({ siteId: site(2) })).push(0, 1);
    const fresh = await join({ epoch: '', cursor: 0n });
    expect(fresh.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1']);
  });

  test('of another life makes the stream begin at the first entry', async () => {
    const { join } = createTestRelay();
    await (await join({ siteId: site(2) })).push(0, 1);
    const client = await join({ epoch: 'another life', cursor: 77n, mark: 5 });
    expect(client.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1', 'refill']);
  });
});

describe('a cursor that the log does not have', () => {
  test('begins a new epoch, from the first entry, in which nothing is known of any site', async () => {
    const { relay, late } = await restored();
    const client = await relay.join(late);
    const welcome = client.last('welcome')!;
    expect(welcome.epoch).not.toBe(late.epoch);
    expect(welcome).toMatchObject({ head: 1n, ackedVersion: 0n, ackedSeq: 0n });
    expect(client.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1', 'refill']);
    expect(relay.lines.find(({ level }) => level === 'warn')).toMatchObject({ workspace: WORKSPACE, cursor: 3 });
  });

  test('is noticed by the mark, when the log has grown again meanwhile', async () => {
    const { relay, late } = await restored();
    const other = await relay.join({ siteId: site(2) });
    for (const version of [0, 1, 2]) await other.push(version, version + 1);
    const client = await relay.join(late);
    expect(client.last('welcome')?.epoch).not.toBe(late.epoch);
    expect(client.story).toEqual(['welcome', 'deliver 1', 'deliver 2,3,4', 'caughtUp 4', 'refill']);
  });

  test('is not one that the copy still had', async () => {
    const { relay, early } = await restored();
    const client = await relay.join(early);
    expect(client.last('welcome')?.epoch).toBe(early.epoch);
    expect(client.story).toEqual(['welcome', 'caughtUp 1']);
  });

  test('sends everybody else of the workspace away, and nobody of others', async () => {
    const { relay, late, early } = await restored();
    const other = await relay.join({ ...early, siteId: site(2) });
    const roles = { elsewhere: 'editor' } as const;
    const stranger = await relay.join({ token: token({ roles }), workspaceId: 'elsewhere', siteId: site(3) });
    const client = await relay.join(late);
    expect(other.closedWith?.code).toBe(4410);
    expect(stranger.closedWith).toBeUndefined();
    expect(client.closedWith).toBeUndefined();
    await client.push(0, 1);
    expect(client.last('ack')).toMatchObject({ seq: 2n });
  });

  test('is a lie where the workspace has come into being under this very relay', async () => {
    const { join, lines } = createTestRelay();
    const honest = await join();
    await honest.push(0, 1);
    const { epoch, mark } = positionOf(honest);
    for (const lie of [
      { cursor: 2n, mark },
      { cursor: 1n, mark: mark + 1 },
      { cursor: 2n ** 64n - 1n, mark: 5 },
    ]) {
      const liar = await join({ siteId: site(2), epoch, ...lie });
      expect(liar.closedWith?.code).toBe(4400);
    }
    expect(honest.closedWith).toBeUndefined();
    expect((await join({ siteId: site(3) })).last('welcome')?.epoch).toBe(epoch);
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('is believed once in a run of the relay, also when everybody has left meanwhile', async () => {
    const { relay, late } = await restored();
    const finder = await relay.join(late);
    const { epoch } = finder.last('welcome')!;
    finder.lose();
    await relay.settle();
    const liar = await relay.join({ siteId: site(2), epoch, cursor: 99n, mark: 5 });
    expect(liar.closedWith?.code).toBe(4400);
    expect((await relay.join({ siteId: site(3) })).last('welcome')?.epoch).toBe(epoch);
  });

  test('begins one epoch, however many find out at once', async () => {
    const { relay, late } = await restored();
    const clients = [relay.connect(), relay.connect()];
    await Promise.all(clients.map((client, index) => client.hello({ ...late, siteId: site(index + 1) })));
    const epochs = clients.map((client) => client.last('welcome')?.epoch);
    expect(epochs[0]).toBe(epochs[1]);
    expect(clients.map(({ closedWith }) => closedWith)).toEqual([undefined, undefined]);
  });

  test('leaves out what was pushed in the old epoch and is not stored yet', async () => {
    const { relay, late, early } = await restored();
    const other = await relay.join({ ...early, siteId: site(2) });
    let beginEpoch = (): void => {};
    relay.log.epochGate = new Promise((resolve) => (beginEpoch = resolve));
    const client = await relay.connect().hello(late);
    let store = (): void => {};
    relay.log.gate = new Promise((resolve) => (store = resolve));
    other.pushBytes(batch(0, 1));
    await relay.settle();
    other.pushBytes(batch(1, 2));
    beginEpoch();
    await relay.settle();
    expect(other.closedWith?.code).toBe(4410);
    store();
    await relay.settle();
    expect(relay.log.transactions.flat().map(({ toVersion }) => toVersion)).toEqual([1]);
    expect((await relay.relay.metrics()).pendingBytes).toBe(0);
    expect(client.story).toContain('welcome');
  });

  test('is a matter of the room even when the client leaves before the answer', async () => {
    const { relay, late } = await restored();
    const client = relay.connect();
    const welcomed = client.hello(late);
    client.lose();
    await welcomed;
    const next = await relay.join({ siteId: site(2) });
    expect(next.story).toContain('welcome');
    expect((await relay.relay.metrics()).rooms).toBe(1);
  });

  test('lasts: the next restart knows the new epoch', async () => {
    const { relay, late } = await restored();
    const epoch = (await relay.join(late)).last('welcome')!.epoch;
    const again = createTestRelay({ log: relay.log });
    expect((await again.join({ siteId: site(2) })).last('welcome')?.epoch).toBe(epoch);
  });
});

describe('refilling', () => {
  const anotherLife = (number: number) => ({ siteId: site(number), epoch: `life ${number}`, cursor: 9n, mark: 1 });
  const refill = (toVersion = 5): Uint8Array =>
    batch(0, toVersion, { refill: true, changes: [change({ siteId: site(77), dbVersion: 3 })] });

  test('is for one client at a time', async () => {
    const { join, settle } = createTestRelay();
    const clients: TestClient[] = [];
    for (const number of [1, 2, 3]) clients.push(await join(anotherLife(number)));
    const turns = (): boolean[] => clients.map(({ story }) => story.includes('refill'));
    expect(turns()).toEqual([true, false, false]);
    clients[0]!.send({ case: 'refilled', value: {} });
    expect(turns()).toEqual([true, true, false]);
    clients[1]!.lose();
    await settle();
    expect(turns()).toEqual([true, true, true]);
  });

  test('does not wait for a client that left the queue', async () => {
    const { join } = createTestRelay();
    const [first, second, third] = [await join(anotherLife(1)), await join(anotherLife(2)), await join(anotherLife(3))];
    second.lose();
    first.send({ case: 'refilled', value: {} });
    expect(third.story).toContain('refill');
  });

  test('passes the turn on when a client says nothing for long', async () => {
    const { join, pass } = createTestRelay({ limits: { heartbeatMs: 1_000_000 } });
    const [first, second] = [await join(anotherLife(1)), await join(anotherLife(2))];
    await pass(50_000);
    first.pushBytes(refill());
    await pass(50_000);
    expect(second.story).not.toContain('refill');
    await pass(12_000);
    expect(second.story).toContain('refill');
    second.send({ case: 'refilled', value: {} });
    expect(first.story.filter((word) => word === 'refill')).toHaveLength(2);
  });

  test('takes changes of any site, and says nothing about versions', async () => {
    const { join, settle } = createTestRelay();
    const client = await join(anotherLife(1));
    const other = await join({ siteId: site(2) });
    await client.push(7, 8);
    client.pushBytes(refill());
    await settle();
    await client.push(8, 9);
    expect(client.story.slice(3)).toEqual(['ack 1', 'ack 2', 'ack 3']);
    expect(client.all('ack').map(({ toVersion }) => toVersion)).toEqual([8n, 0n, 9n]);
    const known = other.all('deliver').flatMap(({ entries }) => entries.map(({ knownVersion }) => knownVersion));
    expect(known).toEqual([0n, 0n, 8n]);
  });

  test('is refused out of turn, and the session goes on', async () => {
    const { join, settle } = createTestRelay();
    const client = await join();
    client.pushBytes(refill());
    await settle();
    expect(client.last('reject')).toMatchObject({ code: 'busy', toVersion: 5n });
    await client.push(0, 1);
    expect(client.story.at(-1)).toBe('ack 1');
  });

  test('checks each change like any other', async () => {
    const { join } = createTestRelay();
    const client = await join(anotherLife(1));
    client.pushBytes(batch(0, 5, { refill: true, changes: [change({ colVersion: 2 ** 31, siteId: site(7) })] }));
    expect(client.closedWith?.code).toBe(4422);
  });

  test('takes no change of a site of zeros', async () => {
    const { join } = createTestRelay();
    const client = await join(anotherLife(1));
    client.pushBytes(batch(0, 5, { refill: true, changes: [change({ siteId: new Uint8Array(16) })] }));
    expect(client.closedWith?.reason).toContain('has a site id of zeros');
  });

  test('is offered to a client of this life that says it has something', async () => {
    const { join } = createTestRelay();
    const client = await join({ wantsRefill: true });
    expect(client.story).toEqual(['welcome', 'caughtUp 0', 'refill']);
  });

  test('is not offered to a viewer, nor before everything was delivered', async () => {
    const { join, connect } = createTestRelay();
    const viewer = await join({ ...anotherLife(1), token: token({ roles: { [WORKSPACE]: 'viewer' } }) });
    expect(viewer.story).toEqual(['welcome', 'caughtUp 0']);
    await (await join({ siteId: site(9) })).push(0, 1);
    const slow = connect();
    slow.connection.stopReading();
    await slow.hello(anotherLife(2));
    slow.connection.goOnReading();
    expect(slow.story.indexOf('refill')).toBeGreaterThan(slow.story.indexOf('caughtUp 1'));
  });

  test('ends when its client becomes a viewer', async () => {
    const { join, settle } = createTestRelay();
    const [first, second] = [await join(anotherLife(1)), await join(anotherLife(2))];
    first.send({ case: 'renew', value: { token: token({ roles: { [WORKSPACE]: 'viewer' } }) } });
    await settle();
    expect(second.story).toContain('refill');
  });

  test('may be in fragments', async () => {
    const { join, settle } = createTestRelay();
    const client = await join(anotherLife(1));
    const changes = [change({ siteId: site(77), dbVersion: 3 })];
    for (const index of [0, 1]) client.pushBytes(batch(0, 5, { refill: true, changes, fragment: { index, count: 2 } }));
    await settle();
    expect(client.last('ack')).toMatchObject({ toVersion: 0n, seq: 2n });
  });
});

function expectNoOneWaiting({ clock }: TestRelay): void {
  expect(clock.hasDeferred).toBe(false);
}

test('a relay that nobody is connected to has no timer and no work', async () => {
  const relay = createTestRelay();
  const client = await relay.join();
  expect(relay.clock.timerCount).toBe(1);
  client.lose();
  await relay.pass(1_000);
  expect(relay.clock.timerCount).toBe(0);
  expectNoOneWaiting(relay);
});
