import { expect, test } from 'vitest';
import { namesOf, TABS_PROTOCOL } from './messages.ts';
import type { Channel } from './ports.ts';
import { NotesBrowser, noteCommands } from './testing/notes-tabs.ts';

/** Another worker, of whatever version. */
function speaker(channel: Channel) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is within its origin
  return (message: unknown) => channel.postMessage(message);
}

test('a newer tab takes over from an older one, which goes on and is told to reload', async () => {
  const notes = new NotesBrowser();
  const old = await notes.open({ version: 1 });
  await notes.settle(old.tabs.run('write', { id: '1', title: 'by the old' }));
  const fresh = await notes.open({ version: 2 });
  expect(notes.leader).toBe(fresh.tab);
  expect(old.tabs.connection.getSnapshot()).toEqual({ state: 'ready', isLeader: false, isOutdated: true });
  expect(fresh.tabs.connection.getSnapshot()).toEqual({ state: 'ready', isLeader: true, isOutdated: false });
  await notes.settle(old.tabs.run('write', { id: '2', title: 'by the old, too' }));
  expect(await notes.titles(fresh)).toEqual(['by the old', 'by the old, too']);
});

test('a newer tab comes before older ones that waited longer', async () => {
  const notes = new NotesBrowser();
  const old = [await notes.open(), await notes.open(), await notes.open()];
  const fresh = await notes.open({ version: 2 });
  await notes.pass(100);
  expect(notes.leader).toBe(fresh.tab);
  expect(old.map(({ tabs }) => tabs.connection.getSnapshot().isOutdated)).toEqual([true, true, true]);
  fresh.tab.kill();
  await notes.pass(100);
  expect(old.map(({ tab }) => tab)).toContain(notes.leader);
});

test('an older tab that comes later does not lead while a newer one is there', async () => {
  const notes = new NotesBrowser();
  const [leader, waiting] = [await notes.open({ version: 2 }), await notes.open({ version: 2 })];
  const old = await notes.open({ version: 1 });
  expect(old.tabs.connection.getSnapshot()).toEqual({ state: 'ready', isLeader: false, isOutdated: true });
  leader.tab.kill();
  await notes.pass(100);
  expect(notes.leader).toBe(waiting.tab);
  expect(await notes.titles(old)).toEqual([]);
});

test('a command that the leader does not know is refused in words for people', async () => {
  const notes = new NotesBrowser();
  const { write } = noteCommands;
  await notes.open({ commands: { write }, version: 2 });
  const old = await notes.open({ version: 1 });
  await expect(notes.settle(old.tabs.run('remove', '1'))).rejects.toMatchObject({
    name: 'TabsError',
    code: 'unknown_command',
    message: expect.stringContaining('remove'),
  });
});

test('an older tab cannot open what a newer one has migrated, and says why', async () => {
  const notes = new NotesBrowser();
  const old = await notes.open({ version: 1 });
  const tab = notes.browser.tab();
  const migrations = { tag: '0009', sql: 'CREATE TABLE added (id text PRIMARY KEY NOT NULL)' };
  const fresh = await notes.open({ version: 2, open: async () => notes.openReplica(tab, [migrations]) }, tab);
  expect(await notes.titles(old)).toEqual([]);
  fresh.tab.kill();
  await notes.pass(100);
  expect(old.tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', code: 'file_newer_than_app' });
  expect(notes.leader).toBeUndefined();
  await expect(notes.settle(old.tabs.query('SELECT 1'))).rejects.toMatchObject({ code: 'file_newer_than_app' });
});

test('a leader of a newer protocol is not talked to, and the tab says that it is outdated', async () => {
  const notes = new NotesBrowser();
  const old = await notes.open();
  const newer = notes.browser.tab();
  const announcements = newer.platform.openChannel(namesOf('notes').announcements);
  const announce = speaker(announcements);
  const release = { protocol: TABS_PROTOCOL + 1, version: 1 };
  const heard: unknown[] = [];
  announcements.addEventListener('message', ({ data }) => heard.push(data));
  void newer.locks.request(namesOf('notes').leaderLock, () => new Promise(() => {}));
  announce({ tributary: 'hello', tab: 'newer', wantsToLead: true, ...release });
  await notes.pass();
  expect(heard).toMatchObject([{ tributary: 'resigned' }]);
  expect(notes.leader).toBe(newer);
  const early = old.tabs.query('SELECT 1');
  announce({ tributary: 'leader', tab: 'newer', term: 'theirs', ...release });
  await expect(notes.settle(early)).rejects.toMatchObject({ name: 'TabsError', code: 'app_outdated' });
  expect(old.tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', code: 'app_outdated', isOutdated: true });
});

test('what is no announcement is passed over', async () => {
  const notes = new NotesBrowser();
  const only = await notes.open();
  const announce = speaker(notes.browser.tab().platform.openChannel(namesOf('notes').announcements));
  for (const message of [null, 7, 'hello', {}, { tributary: 'hello' }, { tributary: 'x', protocol: 9, version: 9 }]) {
    announce(message);
  }
  expect(await notes.titles(only)).toEqual([]);
  expect(only.tabs.connection.getSnapshot()).toEqual({ state: 'ready', isLeader: true, isOutdated: false });
});

test('the names of channels say the protocol, those that all versions share do not', () => {
  const names = namesOf('notes');
  expect(names.inbox('t')).toContain(`v${TABS_PROTOCOL}`);
  expect([names.leaderLock, names.announcements, names.tabLock('t')]).toEqual([
    'tributary:notes',
    'tributary:notes',
    'tributary:notes:tab:t',
  ]);
});
