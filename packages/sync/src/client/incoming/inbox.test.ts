import { packKey, type AnyReplica, type Change } from '@tributary/database';
import { testSchema } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { encodeBatch, type Batch } from '../../protocol/index.ts';
import {
  notesSchema,
  openNotes,
  ownChangesOf,
  readWord,
  siteIdOf,
  writeNote,
  writeWord,
} from '../../testing/notes-replica.ts';
import { ConflictJournal, journalsEverything, type IsJournalled } from '../conflicts/conflict-journal.ts';
import { CoveredChanges } from '../covered-changes.ts';
import { SyncStore } from '../sync-store.ts';
import { ForeignSelfError, Inbox, type Incoming, type IncomingAck, type IncomingEntry } from './inbox.ts';

const SITE = new Uint8Array(16).fill(7);

describe('entries of others', () => {
  test('are applied, and the cursor moves with them', () => {
    const { here, inbox, store } = open();
    const other = author({ a: 'hello', b: 'world' });
    expect(inbox.apply([entryOf(other, { seq: 1, mark: 55 })])).toEqual({ pulled: 2, parked: 0, conflicts: [] });
    expect([readWord(here, 'a'), readWord(here, 'b')]).toEqual(['hello', 'world']);
    expect(store.position).toMatchObject({ pullCursor: 1, cursorMark: 55 });
  });

  test('of one call are one transaction: a fault in the last leaves nothing of any', () => {
    const { here, inbox, store } = open();
    const before = store.position;
    const faulty: Partial<Change> = { siteId: new Uint8Array(16), table: 'words', pk: packKey([1n]) };
    const items = [
      entryOf(author({ a: 'hello' }), { seq: 1 }),
      ack({ toVersion: 4, seq: 2 }),
      entryOf(author({ b: 'world' }), { seq: 3, changes: [faulty] }),
    ];
    expect(() => inbox.apply(items)).toThrow('primary key');
    expect([readWord(here, 'a'), here.latestVersion, store.position, store.lastAck]).toEqual([
      undefined,
      0,
      before,
      undefined,
    ]);
    expect(new SyncStore(here, 'workspace').position).toEqual(before);
  });

  test('that are empty move the cursor and nothing else', () => {
    const { here, inbox, store } = open();
    const empty = { ...entryOf(here, { seq: 1, mark: 9, changes: [] }), batch: new Uint8Array(0) };
    expect(inbox.apply([empty])).toEqual({ pulled: 0, parked: 0, conflicts: [] });
    expect(store.position).toMatchObject({ pullCursor: 1, cursorMark: 9, pushCursor: 0 });
  });

  test('for columns of a newer app are kept, and counted as parked', () => {
    const { here, inbox } = open();
    const other = openNotes({ schema: withTone });
    other.sqlite.prepare(`INSERT INTO words (id, text, tone) VALUES ('a', 'hello', 'friendly')`).run();
    expect(inbox.apply([entryOf(other, { seq: 1 })])).toMatchObject({ pulled: 2, parked: 1 });
    expect([readWord(here, 'a'), here.parkedChanges().map(({ val }) => val)]).toEqual(['hello', ['friendly']]);
  });

  test('in fragments are applied as one, under the seq of the last', () => {
    const { here, inbox, store } = open();
    const other = openNotes();
    other.transaction(() => {
      for (const id of ['a', 'b', 'c']) writeWord(other, id, id);
    });
    const fragments = ownChangesOf(other).map((change, index) =>
      entryOf(other, { seq: index + 1, changes: [change], fragment: { index, count: 3 } }),
    );
    const [first, second, last] = fragments as [IncomingEntry, IncomingEntry, IncomingEntry];
    inbox.apply([first, ack({ toVersion: 5, seq: 9 }), second, last]);
    expect(['a', 'b', 'c'].map((id) => readWord(here, id))).toEqual(['a', 'b', 'c']);
    expect([store.position.pullCursor, store.lastAck]).toEqual([3, { dbVersion: 5, seq: 9 }]);
    const versions = here.allChanges({ after: 0 }).changes.map(({ dbVersion }) => dbVersion);
    expect(new Set(versions).size).toBe(1);
  });
});

