import { describe, expect, test } from 'vitest';
import { openNotes, ownChangesOf, writeNote } from '../../testing/notes-replica.ts';
import { RowImages } from './row-images.ts';
import { readUndoRecord, writeUndoRecord } from './undo-record.ts';
import { undoEdits, type SkippedCell } from './undo.ts';

function open() {
  const replica = openNotes();
  const images = new RowImages(replica, replica.schema.replicated);
  images.prepare();
  /** The record that undoes it. */
  const edit = (body: () => void): string => writeUndoRecord(images.during(() => replica.transaction(body)).edits)!;
  const undo = (record: string): { skipped: readonly SkippedCell[]; redo: string } => {
    let skipped: readonly SkippedCell[] = [];
    const redo = edit(() => ({ skipped } = undoEdits(replica, images, readUndoRecord(record))));
    return { skipped, redo };
  };
  const rows = () => replica.sqlite.prepare('SELECT * FROM notes ORDER BY id').raw().safeIntegers().all();
  return { replica, images, edit, undo, rows };
}

const EVERY_TYPE = {
  title: 'a\0ü',
  body: null,
  size: 2n ** 53n + 1n,
  data: Uint8Array.of(0, 255),
};

test('an update is undone and redone, value by value and type by type', () => {
  const { replica, edit, undo, rows } = open();
  writeNote(replica, '1', EVERY_TYPE);
  const before = rows();
  const record = edit(() => writeNote(replica, '1', { title: 'b', body: 'text', size: null, data: 0.5 }));
  const after = rows();
  const { skipped, redo } = undo(record);
  expect([skipped, rows()]).toEqual([[], before]);
  undo(redo);
  expect(rows()).toEqual(after);
});

test('a new row goes, and comes back with all it had', () => {
  const { replica, edit, undo, rows } = open();
  const record = edit(() => writeNote(replica, '1', EVERY_TYPE));
  const after = rows();
  const { redo } = undo(record);
  expect(rows()).toEqual([]);
  const again = undo(redo);
  expect(rows()).toEqual(after);
  undo(again.redo);
  expect(rows()).toEqual([]);
});

test('a deleted row comes back, also in a table with a key of two columns', () => {
  const { replica, edit, undo, rows } = open();
  writeNote(replica, '1', EVERY_TYPE);
  replica.sqlite.exec(`INSERT INTO links VALUES ('a', 'b', 'c'), ('a', 'd', 'e')`);
  const before = rows();
  const record = edit(() => replica.sqlite.exec(`DELETE FROM notes; DELETE FROM links WHERE target = 'b'`));
  undo(record);
  expect(rows()).toEqual(before);
  expect(replica.sqlite.prepare('SELECT * FROM links ORDER BY target').raw().all()).toEqual([
    ['a', 'b', 'c'],
    ['a', 'd', 'e'],
  ]);
});

test('an edit in several steps is undone to what was before the first', () => {
  const { replica, edit, undo, rows } = open();
  writeNote(replica, '1', { title: 'first' });
  const before = rows();
  const record = edit(() => {
    writeNote(replica, '1', { title: 'second' });
    replica.sqlite.exec('DELETE FROM notes');
    writeNote(replica, '1', { title: 'third', body: 'x' });
    writeNote(replica, '2', {});
    replica.sqlite.exec(`DELETE FROM notes WHERE id = '2'`);
  });
  expect(readUndoRecord(record)).toHaveLength(1);
  undo(record);
  expect(rows()).toEqual(before);
});

test('an edit that changed nothing, or only local tables, has nothing to undo', () => {
  const { replica, images } = open();
  writeNote(replica, '1', { title: 'same' });
  const { edits } = images.during(() => {
    writeNote(replica, '1', { title: 'same' });
    replica.sqlite.exec(`INSERT INTO local_meta VALUES ('k', 'v')`);
  });
  expect([edits, writeUndoRecord(edits)]).toEqual([[], undefined]);
});

test('an import is too much to be undone', () => {
  const { replica, images } = open();
  const { edits } = images.during(() => writeNote(replica, '1', { body: 'x'.repeat(600_000) }));
  expect([edits.length, writeUndoRecord(edits)]).toEqual([1, undefined]);
});

