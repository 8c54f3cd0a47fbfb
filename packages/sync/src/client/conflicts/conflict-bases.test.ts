/** Which value stands as the base of a conflict: one that both authors had seen, or none. */
import type { EngineName, Replica } from '@tributary/database';
import { siteIdToHex } from '@tributary/database/changes';
import { describeEachEngine } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../protocol/index.ts';
import { openConflicted, readItem } from '../../testing/conflicted-replica.ts';
import { siteIdOf } from '../../testing/notes-replica.ts';
import { Inbox, type Incoming } from '../incoming/inbox.ts';
import { Outbox } from '../outgoing/outbox.ts';
import { SyncStore } from '../sync-store.ts';
import { ConflictJournal, journalsEverything } from './conflict-journal.ts';
import { ConflictResolver } from './conflict-resolver.ts';

describeEachEngine('the base', (engine) => {
  test('is what the cell held when the devices parted, whichever of them comes back last', () => {
    const { a, b } = openTwo(engine, 'one two');
    a.write('one two three');
    b.write('zero one two');
    b.sync();
    a.sync();
    b.sync();
    for (const { replica } of [a, b]) expect(basesOf(replica)).toEqual(['"one two"']);
    new ConflictResolver(b.replica).autoResolve(new ConflictResolver(b.replica).list()[0]!.id);
    b.sync();
    a.sync();
    expect([a, b].map(({ replica }) => readItem(replica, 'title'))).toEqual(Array(2).fill('zero one two three'));
  });

  test('is what was there before the first of many edits, also where this device wins', () => {
    const { a, b } = openTwo(engine, 'old');
    b.write('b');
    for (const text of ['a1', 'a2', 'a3']) a.write(text);
    b.sync();
    a.sync();
    const [conflict] = new ConflictResolver(a.replica).list();
    expect(conflict).toMatchObject({ winningValue: 'a3', losingValue: 'b', baseValue: 'old' });
  });

  test('is not an own edit that the other device has never seen', () => {
    const { a, b } = openTwo(engine, 'old');
    b.write('b');
    a.write('seen by the relay');
    a.sync();
    a.write('not sent yet');
    b.push();
    a.sync();
    expect(basesOf(a.replica)).toEqual([null]);
  });

  test('is an own edit that the other device has seen', () => {
    const { a, b } = openTwo(engine, 'old');
    a.write('newer');
    a.sync();
    b.sync();
    b.write('b');
    b.sync();
    a.write('a');
    a.sync();
    expect(basesOf(a.replica)).toEqual(['"newer"']);
  });

  test('is an edit of the other device itself, however much else has been seen since', () => {
    const { a, b, c } = openThree(engine, 'old');
    b.write('by b');
    b.sync();
    c.write('of another row', 'c');
    c.sync();
    a.sync();
    a.write('a');
    b.write('b');
    b.push();
    a.sync();
    expect(basesOf(a.replica)).toEqual(['"by b"']);
  });

  test('is a third device’s edit that both have seen', () => {
    const { a, b, c } = openThree(engine, 'old');
    c.write('by c');
    for (const device of [c, a, b]) device.sync();
    a.write('a');
    b.write('b');
    b.sync();
    a.sync();
    expect(basesOf(a.replica)).toEqual(['"by c"']);
  });

  test('is not a third device’s edit that only one has seen', () => {
    const { a, b, c } = openThree(engine, 'old');
    b.write('b');
    c.write('by c');
    c.sync();
    a.sync();
    a.write('a');
    b.push();
    a.sync();
    expect(basesOf(a.replica)).toEqual([null]);
  });

  test('is kept of an edit that lost to a deletion', () => {
    const { a, b } = openTwo(engine, 'old');
    a.write('a');
    b.replica.sqlite.exec('DELETE FROM items');
    b.sync();
    a.sync();
    expect(new ConflictResolver(a.replica).list()).toMatchObject([
      { kind: 'delete', losingValue: 'a', baseValue: 'old', currentValue: undefined },
    ]);
  });
});

type Device = ReturnType<typeof openDevice>;
type Log = { readonly siteId: Uint8Array; readonly toVersion: number; readonly batch: Uint8Array }[];

function openTwo(engine: EngineName, title: string): { a: Device; b: Device } {
  return openThree(engine, title);
}

/** All in sync, with one row that a wrote. */
function openThree(engine: EngineName, title: string): { a: Device; b: Device; c: Device } {
  const log: Log = [];
  const [a, b, c] = [openDevice(engine, log), openDevice(engine, log), openDevice(engine, log)];
  a.replica.sqlite.prepare(`INSERT INTO items (id, title) VALUES ('a', ?)`).run(title);
  for (const device of [a, b, c]) device.sync();
  return { a, b, c };
}

/** A replica with the way in of a client, over a log that is an array. */
function openDevice(engine: EngineName, log: Log) {
  const replica = openConflicted(engine);
  const store = new SyncStore(replica, 'workspace');
  const hasPending = () => replica.countOwnChanges(store.position.pushCursor, 1) > 0;
  const journal = new ConflictJournal(replica);
  const inbox = new Inbox({ replica, store, journal, isJournalled: journalsEverything, hasPending });
  const outbox = new Outbox(replica, store);
  const siteId = siteIdOf(replica);

  const pull = () => {
    const entries = log.slice(store.position.pullCursor).map((_, index) => entryAt(store.position.pullCursor + index));
    inbox.apply(entries);
  };
  const entryAt = (index: number): Incoming => {
    const { siteId: author, batch } = log[index]!;
    const earlier = log.slice(0, index).filter((entry) => siteIdToHex(entry.siteId) === siteIdToHex(author));
    const isOwn = siteIdToHex(author) === replica.siteId;
    return {
      kind: 'entry',
      seq: index + 1,
      mark: 0,
      siteId: author,
      knownVersion: earlier.at(-1)?.toVersion ?? 0,
      batch: isOwn ? new Uint8Array(0) : batch,
      isContinued: false,
    };
  };
  const push = () => {
    for (;;) {
      const { pushCursor } = store.position;
      const next = outbox.next(pushCursor, pushCursor, DEFAULT_LIMITS);
      if (next.kind !== 'batches') return;
      for (const { toVersion, frames } of next.batches) {
        log.push({ siteId, toVersion, batch: frames[0]! });
        inbox.apply([{ kind: 'ack', toVersion, seq: log.length, mark: 0 }]);
      }
    }
  };
  return {
    replica,
    push,
    write: (text: string, id = 'a') =>
      replica.sqlite
        .prepare('INSERT INTO items (id, title) VALUES (?, ?) ON CONFLICT DO UPDATE SET title = excluded.title')
        .run(id, text),
    sync: () => {
      pull();
      push();
      pull();
      replica.forgetFormerValues();
    },
  };
}

function basesOf({ sqlite }: Replica): unknown[] {
  return sqlite.prepare('SELECT base_value FROM conflicts').pluck().all();
}