describe('an acknowledgement', () => {
  test('that is the next entry of the stream moves both cursors', () => {
    const { inbox, store } = open();
    inbox.apply([ack({ toVersion: 4, seq: 1, mark: 8 })]);
    expect(store.position).toMatchObject({ pushCursor: 4, pullCursor: 1, cursorMark: 8 });
    expect(store.seqOf(4)).toBe(1);
  });

  test('that is ahead of the stream leaves the pull cursor where it is', () => {
    const { inbox, store } = open();
    inbox.apply([ack({ toVersion: 4, seq: 5, mark: 8 })]);
    expect(store.position).toMatchObject({ pushCursor: 4, pullCursor: 0, cursorMark: 0 });
    expect(store.seqOf(4)).toBe(5);
  });

  test('of what is known already changes nothing but the cursor', () => {
    const { inbox, store } = open();
    inbox.apply([ack({ toVersion: 4, seq: 1 })]);
    inbox.apply([ack({ toVersion: 4, seq: 2 }), ack({ toVersion: 3, seq: 3 })]);
    expect([store.position.pullCursor, store.position.pushCursor, store.lastAck]).toEqual([
      3,
      4,
      { dbVersion: 4, seq: 1 },
    ]);
  });

  test('of a refill moves the pull cursor only', () => {
    const { inbox, store } = open();
    inbox.apply([ack({ toVersion: 0, seq: 1 })]);
    expect(store.position).toMatchObject({ pushCursor: 0, pullCursor: 1 });
  });
});

describe('an own entry whose acknowledgement was lost', () => {
  test('is recognised, and stands for it', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    writeWord(here, 'b', 'mine');
    expect(inbox.apply([entryOf(here, { seq: 1, until: 2 })])).toEqual({ pulled: 0, parked: 0, conflicts: [] });
    expect(store.position).toMatchObject({ pullCursor: 1, pushCursor: 2 });
    expect(store.seqOf(1)).toBe(1);
  });

  test('is recognised in fragments', () => {
    const { here, inbox, store } = open();
    here.transaction(() => {
      writeWord(here, 'a', 'mine');
      writeWord(here, 'b', 'mine');
    });
    const [one, other] = ownChangesOf(here);
    inbox.apply([
      entryOf(here, { seq: 1, changes: [one!], until: 1, fragment: { index: 0, count: 2 } }),
      entryOf(here, { seq: 2, changes: [other!], until: 1, fragment: { index: 1, count: 2 } }),
    ]);
    expect([store.position.pushCursor, store.seqOf(1)]).toEqual([1, 2]);
  });

  test('is recognised though the edit was overwritten, or deleted, or lost since', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'overwritten here');
    writeWord(here, 'b', 'deleted here');
    writeWord(here, 'c', 'lost against another');
    writeWord(here, 'd', 'still there');
    const lost = entryOf(here, { seq: 2, until: 4 });
    writeWord(here, 'a', 'anew');
    here.sqlite.prepare(`DELETE FROM words WHERE id = 'b'`).run();
    inbox.apply([entryOf(author({ c: 'z greater' }), { seq: 1 })]);
    expect(readWord(here, 'c')).toBe('z greater');
    inbox.apply([lost]);
    expect(store.position).toMatchObject({ pullCursor: 2, pushCursor: 4 });
  });

  test('is recognised where it begins before the push cursor: it was sent again, with more', () => {
    const { here, inbox, store } = open();
    for (const id of ['a', 'b', 'c']) writeWord(here, id, 'mine');
    inbox.apply([ack({ toVersion: 2, seq: 1 })]);
    inbox.apply([entryOf(here, { seq: 2, until: 3 })]);
    expect([store.position.pushCursor, store.seqOf(2), store.seqOf(3)]).toEqual([3, 1, 2]);
  });

  test('is recognised where it begins behind the push cursor, if only others’ versions lie between', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    inbox.apply([entryOf(author({ x: 'theirs' }), { seq: 1 }), ack({ toVersion: 1, seq: 2 })]);
    writeWord(here, 'b', 'mine');
    inbox.apply([entryOf(here, { seq: 3, after: 2, until: 3 })]);
    expect([store.position.pushCursor, store.seqOf(3)]).toEqual([3, 3]);
  });

  test('is recognised though its row was deleted and created anew elsewhere, by an app that does not know its column', () => {
    const { here, inbox, store } = open({ schema: withTone });
    const other = author({ a: 'theirs' });
    here.applyChanges(ownChangesOf(other));
    here.sqlite.prepare(`UPDATE words SET tone = 'friendly'`).run();
    const lost = entryOf(here, { seq: 2, until: here.latestVersion });
    other.sqlite.prepare('DELETE FROM words').run();
    writeWord(other, 'a', 'anew');
    inbox.apply([entryOf(other, { seq: 1, after: 1 })]);
    expect(ownChangesOf(here)).toMatchObject([{ cid: 'tone', val: 'friendly', colVersion: 0, cl: 3 }]);
    inbox.apply([lost]);
    expect([store.position.pushCursor, store.lastAck?.seq]).toEqual([2, 2]);
  });

  test('that was acknowledged before only moves the cursor', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    inbox.apply([ack({ toVersion: 1, seq: 1 })]);
    inbox.apply([entryOf(here, { seq: 2, until: 1 })]);
    expect([store.position.pullCursor, store.lastAck]).toEqual([2, { dbVersion: 1, seq: 1 }]);
  });
});

