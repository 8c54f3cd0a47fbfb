import type { Replica } from '@tributary/database';
import { describe, expect, test } from 'vitest';
import { SyncClient } from '../client/sync-client.ts';
import { addConflict, openConflicted } from '../testing/conflicted-replica.ts';
import { MemoryNetwork } from '../testing/memory-network.ts';
import { openNotes, writeNote } from '../testing/notes-replica.ts';
import { NotesBrowser } from './testing/notes-tabs.ts';
import { SmallRelay } from './testing/small-relay.ts';

const URL = 'memory://relay';

function world() {
  const notes = new NotesBrowser();
  const { clock } = notes.browser;
  const network = new MemoryNetwork({ clock });
  const relay = new SmallRelay(network, URL, () => clock.now());
  const clientOf = (replica: Replica, tabClock = clock) =>
    new SyncClient(URL, 'a token', {
      replica,
      workspaceId: 'home',
      connect: network.connect,
      clock: tabClock,
      random: () => 0,
    });
  const open = async () => {
    const tab = notes.browser.tab();
    const opened = await notes.open({ sync: (replica) => clientOf(replica, tab.clock as typeof clock) }, tab);
    await notes.pass(500);
    return opened;
  };
  /** Another device of the same person. */
  const device = async () => {
    const replica = openNotes({ now: () => clock.now() });
    const client = clientOf(replica);
    client.connect();
    await notes.pass(500);
    return { replica, client };
  };
  return { notes, network, relay, open, device };
}

describe('sync', () => {
  test('runs once, in the leader, and its status reaches every tab', async () => {
    const { notes, relay, open } = world();
    const [first, second] = [await open(), await open()];
    expect(relay.sessionCount).toBe(1);
    for (const { tabs } of [first, second]) expect(tabs.status.getSnapshot()).toMatchObject({ state: 'synced' });
    first.tab.kill();
    await notes.pass(500);
    expect(second.tabs.status.getSnapshot()).toMatchObject({ state: 'synced' });
  });

  test('brings what another device writes to every tab that watches it', async () => {
    const { notes, open, device } = world();
    const [first, second] = [await open(), await open()];
    const other = await device();
    const rows = [first, second].map(({ tabs }) => tabs.watchSql('SELECT title FROM notes'));
    for (const live of rows) live.subscribe(() => {});
    await notes.pass(100);
    writeNote(other.replica, '1', { title: 'from afar' });
    await notes.pass(1_000);
    expect(rows.map((live) => live.getSnapshot())).toEqual([[['from afar']], [['from afar']]]);
    await notes.settle(second.tabs.run('write', { id: '1', title: 'and back' }), 1_000);
    expect(other.replica.sqlite.prepare('SELECT title FROM notes').pluck().all()).toEqual(['and back']);
  });

  test('waits for an answer of the relay when a tab asks for it', async () => {
    const { notes, open } = world();
    const [, second] = [await open(), await open()];
    await notes.settle(second.tabs.run('write', { id: '1', title: 'a' }));
    expect(await notes.settle(second.tabs.sync.sync(), 1_000)).toMatchObject({ pulled: 0 });
    expect(second.tabs.status.getSnapshot()).toMatchObject({ state: 'synced', pendingOut: 0 });
  });

  test('that cannot reach the relay is refused with the client’s own error', async () => {
    const { notes, network, open } = world();
    network.isUp = false;
    const [, second] = [await open(), await open()];
    expect(second.tabs.status.getSnapshot()).toMatchObject({ state: 'offline' });
    await expect(notes.settle(second.tabs.sync.sync(), 2_000)).rejects.toMatchObject({
      name: 'SyncError',
      code: 'offline',
    });
  });

  test('is paused by any tab, also for the leader after this one, until one connects again', async () => {
    const { notes, relay, open } = world();
    const [first, second] = [await open(), await open()];
    await notes.settle(second.tabs.sync.disconnect());
    expect(first.tabs.status.getSnapshot()).toMatchObject({ state: 'paused' });
    first.tab.kill();
    await notes.pass(1_000);
    expect(second.tabs.status.getSnapshot()).toMatchObject({ state: 'paused' });
    expect(relay.sessionCount).toBe(0);
    await notes.settle(second.tabs.sync.connect(), 500);
    expect(second.tabs.status.getSnapshot()).toMatchObject({ state: 'synced' });
  });

  test('asked twice because a leader died is answered by the next', async () => {
    const { notes, open } = world();
    const [first, second] = [await open(), await open()];
    const synced = second.tabs.sync.sync();
    first.tab.kill();
    expect(await notes.settle(synced, 2_000)).toEqual({ pulled: 0, pushed: 0 });
  });

  test('writes its activity where every tab can follow it', async () => {
    const { notes, open } = world();
    const [, second] = [await open(), await open()];
    const activity = second.tabs.watchActivity();
    activity.subscribe(() => {});
    await notes.pass();
    expect(activity.getSnapshot()?.map(({ kind }) => kind)).toEqual(['connected']);
    await notes.settle(second.tabs.run('write', { id: '1', title: 'a' }), 1_000);
    expect(activity.getSnapshot()?.map(({ kind }) => kind)).toEqual(['pushed', 'connected']);
  });

  test('is refused in an app that has none', async () => {
    const notes = new NotesBrowser();
    const { tabs } = await notes.open();
    await expect(notes.settle(tabs.sync.sync())).rejects.toMatchObject({ name: 'TabsError', code: 'no_sync' });
    expect(tabs.status.getSnapshot()).toBeUndefined();
    expect(await notes.settle(tabs.sync.conflicts())).toEqual([]);
  });
});

