import { PROTOCOL_ERRORS } from '@tributary/sync/protocol';
import { BATTERY_SAVER, SyncMonitor, type PresentPeer, type SyncStatus } from '@tributary/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { World } from './world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.close());

describe('two devices', () => {
  test('see each other’s edits, old and new, and say that they are in sync', async () => {
    const [one, other] = [world.device(), world.device()];
    one.set('a', 'before anybody was connected');
    one.client.connect();
    other.client.connect();
    await world.settle();
    other.set('b', 'live');
    await world.settle();
    expect(one.titles).toEqual({ a: 'before anybody was connected', b: 'live' });
    expect(other.titles).toEqual(one.titles);
    expect([one.client.status.state, other.client.status.state]).toEqual(['synced', 'synced']);
  });

  test('keep what lost when both changed one cell unseen, in one row for both, and leave timestamps out', async () => {
    const [one, other] = [world.device(), world.device()];
    one.set('a', 'first');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    for (const { client } of [one, other]) client.disconnect();
    one.set('a', 'from one');
    other.set('a', 'from the other');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    expect(one.titles).toEqual(other.titles);
    expect(one.conflicts()).toEqual(other.conflicts());
    expect(one.conflicts()).toMatchObject([{ kind: 'overwrite', table_name: 'items', column_name: 'title' }]);
    const lost = one.titles['a'] === 'from one' ? 'from the other' : 'from one';
    expect(one.conflicts()[0]).toMatchObject({ losing_value: JSON.stringify(lost) });
  });

  test('have no conflict when one had seen the other’s edit, or both wrote the same', async () => {
    const [one, other] = [world.device(), world.device()];
    for (const { client } of [one, other]) client.connect();
    one.set('a', 'first');
    await world.settle();
    other.set('a', 'second');
    await world.settle();
    for (const { client } of [one, other]) client.disconnect();
    one.set('a', 'the same');
    other.set('a', 'the same');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    expect([one.conflicts(), other.conflicts()]).toEqual([[], []]);
  });

  test('keep an edit whose row the other deleted meanwhile', async () => {
    const [one, other] = [world.device(), world.device()];
    one.set('a', 'first');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    for (const { client } of [one, other]) client.disconnect();
    one.remove('a');
    other.set('a', 'worth keeping');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    expect([one.titles, other.titles]).toEqual([{}, {}]);
    expect(one.conflicts()).toMatchObject([{ kind: 'delete', losing_value: '"worth keeping"' }]);
    expect(other.conflicts()).toEqual(one.conflicts());
  });
});

describe('the status', () => {
  test('is paused, offline, syncing and synced, each while it is true', async () => {
    const { client, states, set } = bound(world.device());
    expect(client.status).toMatchObject({ state: 'paused', pendingOut: 0, pendingIn: 0 });
    client.connect();
    await world.settle();
    expect(states).toEqual(['offline', 'syncing', 'synced']);
    set('a', 'x');
    expect(client.status).toMatchObject({ state: 'syncing', pendingOut: 2 });
    await world.settle();
    expect(client.status).toMatchObject({ state: 'synced', pendingOut: 0, role: 'editor' });
    expect(client.status.lastSyncedAt).toBeGreaterThan(0);
    expect(client.status.latencyMs).toBeGreaterThan(0);
    world.goDown();
    await world.settle(100);
    set('a', 'y');
    expect(client.status).toMatchObject({ state: 'offline', pendingOut: 2 });
    client.disconnect();
    expect(client.status).toMatchObject({ state: 'paused', pendingOut: 2 });
  });

  test('is not synced at any moment between an edit and its acknowledgement', async () => {
    const { client, set } = bound(world.device());
    client.connect();
    await world.settle();
    const told: SyncStatus[] = [];
    client.onStatus((status) => told.push(status));
    set('a', 'x');
    const version = client.receipt(1);
    expect(version).toBe('local');
    while (client.receipt(1) === 'local') {
      expect(client.status.state).toBe('syncing');
      await world.clock.advanceAsync(1);
    }
    await world.settle();
    expect(told.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])).toEqual([
      'syncing',
      'synced',
    ]);
  });

  test('notices within three heartbeats that a line has died silently, and comes back by itself', async () => {
    const { client, states } = bound(world.device());
    client.connect();
    await world.settle();
    for (const link of world.network.links) link.freeze();
    await world.settle(90_000);
    expect(states).toEqual(['offline', 'syncing', 'synced', 'offline', 'syncing', 'synced']);
  });
});