describe('an entry of this site that this replica never wrote', () => {
  test('is told by something it says that is not here', () => {
    const twin = openNotes({ siteId: SITE });
    writeWord(twin, 'a', 'the copy’s');
    expectForeign(open({ siteId: SITE }), entryOf(twin, { seq: 1, until: 1 }));
  });

  test('is told by it also where its versions are below the push cursor', () => {
    const scene = open({ siteId: SITE });
    writeWord(scene.here, 'a', 'mine');
    scene.inbox.apply([ack({ toVersion: 1, seq: 1 })]);
    const twin = openNotes({ siteId: SITE });
    writeWord(twin, 'b', 'the copy’s');
    expectForeign(scene, entryOf(twin, { seq: 2, until: 1 }));
  });

  test('is told by another value under the same version, though the one here would win', () => {
    const [scene, twin] = [open({ siteId: SITE }), openNotes({ siteId: SITE })];
    writeWord(scene.here, 'a', 'z');
    writeWord(twin, 'a', 'a');
    expectForeign(scene, entryOf(twin, { seq: 1, until: 1 }));
  });

  test('is told by the same cell under another version', () => {
    const [scene, twin] = [open({ siteId: SITE }), openNotes({ siteId: SITE })];
    writeWord(scene.here, 'a', 'same');
    scene.here.applyChanges(ownChangesOf(author({ x: 'x', y: 'y', z: 'z' })));
    writeWord(twin, 'other', 'x');
    twin.sqlite.prepare('DELETE FROM words').run();
    writeWord(twin, 'a', 'same');
    const changes = ownChangesOf(twin).filter(({ dbVersion }) => dbVersion === 3);
    expect(changes).toMatchObject([{ val: 'same', colVersion: 1 }]);
    expectForeign(scene, entryOf(twin, { seq: 1, until: 3, changes }));
  });

  test('is told by versions above any that were ever written here', () => {
    const [scene, twin] = [open({ siteId: SITE }), openNotes({ siteId: SITE })];
    const other = author({ a: 'first' });
    writeWord(other, 'a', 'second');
    scene.here.applyChanges(ownChangesOf(other));
    writeWord(twin, 'a', 'old');
    expect(scene.here.latestVersion).toBe(1);
    expectForeign(scene, entryOf(twin, { seq: 1, until: 3, changes: ownChangesOf(twin) }));
  });

  test('is told by a cell that is here, of its versions, and that it does not mention', () => {
    const [scene, twin] = [open({ siteId: SITE }), openNotes({ siteId: SITE })];
    for (const replica of [scene.here, twin]) writeWord(replica, 'a', 'same');
    writeWord(scene.here, 'b', 'only here');
    expectForeign(scene, entryOf(twin, { seq: 1, until: 2, changes: ownChangesOf(twin) }));
  });

  test('is told by an own version before it that the log does not have', () => {
    const scene = open();
    writeWord(scene.here, 'a', 'mine');
    writeWord(scene.here, 'b', 'mine');
    expectForeign(scene, entryOf(scene.here, { seq: 1, after: 1, until: 2 }));
  });
});