describe('what another device wrote since', () => {
  function withOther() {
    const opened = open();
    const other = openNotes();
    writeNote(opened.replica, '1', { title: 'a', body: 'a' });
    other.applyChanges(ownChangesOf(opened.replica));
    const receive = () => opened.replica.applyChanges(ownChangesOf(other));
    return { ...opened, other, receive };
  }

  test('stays, and is said; the rest is undone', () => {
    const { replica, other, receive, edit, undo, rows } = withOther();
    const record = edit(() => writeNote(replica, '1', { title: 'b', body: 'b' }));
    other.applyChanges(ownChangesOf(replica));
    writeNote(other, '1', { title: 'theirs' });
    receive();
    const { skipped, redo } = undo(record);
    expect(skipped).toEqual([{ table: 'notes', key: ['1'], column: 'title' }]);
    expect(rows()).toEqual([['1', 'theirs', 'a', null, null]]);
    undo(redo);
    expect(rows()).toEqual([['1', 'theirs', 'b', null, null]]);
  });

  test('elsewhere is not touched', () => {
    const { replica, other, receive, edit, undo, rows } = withOther();
    const record = edit(() => writeNote(replica, '1', { title: 'b' }));
    writeNote(other, '1', { body: 'theirs' });
    writeNote(other, '2', { title: 'theirs' });
    receive();
    expect(undo(record).skipped).toEqual([]);
    expect(rows()).toEqual([
      ['1', 'a', 'theirs', null, null],
      ['2', 'theirs', null, null, null],
    ]);
  });

  test('into a new row keeps the row', () => {
    const { replica, other, receive, edit, undo, rows } = withOther();
    const record = edit(() => writeNote(replica, '2', { title: 'new' }));
    other.applyChanges(ownChangesOf(replica));
    writeNote(other, '2', { body: 'theirs' });
    receive();
    expect(undo(record).skipped).toEqual([{ table: 'notes', key: ['2'] }]);
    expect(rows()).toHaveLength(2);
  });

  test('by deleting the row leaves it deleted', () => {
    const { replica, other, receive, edit, undo, rows } = withOther();
    const record = edit(() => writeNote(replica, '1', { title: 'b' }));
    other.applyChanges(ownChangesOf(replica));
    other.sqlite.exec('DELETE FROM notes');
    receive();
    expect(undo(record).skipped).toEqual([{ table: 'notes', key: ['1'] }]);
    expect(rows()).toEqual([]);
  });

  test('in place of a deleted row stays', () => {
    const { replica, edit, undo, rows } = withOther();
    const record = edit(() => replica.sqlite.exec('DELETE FROM notes'));
    writeNote(replica, '1', { title: 'another' });
    expect(undo(record).skipped).toEqual([{ table: 'notes', key: ['1'] }]);
    expect(rows()).toEqual([['1', 'another', null, null, null]]);
  });

  test('is not taken for an edit of this tab while it is applied', () => {
    const { other, images, receive } = withOther();
    writeNote(other, '1', { title: 'theirs' });
    expect(images.during(receive).edits).toEqual([]);
  });
});

test('undoing is an edit that other devices get', () => {
  const { replica, edit, undo } = open();
  const other = openNotes();
  writeNote(replica, '1', { title: 'a' });
  const record = edit(() => replica.sqlite.exec('DELETE FROM notes'));
  other.applyChanges(ownChangesOf(replica));
  undo(record);
  other.applyChanges(ownChangesOf(replica));
  expect(other.sqlite.prepare('SELECT title FROM notes').pluck().all()).toEqual(['a']);
});

test.each(['', 'null', '[2,[]]', '[1,[["notes"]]]', '{"a":1}'])('%j is no record, and says so', (text) => {
  expect(() => readUndoRecord(text)).toThrow(expect.objectContaining({ code: 'cannot_undo' }));
});

test('numbers keep their type and every bit in a record', () => {
  const values = [1n, 1, -(2n ** 63n), 5e-324, Infinity, -0.1, '1', null, Uint8Array.of(), Uint8Array.of(1)];
  const cells = Object.fromEntries(values.map((value, index) => [`c${index}`, value]));
  const edits = [{ table: 't', key: ['k'], before: cells, after: null }];
  expect(readUndoRecord(writeUndoRecord(edits)!)).toEqual(edits);
});