describe('a receipt', () => {
  test('says how far an edit has got: here, on the relay, in PostgreSQL', async () => {
    const { client, replica, set } = bound(world.device());
    set('a', 'x');
    const version = replica.dbVersion;
    expect(client.receipt(version)).toBe('local');
    client.connect();
    await world.settle();
    expect(client.receipt(version)).toBe('relay');
    world.relay.announceProjected('shared', 1);
    await world.settle();
    expect(client.receipt(version)).toBe('cloud');
  });

  test('is not that of an edit that waits, where the version came from others while one did', async () => {
    const [one, other] = [world.device(), world.device()];
    other.set('a', 'theirs');
    other.client.connect();
    await world.settle();
    one.set('b', 'mine');
    one.client.connect();
    await world.settle();
    expect(one.titles).toEqual({ a: 'theirs', b: 'mine' });
    expect(one.client.status).toMatchObject({ state: 'synced', pendingOut: 0 });
    expect(one.client.receipt(one.replica.latestVersion)).toBe('relay');
    world.relay.announceProjected('shared', 2);
    await world.settle();
    expect(one.client.receipt(one.replica.latestVersion)).toBe('cloud');
    one.client.disconnect();
    one.set('b', 'mine again');
    expect(one.client.receipt(one.replica.latestVersion)).toBe('local');
  });
});

describe('sync()', () => {
  test('resolves once everything is there, with how much that was', async () => {
    const [one, other] = [world.device(), world.device()];
    one.set('a', 'x');
    const first = one.client.sync();
    await world.settle();
    expect(await first).toEqual({ pulled: 0, pushed: 1 });
    const second = other.client.sync();
    await world.settle();
    expect(await second).toEqual({ pulled: 2, pushed: 0 });
  });

  test('asks the relay anew when it is in sync already', async () => {
    const { client } = bound(world.device());
    client.connect();
    await world.settle();
    let isDone = false;
    const done = client.sync().then(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    await world.settle();
    await done;
    expect(isDone).toBe(true);
  });

  test('is refused while the relay cannot be reached, and when the client is disconnected', async () => {
    const { client } = bound(world.device());
    world.goDown();
    const unreachable = client.sync().catch((error: unknown) => error);
    await world.settle(20_000);
    expect(await unreachable).toMatchObject({ name: 'SyncError', code: 'offline' });
    const ended = client.sync().catch((error: unknown) => error);
    client.disconnect();
    expect(await ended).toMatchObject({ code: 'closed' });
  });
});

describe('when it may not', () => {
  test('a viewer sees everything, keeps edits here, and is told why', async () => {
    const [viewer, editor] = [world.device({ token: 'vic:viewer' }), world.device()];
    for (const { client } of [viewer, editor]) client.connect();
    await world.settle();
    expect(viewer.client.status).toMatchObject({ state: 'synced', role: 'viewer' });
    viewer.set('a', 'mine');
    editor.set('b', 'everybody’s');
    await world.settle();
    expect(viewer.client.status).toMatchObject({ state: 'blocked', pendingOut: 2 });
    expect(viewer.client.status.reason).toContain('not change');
    expect(viewer.titles).toEqual({ a: 'mine', b: 'everybody’s' });
    expect(editor.titles).toEqual({ b: 'everybody’s' });
  });

  test('a token without access, or none at all, blocks until there is another, and nothing is lost', async () => {
    const { client, set } = bound(world.device({ token: 'ned:nobody' }));
    set('a', 'x');
    client.connect();
    await world.settle();
    expect(client.status).toMatchObject({ state: 'blocked', pendingOut: 2 });
    client.setToken('nonsense');
    await world.settle();
    expect(client.status.state).toBe('blocked');
    client.setToken('ned:editor');
    await world.settle();
    expect(client.status).toMatchObject({ state: 'synced', pendingOut: 0 });
  });

  test('a token from a function is asked for again after a refusal', async () => {
    const tokens = ['nonsense', 'nonsense', 'ann:editor'];
    const { client } = bound(world.device({ token: () => tokens.shift() ?? 'ann:editor' }));
    client.connect();
    await world.settle(60_000);
    expect(client.status.state).toBe('synced');
    expect(tokens).toEqual([]);
  });

  test('a token that never comes is not waited for without end', async () => {
    const answers: (() => Promise<string>)[] = [() => new Promise(() => {}), async () => 'ann:editor'];
    const { client } = bound(world.device({ token: () => answers.shift()?.() ?? 'ann:editor' }));
    client.connect();
    await world.settle(29_000);
    expect(client.status.state).toBe('offline');
    await world.settle(10_000);
    expect(client.status.state).toBe('synced');
  });

  test('a value too large for the relay stops what is behind it, says so, and goes on once it is gone', async () => {
    await world.close();
    world = new World({ maxValueBytes: 1_000 });
    const [one, other] = [world.device(), world.device()];
    for (const { client } of [one, other]) client.connect();
    one.set('a', 'x'.repeat(2_000));
    await world.settle();
    one.set('b', 'behind it');
    other.set('c', 'from elsewhere');
    await world.settle();
    expect(one.client.status.state).toBe('blocked');
    expect(one.client.status.reason).toMatch(/items\.title.*2000 bytes/);
    expect(one.titles).toMatchObject({ c: 'from elsewhere' });
    one.set('a', 'short');
    await world.settle();
    expect(one.client.status.state).toBe('synced');
    expect(other.titles).toEqual({ a: 'short', b: 'behind it', c: 'from elsewhere' });
  });
});

describe('it keeps', () => {
  test('a log of what it did, which survives and names conflicts and refusals', async () => {
    const [one, other] = [world.device(), world.device()];
    one.set('a', 'x');
    other.set('a', 'y');
    for (const { client } of [one, other]) client.connect();
    await world.settle();
    const kinds = [...one.client.activity(), ...other.client.activity()].map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['pushed', 'pulled', 'conflict']));
    const [newest, older] = one.client.activity({ limit: 2 });
    expect(newest!.id).toBeGreaterThan(older!.id);
    expect(one.client.activity({ before: newest!.id })[0]).toEqual(older);
  });

  test('measurements, for a monitor', async () => {
    const { client, replica } = world.device();
    const monitor = new SyncMonitor(client, replica);
    expect(monitor.getSyncStatus()).toMatchObject({ isOnline: false, pendingEvents: 0, conflicts: 0 });
    client.connect();
    await world.settle();
    expect(monitor.getSyncStatus()).toMatchObject({ isOnline: true });
    for (const value of [1, 2, 3]) monitor.recordMetric('render', value);
    expect(monitor.getDetailedMetrics(24).metrics).toMatchObject([{ name: 'render', count: 3, average: 2, max: 3 }]);
  });
});

