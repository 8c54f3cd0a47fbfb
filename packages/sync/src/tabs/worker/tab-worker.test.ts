import { DatabaseError } from '@tributary/database';
import { describe, expect, test } from 'vitest';
import { NotesBrowser } from '../testing/notes-tabs.ts';

const READY = { state: 'ready', isOutdated: false };

describe('election', () => {
  test('of many tabs one leads, and all have the same rows', async () => {
    const notes = new NotesBrowser();
    const tabs = Array.from({ length: 5 }, () => notes.start());
    await notes.pass();
    expect(tabs.map(({ tabs: { connection } }) => connection.getSnapshot())).toEqual([
      { ...READY, isLeader: true },
      ...Array.from({ length: 4 }, () => ({ ...READY, isLeader: false })),
    ]);
    expect(notes.opened).toBe(1);
    for (const [index, { tabs: page }] of tabs.entries()) {
      await notes.settle(page.run('write', { id: `${index}`, title: `of ${index}` }));
    }
    for (const tab of tabs) expect(await notes.titles(tab)).toEqual(['of 0', 'of 1', 'of 2', 'of 3', 'of 4']);
  });

  test('what a page asks before anybody leads is answered when somebody does', async () => {
    const notes = new NotesBrowser();
    const { tabs } = notes.start();
    expect(await notes.settle(tabs.run('write', { id: '1', title: 'early' }))).toEqual({ id: '1', length: 5 });
  });

  test('the death of the leader makes another tab lead, with all that was answered', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    await notes.settle(second.tabs.run('write', { id: '1', title: 'kept' }));
    first.tab.kill();
    await notes.pass();
    expect(second.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: true });
    expect(await notes.titles(second)).toEqual(['kept']);
  });

  test('an edit that was made but not answered is answered by the next leader, and not made again', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    first.tab.mayPost = () => {
      first.tab.kill();
      return false;
    };
    expect(await notes.settle(second.tabs.run('append', { id: '1', title: 'once' }))).toBe('once');
    expect([notes.opened, await notes.titles(second)]).toEqual([2, ['once']]);
  });

  test('of each tab only the last answer is kept', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    for (let edit = 0; edit < 10; edit++) {
      for (const { tabs } of [first, second]) await notes.settle(tabs.run('append', { id: '1', title: `${edit}` }));
    }
    expect(await notes.settle(first.tabs.query('SELECT count(*) FROM tab_mutations'))).toEqual([[2]]);
  });

  test('an edit that is refused is refused with the same error', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    for (const { tabs } of [first, second]) {
      await expect(notes.settle(tabs.run('failAfterWriting'))).rejects.toThrow(new RangeError('on purpose'));
    }
    expect(await notes.titles(first)).toEqual([]);
  });
});

describe('hand-off', () => {
  test('a page that sleeps has no worker, and waits its turn when it wakes', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    first.tabs.sleep();
    await notes.pass();
    expect(second.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: true });
    first.tabs.wake();
    expect(first.tabs.connection.getSnapshot().state).toBe('opening');
    await notes.pass();
    expect(first.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: false });
    second.tab.kill();
    await notes.pass();
    expect(first.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: true });
  });

  test('a page that sleeps alone gives the database back, and takes it again when it wakes', async () => {
    const notes = new NotesBrowser();
    const only = await notes.open();
    only.tabs.sleep();
    await notes.pass();
    expect(notes.leader).toBeUndefined();
    only.tabs.wake();
    expect(await notes.titles(only)).toEqual([]);
  });

  test('what a page watches and waits for goes on when it wakes', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    const rows = first.tabs.watchSql('SELECT title FROM notes');
    const seen: unknown[] = [];
    rows.subscribe(() => seen.push(rows.getSnapshot()));
    await notes.pass();
    const answer = first.tabs.run('append', { id: '1', title: 'a' });
    first.tabs.sleep();
    await notes.settle(second.tabs.run('append', { id: '1', title: 'b' }));
    expect(seen).toEqual([[]]);
    first.tabs.wake();
    expect(await notes.settle(answer)).toBe('ba');
    expect(seen.at(-1)).toEqual([['ba']]);
  });

  test('a hidden leader that keeps a visible tab waiting for more than a second hands off', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    first.tabs.pageChanged('hidden');
    await notes.pass();
    expect(notes.leader).toBe(first.tab);
    first.tab.mayPost = () => false;
    const answer = second.tabs.run('append', { id: '1', title: 'a' });
    await notes.pass(900);
    expect(notes.leader).toBe(first.tab);
    expect(await notes.settle(answer, 2_000)).toBe('a');
    expect(notes.leader).toBe(second.tab);
  });

  test('a visible leader keeps a visible tab waiting', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    first.tab.mayPost = () => false;
    await expect(notes.settle(second.tabs.query('SELECT 1'), 5_000)).rejects.toThrow('no answer');
    expect(notes.leader).toBe(first.tab);
  });

  test('edits asked during a hand-off are made once', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    const answers = [first, second, first, second].map(({ tabs }, index) =>
      tabs.run('append', { id: '1', title: `${index}` }),
    );
    first.tabs.sleep();
    await notes.pass();
    first.tabs.wake();
    await notes.settle(Promise.all(answers));
    const [title] = await notes.titles(second);
    expect(String(title).split('').sort().join('')).toBe('0123');
  });

  test('a leader whose engine broke opens the replica again', async () => {
    const notes = new NotesBrowser();
    const only = await notes.open();
    await notes.settle(only.tabs.run('write', { id: '1', title: 'kept' }));
    const codes = [];
    for (const terms of [8_000, 30_000, 100_000]) {
      const tooDeep = `SELECT ${Array.from({ length: terms }, () => '?').join(' + ')}`;
      codes.push(await notes.settle(only.tabs.query(tooDeep).catch((error: DatabaseError) => error.code)));
    }
    expect(codes).toContain('engine_poisoned');
    expect(await notes.titles(only)).toEqual(['kept']);
    expect(notes.opened).toBeGreaterThan(1);
  });
});