describe('what others send again for a log that lost it', () => {
  const refill = { refill: true, base: undefined };

  test('is applied, whoever wrote it', () => {
    const { here, inbox } = open();
    const [one, other] = [author({ a: 'one' }), author({ b: 'other' })];
    const changes = [...ownChangesOf(one), ...ownChangesOf(other)];
    expect(inbox.apply([entryOf(one, { seq: 1, changes, ...refill })])).toMatchObject({ pulled: 2 });
    expect(here.allChanges({ after: 0 }).changes.map(({ siteId }) => siteId)).toEqual([siteIdOf(one), siteIdOf(other)]);
  });

  test('may hold own edits, which are not applied, nor counted as pulled', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'mine');
    const other = author({ b: 'theirs' });
    const changes = [...ownChangesOf(here), ...ownChangesOf(other)];
    expect(inbox.apply([entryOf(other, { seq: 1, changes, ...refill })])).toMatchObject({ pulled: 1 });
    expect(ownChangesOf(here)).toHaveLength(1);
  });

  test('may hold own edits that were overwritten since', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'before');
    const changes = ownChangesOf(here);
    writeWord(here, 'a', 'after');
    inbox.apply([entryOf(openNotes(), { seq: 1, changes, ...refill })]);
    expect(readWord(here, 'a')).toBe('after');
  });

  test('tells by an own edit that is not here that this is a copy', () => {
    const [scene, twin] = [open({ siteId: SITE }), openNotes({ siteId: SITE })];
    writeWord(twin, 'a', 'the copy’s');
    expectForeign(scene, entryOf(openNotes(), { seq: 1, changes: ownChangesOf(twin), ...refill }));
  });

  test('may come from this very site, in a session before, and is no acknowledgement', () => {
    const { here, inbox, store } = open();
    const other = author({ b: 'theirs' });
    here.applyChanges(ownChangesOf(other));
    writeWord(here, 'a', 'mine');
    const changes = here.allChanges({ after: 0 }).changes;
    inbox.apply([entryOf(here, { seq: 1, changes, until: 2, ...refill })]);
    expect(store.position).toMatchObject({ pullCursor: 1, pushCursor: 0 });
  });

  test('is in no conflict with anything', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'mine');
    expect(inbox.apply([entryOf(author({ a: 'theirs' }), { seq: 1, ...refill })]).conflicts).toEqual([]);
  });
});

describe('while the log is refilled', () => {
  test('it is noted what it holds, own or not', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    const [own, other] = [entryOf(here, { seq: 1, until: 1 }), author({ b: 'theirs' })];
    store.update({ refillVersion: 9 });
    inbox.apply([own, entryOf(other, { seq: 2 })]);
    const covered = new CoveredChanges(here);
    expect(here.allChanges({ after: 0 }).changes.map((change) => covered.has(change))).toEqual([true, true]);
  });

  test('otherwise it is not', () => {
    const { here, inbox } = open();
    inbox.apply([entryOf(author({ b: 'theirs' }), { seq: 1 })]);
    expect(here.sqlite.prepare('SELECT count(*) FROM sync_covered').pluck().get()).toBe(0);
  });
});