test('a receipt goes from this device to the relay to PostgreSQL', async () => {
  const { notes, network, relay, open } = world();
  const [first, second] = [await open(), await open()];
  network.isUp = false;
  network.severAll();
  await notes.pass(100);
  const { receipt, result } = await notes.settle(second.tabs.apply('write', { id: '1', title: 'a' }));
  expect(result).toEqual({ id: '1', length: 1 });
  const levels: string[] = [];
  receipt.subscribe(() => levels.push(receipt.getSnapshot()));
  expect(receipt.getSnapshot()).toBe('local');
  network.isUp = true;
  await notes.settle(first.tabs.sync.connect(), 1_000);
  expect(levels).toEqual(['relay']);
  relay.project();
  await notes.pass(5_000);
  expect(levels).toEqual(['relay', 'cloud']);
});

describe('presence', () => {
  test('of others is seen by every tab', async () => {
    const { notes, open, device } = world();
    const [first, second] = [await open(), await open()];
    const { client } = await device();
    client.setPresence({ on: 'n1' });
    await notes.pass(100);
    for (const { tabs } of [first, second]) {
      expect(tabs.peers.getSnapshot()).toMatchObject([{ userId: 'ann', state: { on: 'n1' } }]);
    }
    const third = await open();
    expect(third.tabs.peers.getSnapshot()).toHaveLength(1);
  });

  test('is that of the tab that said something last, as long as it lives', async () => {
    const { notes, open, device } = world();
    const [first, second] = [await open(), await open()];
    const { client } = await device();
    const seen: unknown[] = [];
    client.onPresence((peers) => seen.push(peers[0]?.state));
    first.tabs.setPresence('first');
    await notes.pass(100);
    second.tabs.setPresence('second');
    await notes.pass(100);
    second.tab.kill();
    await notes.pass(100);
    expect(seen).toEqual(['first', 'second', 'first']);
  });

  test('that is too large is refused where it is said', async () => {
    const { open } = world();
    const { tabs } = await open();
    expect(() => tabs.setPresence('x'.repeat(5_000))).toThrow(
      new TypeError('presence takes at most 4096 bytes of JSON'),
    );
  });

  test('is said again to a new leader', async () => {
    const { notes, open, device } = world();
    const [first, second] = [await open(), await open()];
    const { client } = await device();
    second.tabs.setPresence('second');
    await notes.pass(100);
    const seen: unknown[] = [];
    client.onPresence((peers) => seen.push(peers[0]?.state));
    first.tab.kill();
    await notes.pass(500);
    expect(seen.at(-1)).toBe('second');
  });
});

test('conflicts are resolved from any tab, once, and can be undone', async () => {
  const notes = new NotesBrowser();
  const replica = openConflicted('wasm');
  replica.sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'winning')`);
  const id = addConflict(replica, { losing: 'losing', winning: 'winning' });
  await notes.open({ open: async () => replica });
  const { tabs } = await notes.open();
  const title = () => replica.sqlite.prepare('SELECT title FROM items').pluck().get();
  expect(await notes.settle(tabs.sync.conflicts())).toMatchObject([{ id, column: 'title', localValue: 'losing' }]);
  await notes.settle(tabs.sync.resolveConflict(id, 'local', 'ann'));
  expect([title(), await notes.settle(tabs.sync.conflicts())]).toEqual(['losing', []]);
  const again = tabs.sync.resolveConflict(id, 'remote');
  await expect(notes.settle(again)).rejects.toMatchObject({ name: 'SyncError', code: 'conflict_not_found' });
  await notes.settle(tabs.undoStack.undo());
  expect([title(), await notes.settle(tabs.sync.conflicts())]).toMatchObject(['winning', [{ id }]]);
});