describe('subscriptions', () => {
  test('of a dead tab are dropped', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    let runs = 0;
    notes.replica!.sqlite.function('counted', {}, () => ++runs);
    second.tabs.watchSql('SELECT counted(), title FROM notes').subscribe(() => {});
    await notes.pass();
    await notes.settle(first.tabs.run('write', { id: '1', title: 'a' }));
    expect(runs).toBe(1);
    second.tab.kill();
    await notes.pass();
    await notes.settle(first.tabs.run('write', { id: '1', title: 'b' }));
    expect(runs).toBe(1);
  });

  test('go on with a new leader', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    const rows = second.tabs.watchSql('SELECT title FROM notes');
    const seen: unknown[] = [];
    rows.subscribe(() => seen.push(rows.getSnapshot()));
    await notes.pass();
    await notes.settle(first.tabs.run('write', { id: '1', title: 'a' }));
    first.tab.kill();
    await notes.pass();
    await notes.settle(second.tabs.run('write', { id: '1', title: 'b' }));
    expect(seen).toEqual([[], [['a']], [['b']]]);
  });

  test('show an edit by the time its caller hears that it is made', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    for (const { tabs } of [first, second]) {
      const rows = tabs.watchSql('SELECT count(*) FROM notes');
      rows.subscribe(() => {});
      await notes.pass();
      const [[before]] = rows.getSnapshot() as [[number]];
      const seen = tabs.run('write', { id: `${before}`, title: '' }).then(() => rows.getSnapshot());
      expect(await notes.settle(seen)).toEqual([[before + 1]]);
    }
  });
});

describe('a database that cannot be opened', () => {
  test('because a dead tab still holds it is opened once it is free', async () => {
    const notes = new NotesBrowser();
    const tab = notes.browser.tab();
    let attempts = 0;
    const open = async () => {
      if (++attempts < 4) throw new DatabaseError('file_in_use', 'still held');
      return notes.openReplica(tab);
    };
    const { tabs } = await notes.open({ open }, tab);
    expect(tabs.connection.getSnapshot().state).toBe('opening');
    await notes.pass(500);
    expect([attempts, tabs.connection.getSnapshot().state]).toEqual([4, 'ready']);
  });

  test('for longer than ten seconds has failed, and others may try', async () => {
    const notes = new NotesBrowser();
    const open = () => Promise.reject(new DatabaseError('file_in_use', 'held for ever'));
    const first = notes.start({ open });
    await notes.pass(9_000);
    expect(first.tabs.connection.getSnapshot().state).toBe('opening');
    await notes.pass(2_000);
    expect(first.tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', code: 'file_in_use' });
    expect(notes.leader).toBeUndefined();
  });

  test('is said with its code, refused to whoever asks, and tried again on demand', async () => {
    const notes = new NotesBrowser();
    const tab = notes.browser.tab();
    const damaged = new DatabaseError('file_corrupt', 'the file is damaged');
    let isDamaged = true;
    const open = async () => {
      if (isDamaged) throw damaged;
      return notes.openReplica(tab);
    };
    const { tabs } = notes.start({ open }, tab);
    const early = tabs.query('SELECT 1');
    await expect(notes.settle(early)).rejects.toThrow(damaged);
    expect(tabs.connection.getSnapshot()).toEqual({
      state: 'failed',
      isLeader: false,
      isOutdated: false,
      code: 'file_corrupt',
      message: 'the file is damaged',
    });
    await expect(notes.settle(tabs.query('SELECT 1'))).rejects.toMatchObject({ code: 'file_corrupt' });
    isDamaged = false;
    tabs.retry();
    expect(await notes.settle(tabs.query('SELECT 1'))).toEqual([[1]]);
  });

  test('by one tab is used through another that can', async () => {
    const notes = new NotesBrowser();
    const tab = notes.browser.tab();
    let isDamaged = true;
    const open = async () => {
      if (isDamaged) throw new DatabaseError('cannot_open', 'no');
      return notes.openReplica(tab);
    };
    const first = await notes.open({ open }, tab);
    expect(first.tabs.connection.getSnapshot().state).toBe('failed');
    const second = await notes.open();
    expect(first.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: false });
    isDamaged = false;
    second.tab.kill();
    await notes.pass();
    expect(first.tabs.connection.getSnapshot()).toEqual({ ...READY, isLeader: true });
  });

  test('because the app fails on it is closed again, its sync too', async () => {
    const notes = new NotesBrowser();
    const client = { isClosed: false, close: () => (client.isClosed = true) };
    const search = () => {
      throw new RangeError('no search');
    };
    const { tabs } = await notes.open({ search, sync: () => client as never });
    expect(tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', message: 'no search' });
    expect([client.isClosed, notes.replica!.sqlite.open, notes.leader]).toEqual([true, false, undefined]);
  });

  test('as locks are not to be had is said as what it is', async () => {
    const notes = new NotesBrowser();
    const tab = notes.browser.tab();
    Object.assign(tab.locks, { request: () => Promise.reject(new DatabaseError('cannot_open', 'no locks here')) });
    const { tabs } = await notes.open({}, tab);
    expect(tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', message: 'no locks here' });
    await expect(notes.settle(tabs.query('SELECT 1'))).rejects.toThrow('no locks here');
  });
});
