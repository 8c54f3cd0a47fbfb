import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openNotes, writeWord } from '../testing/notes-replica.ts';
import { SyncStore } from './sync-store.ts';

describe('the position', () => {
  test('of a replica that has never been in sync is the beginning', () => {
    expect(open().store.position).toEqual({
      epoch: undefined,
      pullCursor: 0,
      cursorMark: 0,
      pushCursor: 0,
      settledVersion: 0,
      refillVersion: undefined,
      lastSyncedAt: undefined,
    });
  });

  test('changes only in what is told', () => {
    const { store } = open();
    store.update({ pullCursor: 5, cursorMark: 0xffff_ffff });
    store.update({ lastSyncedAt: 1_000 });
    expect(store.position).toMatchObject({
      pullCursor: 5,
      cursorMark: 0xffff_ffff,
      lastSyncedAt: 1_000,
      pushCursor: 0,
    });
  });

  test('survives a reopening, with acknowledgements and bases', () => {
    const file = temporaryFile();
    const replica = openNotes({ path: file });
    const before = new SyncStore(replica, 'workspace');
    before.beginEpoch('epoch', undefined);
    before.update({ pullCursor: 7, cursorMark: 9, refillVersion: 3, lastSyncedAt: 11 });
    before.recordAck(2, 6, 100);
    before.markBase(5);
    const { position } = before;
    replica.close();

    const after = new SyncStore(openNotes({ path: file }), 'workspace');
    expect(after.position).toEqual(position);
    expect([after.lastAck, after.seqOf(2), after.baseAfter(4)]).toEqual([
      { dbVersion: 2, seq: 6 },
      6,
      { base: 7, until: 5 },
    ]);
  });

  test('is that of its workspace', () => {
    const { replica, store } = open();
    store.update({ pullCursor: 7 });
    expect(new SyncStore(replica, 'another').position.pullCursor).toBe(0);
    expect(new SyncStore(replica, 'workspace').position.pullCursor).toBe(7);
  });
});

