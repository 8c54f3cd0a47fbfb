import { createRepositories, openReplica } from '@tributary/database';
import { testSchema } from '@tributary/database/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { deleteNote, openNotes, ownChangesOf, writeNote } from '../../testing/notes-replica.ts';
import type { RowsAnswer } from '../messages.ts';
import type { ColumnValue } from '../rows.ts';
import { DirtyTables } from './dirty-tables.ts';
import { LiveQueries } from './live-queries.ts';
import { ReadQueries } from './read-query.ts';

function open(replica: Pick<ReturnType<typeof openNotes>, 'sqlite' | 'replicatedTable'> = openNotes()) {
  const clock = new ManualClock();
  const told: [tab: string, rows: unknown][] = [];
  let runs = 0;
  const queries = new ReadQueries(replica.sqlite);
  const live = new LiveQueries(queries, ({ tab }, answer) => told.push([tab, rowsOf(answer)]));
  const dirtyTables = new DirtyTables(replica, clock, (written) => {
    runs += live.written(written);
  });
  const subscribe = (tab: string, sql: string, params: readonly ColumnValue[] = []) => {
    live.subscribe({ tab, id: 1 }, { sql, params });
  };
  /** What was told, and how many queries were run, since the last time. */
  const news = () => {
    clock.runAll();
    const since = { told: told.splice(0), runs };
    runs = 0;
    return since;
  };
  return { clock, live, subscribe, news, dirtyTables };
}

function rowsOf(answer: RowsAnswer): unknown {
  return answer.ok ? answer.value : answer.error.message;
}

const COUNT = 'SELECT count(*) FROM notes';

describe('a live query', () => {
  test('tells its rows at once, and again after a commit that changed them', () => {
    const replica = openNotes();
    const { subscribe, news } = open(replica);
    subscribe('t', COUNT);
    expect(news()).toEqual({ told: [['t', [[0]]]], runs: 0 });
    writeNote(replica, 'a', {});
    expect(news()).toEqual({ told: [['t', [[1]]]], runs: 1 });
  });

  test('is run once for a commit of many rows, and for several commits in one go', () => {
    const replica = openNotes();
    const { subscribe, news } = open(replica);
    subscribe('t', COUNT);
    news();
    replica.transaction(() => {
      for (let i = 0; i < 20; i++) writeNote(replica, `${i}`, { title: 'x' });
    });
    writeNote(replica, 'one more', {});
    expect(news()).toEqual({ told: [['t', [[21]]]], runs: 1 });
  });

  test('whose rows are the same tells nothing', () => {
    const replica = openNotes();
    const { subscribe, news } = open(replica);
    subscribe('t', `SELECT title, data FROM notes WHERE id = 'a'`);
    writeNote(replica, 'a', { title: 'x', data: Uint8Array.of(1, 2) });
    expect(news().told.at(-1)).toEqual(['t', [['x', Uint8Array.of(1, 2)]]]);
    writeNote(replica, 'b', { title: 'y' });
    writeNote(replica, 'a', { title: 'x', data: Uint8Array.of(1, 2) });
    expect(news()).toEqual({ told: [], runs: 1 });
    writeNote(replica, 'a', { data: Uint8Array.of(1, 3) });
    expect(news().told).toHaveLength(1);
  });

  test('is not run for tables that it does not read', () => {
    const replica = openNotes();
    const { subscribe, news } = open(replica);
    subscribe('t', COUNT);
    news();
    replica.sqlite.exec(`INSERT INTO links VALUES ('a', 'b', 'c')`);
    replica.sqlite.exec(`INSERT INTO local_meta VALUES ('k', 'v')`);
    expect(news()).toEqual({ told: [], runs: 0 });
  });

  test('is not run for columns that it does not read, unless rows come or go', () => {
    const [replica, other] = [openNotes(), openNotes()];
    const { subscribe, news } = open(replica);
    const runsAfter = (edit: () => unknown): number => (edit(), news().runs);
    const received = (): void => void replica.applyChanges(ownChangesOf(other));
    subscribe('t', 'SELECT id, title FROM notes WHERE size IS NULL');
    expect(runsAfter(() => writeNote(replica, 'a', { title: 'x', body: 'y' }))).toBe(1);
    expect(runsAfter(() => writeNote(replica, 'a', { body: 'z', data: 'd' }))).toBe(0);
    expect(runsAfter(() => writeNote(replica, 'a', { title: 'x' }))).toBe(0);
    expect(runsAfter(() => writeNote(replica, 'a', { size: 1 }))).toBe(1);
    writeNote(other, 'a', { body: 'theirs', data: 'theirs' });
    expect(runsAfter(received)).toBe(0);
    writeNote(other, 'a', { title: 'theirs' });
    expect(runsAfter(received)).toBe(1);
    deleteNote(other, 'a');
    expect(runsAfter(received)).toBe(1);
    expect(runsAfter(() => writeNote(replica, 'a', { body: 'z' }))).toBe(1);
    expect(runsAfter(() => deleteNote(replica, 'a'))).toBe(1);
  });

  test('of a column that is computed from others is run for them', () => {
    const notes = 'CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, title TEXT, twice AS (title || title))';
    const replica = openNotes({ schema: testSchema(['notes'], notes) });
    const { subscribe, news } = open(replica);
    writeNote(replica, 'a', { title: 'x' });
    subscribe('t', 'SELECT twice FROM notes');
    news();
    writeNote(replica, 'a', { title: 'y' });
    expect(news().told).toEqual([['t', [['yy']]]]);
  });

  test('reads tables through joins, subqueries and views', () => {
    const replica = openNotes();
    replica.sqlite.exec('CREATE VIEW linked AS SELECT n.title FROM notes n JOIN links l ON l.source = n.id');
    const { live, news } = open(replica);
    for (const [id, sql] of ['SELECT * FROM linked', 'SELECT 1 WHERE EXISTS (SELECT 1 FROM links)'].entries()) {
      live.subscribe({ tab: 't', id }, { sql, params: [] });
    }
    news();
    replica.sqlite.exec(`INSERT INTO links VALUES ('a', 'b', 'c')`);
    expect(news()).toEqual({ told: [['t', [[1]]]], runs: 2 });
  });

  test('sees what others’ changes bring', () => {
    const [replica, other] = [openNotes(), openNotes()];
    const { subscribe, news } = open(replica);
    subscribe('t', 'SELECT title FROM notes');
    news();
    writeNote(other, 'a', { title: 'from afar' });
    replica.applyChanges(ownChangesOf(other));
    expect(news()).toEqual({ told: [['t', [['from afar']]]], runs: 1 });
    other.sqlite.exec('DELETE FROM notes');
    replica.applyChanges(ownChangesOf(other));
    expect(news()).toEqual({ told: [['t', []]], runs: 1 });
  });

  test('is not run before the commit, and tells nothing of what is rolled back', () => {
    const replica = openNotes();
    const { subscribe, news, dirtyTables } = open(replica);
    subscribe('t', COUNT);
    news();
    const attempt = () =>
      dirtyTables.attempt(() =>
        replica.transaction(() => {
          writeNote(replica, 'a', {});
          dirtyTables.flush();
          throw new Error('no');
        }),
      );
    expect(attempt).toThrow('no');
    expect(news()).toEqual({ told: [], runs: 0 });
  });

  test('waits for a transaction that stays open', () => {
    const replica = openNotes();
    const { subscribe, clock, live } = open(replica);
    subscribe('t', COUNT);
    replica.sqlite.exec('BEGIN');
    writeNote(replica, 'a', {});
    let runs = 0;
    const written = live.written.bind(live);
    live.written = (tables) => (runs++, written(tables));
    for (let i = 0; i < 5; i++) clock.runNext();
    expect(runs).toBe(0);
    replica.sqlite.exec('COMMIT');
    clock.runAll();
    expect(runs).toBe(1);
  });

  test('over full-text search follows the index', () => {
    const replica = openReplica({ path: ':memory:', engine: 'wasm' });
    onTestFinished(() => replica.close());
    const { notes, search } = createRepositories(replica);
    const { subscribe, news } = open(replica);
    subscribe('t', `SELECT count(*) FROM search_text WHERE search_text MATCH 'lisbon'`);
    news();
    notes.create({ title: 'Lisbon', text: '' });
    expect(news().told).toEqual([]);
    expect(search.search('lisbon')).toHaveLength(1);
    expect(news()).toEqual({ told: [['t', [[1]]]], runs: 1 });
  });
});