describe('a conflict', () => {
  test('is found with an edit that is not known to be in the log', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'mine');
    const { conflicts } = inbox.apply([entryOf(author({ a: 'theirs' }), { seq: 1 })]);
    expect(conflicts).toMatchObject([{ kind: 'overwrite', table: 'words', cid: 'text', winner: { val: 'theirs' } }]);
  });

  test.each([
    { base: 2, conflicts: 1, what: 'is found with one that is in the log behind what its author had seen' },
    { base: 3, conflicts: 0, what: 'is none where the author had seen it' },
    { base: undefined, conflicts: 0, what: 'is not looked for where it is not known what the author had seen' },
  ])('$what', ({ base, conflicts }) => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    store.update({ pullCursor: 2 });
    inbox.apply([ack({ toVersion: 1, seq: 3 })]);
    const outcome = inbox.apply([entryOf(author({ a: 'theirs' }), { seq: 4, base })]);
    expect(outcome.conflicts).toHaveLength(conflicts);
  });

  test('is looked for among the edits that an acknowledgement of the same call speaks of', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'mine');
    const theirs = author({ a: 'theirs' });
    expect(inbox.apply([ack({ toVersion: 1, seq: 1 }), entryOf(theirs, { seq: 2, base: 1 })]).conflicts).toEqual([]);
    writeWord(here, 'b', 'mine');
    const more = author({ b: 'theirs' });
    expect(inbox.apply([ack({ toVersion: 3, seq: 3 }), entryOf(more, { seq: 4, base: 2 })]).conflicts).toHaveLength(1);
  });

  test('is not looked for in what was sent again', () => {
    const { here, inbox } = open();
    writeWord(here, 'a', 'mine');
    const again = entryOf(author({ a: 'theirs' }), { seq: 1, knownVersion: 1 });
    expect(inbox.apply([again]).conflicts).toEqual([]);
  });

  test('of a column that nobody mourns is none', () => {
    const { here, inbox } = open({ isJournalled: (table, column) => !(table === 'notes' && column === 'body') });
    writeNote(here, 'n', { title: 'mine', body: 'mine' });
    const other = openNotes();
    writeNote(other, 'n', { title: 'theirs', body: 'theirs' });
    const { conflicts } = inbox.apply([entryOf(other, { seq: 1 })]);
    expect(conflicts.map(({ cid }) => cid)).toEqual(['title']);
  });

  test('is written down in the transaction that applies the batch, as an own edit that is pending', () => {
    const { here, inbox, store } = open({ schema: withConflicts });
    writeWord(here, 'a', 'mine');
    inbox.apply([ack({ toVersion: 1, seq: 1 })]);
    inbox.apply([entryOf(author({ a: 'theirs' }), { seq: 2 })]);
    const rows = here.sqlite.prepare('SELECT kind, table_name, winning_value, losing_value FROM conflicts').all();
    expect(rows).toEqual([
      { kind: 'overwrite', table_name: 'words', winning_value: '"theirs"', losing_value: '"mine"' },
    ]);
    expect(store.position.pushCursor).toBe(1);
    const pending = ownChangesOf(here, store.position.pushCursor);
    expect(new Set(pending.map(({ table, dbVersion }) => `${table} ${dbVersion}`))).toEqual(new Set(['conflicts 2']));
  });

  test('leaves no row behind when the batch cannot be applied', () => {
    const { here, inbox } = open({ schema: withConflicts });
    writeWord(here, 'a', 'mine');
    const other = author({ a: 'theirs' });
    const changes = [...ownChangesOf(other), { ...ownChangesOf(other)[0]!, pk: packKey([1n]) }];
    expect(() => inbox.apply([entryOf(other, { seq: 1, changes })])).toThrow('primary key');
    expect(here.sqlite.prepare('SELECT count(*) FROM conflicts').pluck().get()).toBe(0);
  });
});

describe('the base of own edits', () => {
  test('is marked before the first entry is applied over them', () => {
    const { here, inbox, store } = open();
    store.update({ pullCursor: 4 });
    writeWord(here, 'a', 'mine');
    inbox.apply([entryOf(author({ x: 'theirs' }), { seq: 5 }), entryOf(author({ y: 'theirs' }), { seq: 6 })]);
    writeWord(here, 'b', 'mine');
    expect([store.baseAfter(0), store.baseAfter(1)]).toEqual([
      { base: 4, until: 1 },
      { base: 6, until: Infinity },
    ]);
  });

  test('is not marked where there are none', () => {
    const { inbox, store } = open();
    inbox.apply([entryOf(author({ x: 'theirs' }), { seq: 1 })]);
    expect(store.baseAfter(0)).toEqual({ base: 1, until: Infinity });
  });

  test('includes own entries that were acknowledged before', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    writeWord(here, 'b', 'mine');
    inbox.apply([ack({ toVersion: 1, seq: 1 }), entryOf(author({ x: 'theirs' }), { seq: 2 })]);
    expect(store.baseAfter(1)).toEqual({ base: 1, until: 2 });
  });
});

describe('the push cursor', () => {
  test('moves over what is pulled while nothing is pending', () => {
    const { here, inbox, store } = open();
    inbox.apply([entryOf(author({ x: 'theirs', y: 'too' }), { seq: 1 })]);
    expect([store.position.pushCursor, here.latestVersion]).toEqual([1, 1]);
  });

  test('stays where it is while something is', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    inbox.apply([entryOf(author({ x: 'theirs' }), { seq: 1 })]);
    expect(store.position.pushCursor).toBe(0);
  });

  test('stays where it is when what was pending is acknowledged in the same call', () => {
    const { here, inbox, store } = open();
    writeWord(here, 'a', 'mine');
    inbox.apply([ack({ toVersion: 1, seq: 1 }), entryOf(author({ x: 'theirs' }), { seq: 2 })]);
    expect(store.position.pushCursor).toBe(1);
  });

  test('does not move for entries that say nothing new', () => {
    const { inbox, store } = open();
    const other = author({ x: 'theirs' });
    inbox.apply([entryOf(other, { seq: 1 })]);
    inbox.apply([entryOf(other, { seq: 2 })]);
    expect([store.position.pushCursor, store.position.pullCursor]).toEqual([1, 2]);
  });
});