test('a battery saver gathers edits for seconds, and sync() does not wait for it', async () => {
  const { client, set } = bound(world.device({ debounce: BATTERY_SAVER }));
  client.connect();
  await world.settle();
  set('a', 'x');
  await world.settle(4_000);
  expect(client.status.pendingOut).toBe(2);
  await world.settle(2_000);
  expect(client.status.pendingOut).toBe(0);
  set('a', 'y');
  void client.sync();
  await world.settle(100);
  expect(client.status.pendingOut).toBe(0);
});

test('presence reaches the others, and goes when the person does', async () => {
  const [one, other] = [world.device({ token: 'ann:editor' }), world.device({ token: 'bob:editor' })];
  let seen: readonly PresentPeer[] = [];
  other.client.onPresence((peers) => (seen = peers));
  for (const { client } of [one, other]) client.connect();
  await world.settle();
  one.client.setPresence({ note: 'a', at: 5 });
  await world.settle();
  expect(seen).toMatchObject([{ userId: 'ann', siteId: one.replica.siteId, state: { note: 'a', at: 5 } }]);
  one.client.disconnect();
  await world.settle();
  expect(seen).toEqual([]);
});

test('two copies of one replica become two sites, and both keep their edits', async () => {
  const [one, other] = [world.device(), world.device()];
  const site = Buffer.from(one.replica.siteId, 'hex');
  other.replica.sqlite.prepare('UPDATE crsql_site_id SET site_id = ? WHERE ordinal = 0').run(site);
  one.set('a', 'of the one');
  other.set('b', 'of the copy');
  for (const { client } of [one, other]) client.connect();
  await world.settle(10_000);
  expect(one.titles).toEqual({ a: 'of the one', b: 'of the copy' });
  expect(other.titles).toEqual(one.titles);
  expect(one.replica.siteId).not.toBe(other.replica.siteId);
  expect([one.client.status.state, other.client.status.state]).toEqual(['synced', 'synced']);
});

test('every close code that the relay may send is one that the client has an answer to', () => {
  const remedies = Object.values(PROTOCOL_ERRORS).map(({ remedy }) => remedy);
  expect(new Set(remedies)).toEqual(new Set(['reconnect', 'renew', 'retry', 'rotate', 'stop']));
});

/** Methods that can be taken off their object. */
function bound(device: ReturnType<World['device']>) {
  const { client, replica, states } = device;
  return { client, replica, states, set: (id: string, title: string) => device.set(id, title) };
}