describe('subscriptions', () => {
  test('to the same query share its run, and all hear of it', () => {
    const replica = openNotes();
    const { live, subscribe, news } = open(replica);
    for (const tab of ['t', 'u', 'v']) subscribe(tab, COUNT);
    subscribe('w', `${COUNT} WHERE id > ?`, ['a']);
    subscribe('x', `${COUNT} WHERE id > ?`, ['b']);
    expect(live.size).toBe(3);
    news();
    writeNote(replica, 'c', {});
    const { told, runs } = news();
    expect([told.map(([tab]) => tab).sort(), runs]).toEqual([['t', 'u', 'v', 'w', 'x'], 3]);
  });

  test('end one by one, and the last one ends the query', () => {
    const { live, subscribe } = open();
    for (const tab of ['t', 'u']) subscribe(tab, COUNT);
    live.unsubscribe({ tab: 't', id: 1 });
    live.unsubscribe({ tab: 't', id: 1 });
    expect(live.size).toBe(1);
    live.dropTab('u');
    expect(live.size).toBe(0);
  });

  test('to what is no query, or is wrong, are told so', () => {
    const { subscribe, news } = open();
    subscribe('t', 'DELETE FROM notes');
    subscribe('u', 'WITH a AS (SELECT 1) INSERT INTO words SELECT 1, 2');
    subscribe('v', 'SELECT missing FROM notes');
    expect(news().told).toEqual([
      ['t', expect.stringContaining('has to be a command')],
      ['u', expect.stringContaining('has to be a command')],
      ['v', 'no such column: missing'],
    ]);
  });
});

const ask = (sql: string) => () =>
  new ReadQueries(openNotes().sqlite).rows({ sql, params: sql.includes('?') ? ['a', 1] : [] });

test.each([
  'SELECT 1',
  '  select title from notes where id = ? limit ?',
  'WITH a AS (SELECT 1) SELECT * FROM a',
  'VALUES (1, 2)',
])('a page may ask %s', (sql) => {
  expect(ask(sql)()).toBeInstanceOf(Array);
});

test.each([
  'INSERT INTO notes (id) VALUES (1) RETURNING id',
  'UPDATE notes SET title = 1',
  'WITH a AS (SELECT 1) DELETE FROM notes',
  'PRAGMA user_version = 9',
  'DROP TABLE notes',
])('a page may not ask %s', (sql) => {
  expect(ask(sql)).toThrow(expect.objectContaining({ code: 'read_only' }));
});