interface SceneOptions {
  readonly schema?: typeof notesSchema;
  readonly siteId?: Uint8Array;
  readonly isJournalled?: IsJournalled;
}

function open({ isJournalled = journalsEverything, ...options }: SceneOptions = {}) {
  const here = openNotes(options);
  const store = new SyncStore(here, 'workspace');
  const inbox = new Inbox({
    replica: here,
    store,
    journal: new ConflictJournal(here),
    isJournalled,
    hasPending: () => here.countOwnChanges(store.position.pushCursor, 1) > 0,
  });
  return { here, store, inbox };
}

/** Another replica with these words, each of a transaction of its own. */
function author(words: Readonly<Record<string, string>>) {
  const replica = openNotes();
  for (const [id, text] of Object.entries(words)) writeWord(replica, id, text);
  return replica;
}

interface EntryOptions extends Partial<Pick<Batch, 'base' | 'refill' | 'fragment'>> {
  readonly seq: number;
  readonly mark?: number;
  readonly after?: number;
  readonly until?: number;
  readonly knownVersion?: number;
  /** Instead of what the author has in these versions; what is left out of one is as in the author's first. */
  readonly changes?: readonly Partial<Change>[];
}

function entryOf(replica: AnyReplica, options: EntryOptions): IncomingEntry {
  const {
    seq,
    mark = 1,
    after = 0,
    until = replica.latestVersion,
    knownVersion = 0,
    refill = false,
    fragment,
  } = options;
  const stored = ownChangesOf(replica, after, until);
  const changes = options.changes?.map((change) => ({ ...stored[0], ...change }) as Change) ?? stored;
  const base = 'base' in options ? options.base : 0;
  const toVersion = Math.max(until, after + 1);
  return {
    kind: 'entry',
    seq,
    mark,
    siteId: siteIdOf(replica),
    knownVersion,
    batch: encodeBatch({
      prevVersion: after,
      toVersion,
      base,
      refill,
      fragment,
      changes: asSentBy(replica, changes, refill),
    }),
    isContinued: fragment !== undefined && fragment.index < fragment.count - 1,
  };
}

/** Only a refill names the site of each change. */
function asSentBy(replica: AnyReplica, changes: readonly Change[], refill: boolean): readonly Change[] {
  return refill ? changes : changes.map((change) => ({ ...change, siteId: siteIdOf(replica) }));
}

function ack({ mark = 1, ...positions }: Pick<IncomingAck, 'toVersion' | 'seq'> & { mark?: number }): IncomingAck {
  return { kind: 'ack', mark, ...positions };
}

/** And nothing of it was applied. */
function expectForeign({ here, inbox, store }: ReturnType<typeof open>, ...items: Incoming[]): void {
  const before = { position: store.position, changes: here.allChanges({ after: 0 }).changes };
  expect(() => inbox.apply(items)).toThrow(ForeignSelfError);
  expect({ position: store.position, changes: here.allChanges({ after: 0 }).changes }).toEqual(before);
}

function ddlOf({ migrations }: typeof notesSchema): string[] {
  return migrations.map(({ sql }) => sql.replaceAll('\n--> statement-breakpoint\n', ';'));
}

const withTone = testSchema(notesSchema.replicated, ...ddlOf(notesSchema), 'ALTER TABLE words ADD COLUMN tone TEXT');

const withConflicts = testSchema(
  [...notesSchema.replicated, 'conflicts'],
  ...ddlOf(notesSchema),
  `CREATE TABLE conflicts (
     id TEXT PRIMARY KEY NOT NULL, kind TEXT, table_name TEXT, row_key BLOB, column_name TEXT,
     winning_value TEXT, losing_value TEXT, base_value TEXT, winning_site TEXT, losing_site TEXT,
     resolution TEXT, resolved_at INTEGER, resolved_by TEXT, created_at INTEGER, updated_at INTEGER
   )`,
);