describe('a transaction', () => {
  test('that fails leaves nothing: not in the replica, and not in memory', () => {
    const { replica, store } = open();
    store.update({ pullCursor: 1 });
    store.recordAck(1, 1, 0);
    const before = store.position;
    const failing = () =>
      store.transaction(() => {
        writeWord(replica, 'a', 'rolled back');
        store.update({ pullCursor: 2 });
        store.recordAck(2, 2, 0);
        store.markBase(9);
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect([store.position, store.lastAck]).toEqual([before, { dbVersion: 1, seq: 1 }]);
    expect(new SyncStore(replica, 'workspace').position).toEqual(before);
    expect([store.seqOf(2), store.baseAfter(3).until, replica.latestVersion]).toEqual([undefined, Infinity, 0]);
  });

  test('sees its own writes, and returns what its body does', () => {
    const { store } = open();
    const seen = store.transaction(() => {
      store.update({ pullCursor: 3 });
      return store.position.pullCursor;
    });
    expect(seen).toBe(3);
  });

  test('that fails inside another one undoes its own part', () => {
    const { replica, store } = open();
    store.transaction(() => {
      store.update({ pullCursor: 1 });
      expect(() =>
        store.transaction(() => {
          store.update({ pullCursor: 2 });
          throw new Error('inner');
        }),
      ).toThrow('inner');
      expect(store.position.pullCursor).toBe(1);
    });
    expect(new SyncStore(replica, 'workspace').position.pullCursor).toBe(1);
  });
});

describe('an own version', () => {
  test('is where its acknowledgement said, with all versions before it that have none of their own', () => {
    const { store } = open();
    store.recordAck(3, 10, 0);
    store.recordAck(5, 12, 0);
    expect([1, 2, 3, 4, 5].map((version) => store.seqOf(version))).toEqual([10, 10, 10, 12, 12]);
    expect([store.lastAck, store.position.pushCursor]).toEqual([{ dbVersion: 5, seq: 12 }, 5]);
  });

  test('that was not acknowledged is nowhere', () => {
    const { store } = open();
    store.recordAck(3, 10, 0);
    expect(store.seqOf(4)).toBeUndefined();
  });

  test('that was settled in a former log is known to everybody', () => {
    const { store } = open();
    store.recordAck(3, 10, 0);
    store.beginEpoch('next', 8);
    expect([store.seqOf(1), store.seqOf(3), store.seqOf(4), store.lastAck]).toEqual([0, 0, undefined, undefined]);
  });
});

describe('the base', () => {
  test('of what was edited since the last entry is the pull cursor', () => {
    const { store } = open();
    store.update({ pullCursor: 4 });
    expect(store.baseAfter(0)).toEqual({ base: 4, until: Infinity });
  });

  test('of what was edited before an entry stays what it was', () => {
    const { store } = open();
    store.update({ pullCursor: 4 });
    store.markBase(2);
    store.update({ pullCursor: 5 });
    store.markBase(6);
    store.update({ pullCursor: 9 });
    expect([0, 1, 2, 5, 6].map((version) => store.baseAfter(version))).toEqual([
      { base: 4, until: 2 },
      { base: 4, until: 2 },
      { base: 5, until: 6 },
      { base: 5, until: 6 },
      { base: 9, until: Infinity },
    ]);
  });

  test('is the first that was marked, where no version came in between', () => {
    const { store } = open();
    store.markBase(2);
    store.update({ pullCursor: 5 });
    store.markBase(2);
    expect(store.baseAfter(0)).toEqual({ base: 0, until: 2 });
  });

  test('is forgotten for what is acknowledged, and for nothing else', () => {
    const { replica, store } = open();
    for (const version of [2, 4, 6]) store.markBase(version);
    store.recordAck(4, 1, 0);
    expect(replica.sqlite.prepare('SELECT db_version FROM sync_bases').pluck().all()).toEqual([6]);
  });
});

describe('a new life of the log', () => {
  test('begins at its beginning, and what was acknowledged in the former one is settled', () => {
    const { store } = open();
    store.beginEpoch('first', undefined);
    store.update({ pullCursor: 9, cursorMark: 5, lastSyncedAt: 77 });
    store.recordAck(3, 8, 0);
    store.beginEpoch('second', 6);
    expect(store.position).toEqual({
      epoch: 'second',
      pullCursor: 0,
      cursorMark: 0,
      pushCursor: 3,
      settledVersion: 3,
      refillVersion: 6,
      lastSyncedAt: 77,
    });
  });

  test('knows no base of the edits that were not pushed before it, and one of those after', () => {
    const { store } = open();
    store.update({ pullCursor: 9 });
    store.markBase(4);
    store.recordAck(3, 8, 0);
    store.beginEpoch('second', 6);
    store.update({ pullCursor: 2 });
    expect([0, 3, 5, 6].map((version) => store.baseAfter(version))).toEqual([
      { base: undefined, until: 3 },
      { base: undefined, until: 6 },
      { base: undefined, until: 6 },
      { base: 2, until: Infinity },
    ]);
  });

  test('is the first one for a replica that has never pulled: its edits have seen nothing', () => {
    const { store } = open();
    store.beginEpoch('first', undefined);
    expect(store.position).toMatchObject({ epoch: 'first', settledVersion: 0, refillVersion: undefined });
    expect(store.baseAfter(0)).toEqual({ base: 0, until: Infinity });
  });

  test('never unsettles what was settled in the one before', () => {
    const { store } = open();
    store.recordAck(5, 1, 0);
    store.beginEpoch('second', 5);
    store.beginSite();
    store.beginEpoch('third', 5);
    expect(store.position.settledVersion).toBe(5);
  });
});

describe('a new site', () => {
  test('has nothing in the log, though everybody knows what it had pushed as the former one', () => {
    const { store } = open();
    store.update({ pullCursor: 7 });
    store.recordAck(3, 8, 0);
    store.beginSite();
    expect(store.position).toMatchObject({ pushCursor: 0, settledVersion: 3, pullCursor: 7 });
    expect([store.seqOf(3), store.seqOf(4), store.lastAck]).toEqual([0, undefined, undefined]);
  });

  test('keeps the bases of edits that were not pushed', () => {
    const { store } = open();
    store.update({ pullCursor: 4 });
    store.recordAck(3, 4, 0);
    store.markBase(6);
    store.update({ pullCursor: 9 });
    store.beginSite();
    expect([0, 3, 6].map((version) => store.baseAfter(version))).toEqual([
      { base: undefined, until: 3 },
      { base: 4, until: 6 },
      { base: 9, until: Infinity },
    ]);
  });
});

function open() {
  const replica = openNotes();
  return { replica, store: new SyncStore(replica, 'workspace') };
}

function temporaryFile(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return path.join(directory, 'replica.db');
}
