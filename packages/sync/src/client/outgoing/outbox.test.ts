import type { AnyReplica } from '@tributary/database';
import { describe, expect, test } from 'vitest';
import { decodeBatch, DEFAULT_LIMITS, MAX_KEY_BYTES, type Batch } from '../../protocol/index.ts';
import { openNotes, ownChangesOf, siteIdOf, writeNote, writeWord } from '../../testing/notes-replica.ts';
import { SyncStore } from '../sync-store.ts';
import { encodeRefill, Outbox, type NextBatches, type OutgoingBatch } from './outbox.ts';

describe('own edits', () => {
  test('of several small transactions go together, each whole, from where the last batch ended', () => {
    const { replica, next } = open();
    for (const id of ['a', 'b', 'c']) writeNote(replica, id, { title: id, body: id });
    const [batch, ...others] = next().map(decodedBy(replica));
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ prevVersion: 0, toVersion: 3, base: 0, refill: false, fragment: undefined });
    expect(batch?.changes).toEqual(ownChangesOf(replica));
  });

  test('are read after the cursor, and the batch says what was sent before it', () => {
    const { replica, outbox } = open();
    for (const id of ['a', 'b', 'c']) writeWord(replica, id, id);
    const [batch] = sent(outbox.next(2, 1, DEFAULT_LIMITS)).map(decodedBy(replica));
    expect(batch).toMatchObject({ prevVersion: 1, toVersion: 3 });
    expect(batch?.changes.map(({ dbVersion }) => dbVersion)).toEqual([3]);
  });

  test('that are none are drained, up to the latest version that is stored', () => {
    const { replica, outbox } = open();
    expect(outbox.next(0, 0, DEFAULT_LIMITS)).toEqual({ kind: 'drained', upTo: 0 });
    writeWord(replica, 'a', 'a');
    expect(outbox.next(1, 1, DEFAULT_LIMITS)).toEqual({ kind: 'drained', upTo: 1 });
    receive(replica, { other: 'theirs' });
    expect(outbox.next(1, 1, DEFAULT_LIMITS)).toEqual({ kind: 'drained', upTo: replica.latestVersion });
  });

  test('that were overwritten since are not sent, nor is their version waited for', () => {
    const { replica, next } = open();
    writeWord(replica, 'a', 'first');
    writeWord(replica, 'a', 'second');
    const [batch] = next().map(decodedBy(replica));
    expect(batch).toMatchObject({ prevVersion: 0, toVersion: 2 });
    expect(batch?.changes.map(({ val }) => val)).toEqual(['second']);
  });

  test('are all that is sent: other sites’ versions are stepped over', () => {
    const { replica, next } = open();
    writeWord(replica, 'a', 'mine');
    receive(replica, { b: 'theirs' });
    writeWord(replica, 'c', 'mine, too');
    const [batch] = next().map(decodedBy(replica));
    expect(batch).toMatchObject({ prevVersion: 0, toVersion: 3 });
    expect(batch?.changes.map(({ dbVersion, val }) => [dbVersion, val])).toEqual([
      [1, 'mine'],
      [3, 'mine, too'],
    ]);
  });

  test('include deletions', () => {
    const { replica, next } = open();
    writeWord(replica, 'a', 'a');
    replica.sqlite.prepare('DELETE FROM words').run();
    const [batch] = next().map(decodedBy(replica));
    expect(batch?.changes).toMatchObject([{ cid: '-1', cl: 2, dbVersion: 2 }]);
  });
});

describe('the base', () => {
  test('is the pull cursor while nothing has been applied since the edits', () => {
    const { replica, store, next } = open();
    store.update({ pullCursor: 7 });
    writeWord(replica, 'a', 'a');
    expect(next().map(decodedBy(replica))).toMatchObject([{ base: 7 }]);
  });

  test('parts batches: none spans two', () => {
    const { replica, store, outbox } = open();
    const upTos: number[] = [];
    for (const pullCursor of [3, 5, 9]) {
      store.update({ pullCursor });
      writeWord(replica, `a${pullCursor}`, 'mine');
      writeWord(replica, `b${pullCursor}`, 'mine');
      store.markBase(replica.latestVersion);
      receive(replica, { [`their ${pullCursor}`]: 'theirs' });
    }
    const batches: Batch[] = [];
    for (let after = 0; ;) {
      const result = outbox.next(after, batches.at(-1)?.toVersion ?? 0, DEFAULT_LIMITS);
      if (result.kind !== 'batches') break;
      batches.push(...result.batches.map(decodedBy(replica)));
      upTos.push((after = result.upTo));
    }
    expect(batches.map(({ base, prevVersion, toVersion }) => [base, prevVersion, toVersion])).toEqual([
      [3, 0, 2],
      [5, 2, 5],
      [9, 5, 8],
    ]);
  });

  test('of versions that were in a former log is not known, and they are not mixed with others', () => {
    const { replica, store, outbox } = open();
    for (const id of ['a', 'b', 'c']) writeWord(replica, id, id);
    store.update({ settledVersion: 2, pullCursor: 4 });
    const first = outbox.next(0, 0, DEFAULT_LIMITS);
    expect(sent(first).map(decodedBy(replica))).toMatchObject([{ base: undefined, prevVersion: 0, toVersion: 2 }]);
    expect(sent(outbox.next(2, 2, DEFAULT_LIMITS)).map(decodedBy(replica))).toMatchObject([
      { base: 4, prevVersion: 2, toVersion: 3 },
    ]);
  });

  test('of many ranges without an own edit costs no stack', () => {
    const { replica, store, outbox } = open();
    for (let version = 1; version <= 20_000; version++) store.markBase(version);
    expect(outbox.next(0, 0, DEFAULT_LIMITS)).toEqual({ kind: 'drained', upTo: 20_000 });
    expect(replica.latestVersion).toBe(0);
  });
});

describe('the size of a batch', () => {
  test('aims at a target, and whole transactions are added while they fit', () => {
    const { replica, next } = open();
    const kilobyte = 'x'.repeat(1_000);
    for (let id = 0; id < 600; id++) writeWord(replica, `${id}`, kilobyte);
    const batches = next().map(decodedBy(replica));
    expect(batches.map(({ fragment }) => fragment)).toEqual([undefined, undefined, undefined]);
    expect(batches.map(({ prevVersion }) => prevVersion)).toEqual([
      0,
      ...batches.slice(0, -1).map((batch) => batch.toVersion),
    ]);
    for (const { changes } of batches.slice(0, -1)) expect(changes.length).toBeGreaterThan(200);
  });

  test('keeps to the changes that the relay takes at once', () => {
    const { replica, outbox } = open();
    for (let id = 0; id < 50; id++) writeNote(replica, `${id}`, { title: 'x' });
    const all = drain(outbox, { ...DEFAULT_LIMITS, maxChangesPerBatch: 10 }).map(decodedBy(replica));
    expect(all.map(({ changes }) => changes.length)).toEqual(Array.from({ length: 25 }, () => 8));
  });

  test('of one transaction may be larger than the target, while it fits a frame', () => {
    const { replica, next } = open();
    inOneTransaction(replica, 900, () => 'x'.repeat(1_000));
    expect(next()).toMatchObject([{ changeCount: 900, frames: [expect.any(Uint8Array)] }]);
  });
});

describe('a transaction that does not fit a frame', () => {
  test('becomes fragments, each of which does, and which together are the transaction', () => {
    const { replica, next } = open();
    const limits = { ...DEFAULT_LIMITS, maxFrameBytes: 20_000 };
    inOneTransaction(replica, 300, (index) => incompressible(1_000, index));
    const [batch, ...others] = next(limits);
    expect(others).toEqual([]);
    const fragments = batch?.frames.map((frame) => decodeBatch(frame, siteIdOf(replica))) ?? [];
    expect(fragments.length).toBeGreaterThan(10);
    expect(fragments.map(({ fragment }) => fragment)).toEqual(
      fragments.map((_, index) => ({ index, count: fragments.length })),
    );
    for (const frame of batch?.frames ?? []) expect(frame.length).toBeLessThanOrEqual(20_000);
    expect(fragments.flatMap(({ changes }) => changes)).toEqual(ownChangesOf(replica));
    for (const { prevVersion, toVersion, base } of fragments) expect([prevVersion, toVersion, base]).toEqual([0, 1, 0]);
  });

  test('becomes fragments by the number of its changes, too', () => {
    const { replica, next } = open();
    inOneTransaction(replica, 25, () => 'x');
    const [batch] = next({ ...DEFAULT_LIMITS, maxChangesPerBatch: 10 });
    expect(batch?.frames.map((frame) => decodeBatch(frame, siteIdOf(replica)).changes.length)).toEqual([10, 10, 5]);
  });

  test('comes alone, between the batches of its neighbours', () => {
    const { replica, outbox } = open();
    writeWord(replica, 'before', 'x');
    inOneTransaction(replica, 25, () => 'x');
    writeWord(replica, 'after', 'x');
    const batches = drain(outbox, { ...DEFAULT_LIMITS, maxChangesPerBatch: 10 });
    expect(batches.map(({ toVersion, frames }) => [toVersion, frames.length])).toEqual([
      [1, 1],
      [2, 3],
      [3, 1],
    ]);
  });

  test('is never parted between several transactions, however small a frame may be', () => {
    const { replica, outbox } = open();
    for (let id = 0; id < 20; id++) writeWord(replica, `${id}`, incompressible(3_000, id));
    const batches = drain(outbox, { ...DEFAULT_LIMITS, maxFrameBytes: 16_000 });
    expect(batches.filter(({ frames }) => frames.length > 1)).toEqual([]);
    for (const { frames } of batches) expect(frames[0]?.length).toBeLessThanOrEqual(16_000);
  });

  test('is measured in bytes, of keys and of texts in any script', () => {
    const limits = { ...DEFAULT_LIMITS, maxFrameBytes: 400_000 };
    const { replica, next } = open();
    replica.transaction(() => {
      for (let index = 0; index < 100; index++) writeWord(replica, incompressible(900, index), 'x');
      for (let index = 0; index < 100; index++) writeWord(replica, `${index}`, incompressible(3_000, index, 0x4e00));
    });
    for (const { frames } of next(limits)) {
      expect(frames.length).toBeGreaterThan(1);
      for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(400_000);
    }
  });
});

describe('what the relay would refuse', () => {
  test('is a value above its limit, counted in bytes', () => {
    const { replica, outbox } = open();
    writeWord(replica, 'a', 'ä'.repeat(500));
    expect(outbox.next(0, 0, { ...DEFAULT_LIMITS, maxValueBytes: 1_000 }).kind).toBe('batches');
    expect(outbox.next(0, 0, { ...DEFAULT_LIMITS, maxValueBytes: 999 })).toEqual({
      kind: 'unsendable',
      reason: 'words.text holds a value of 1000 bytes, and the relay takes 999',
    });
  });

  test.each([
    ['ascii', 'a', 1],
    ['Latin', 'ß', 2],
    ['Chinese', '中', 3],
    ['emoji', '😀', 4],
  ])('is told by the exact size of the text (%s)', (_, character, bytes) => {
    const { replica, outbox } = open();
    writeWord(replica, 'a', character.repeat(10));
    const limitOf = (maxValueBytes: number) => outbox.next(0, 0, { ...DEFAULT_LIMITS, maxValueBytes }).kind;
    expect([limitOf(10 * bytes), limitOf(10 * bytes - 1)]).toEqual(['batches', 'unsendable']);
  });

  test('is a BLOB above the limit', () => {
    const { replica, outbox } = open();
    writeWord(replica, 'a', new Uint8Array(1_001));
    expect(outbox.next(0, 0, { ...DEFAULT_LIMITS, maxValueBytes: 1_000 })).toMatchObject({ kind: 'unsendable' });
  });

  test('is a key above the limit of the protocol', () => {
    const { replica, outbox } = open();
    writeWord(replica, 'x'.repeat(MAX_KEY_BYTES), 'x');
    expect(outbox.next(0, 0, DEFAULT_LIMITS)).toMatchObject({
      kind: 'unsendable',
      reason: expect.stringContaining('key'),
    });
  });

  test('is a transaction that all its fragments together make too large', () => {
    const { replica, outbox } = open();
    inOneTransaction(replica, 100, (index) => incompressible(1_000, index));
    expect(outbox.next(0, 0, { ...DEFAULT_LIMITS, maxVersionBytes: 50_000 })).toEqual({
      kind: 'unsendable',
      reason: 'one transaction is larger than the relay takes',
    });
  });

  test.each([
    ['value', { maxValueBytes: 50_000 }],
    ['transaction', { maxVersionBytes: 50_000 }],
  ])('keeps back what comes behind it, not what came before (%s)', (_, limit) => {
    const { replica, outbox } = open();
    const limits = { ...DEFAULT_LIMITS, ...limit };
    writeWord(replica, 'a', 'a');
    writeWord(replica, 'b', 'b');
    writeWord(replica, 'c', incompressible(90_000, 1));
    writeWord(replica, 'd', 'd');
    const first = outbox.next(0, 0, limits);
    expect(sent(first).map(decodedBy(replica))).toMatchObject([{ prevVersion: 0, toVersion: 2 }]);
    expect(first).toMatchObject({ upTo: 2 });
    expect(outbox.next(2, 2, limits)).toMatchObject({ kind: 'unsendable' });
  });

  test('does not arise from many small transactions at once', () => {
    const { replica, outbox } = open();
    for (let id = 0; id < 100; id++) writeWord(replica, `${id}`, incompressible(2_000, id));
    const batches = drain(outbox, { ...DEFAULT_LIMITS, maxVersionBytes: 30_000 });
    expect(batches.at(-1)?.toVersion).toBe(100);
    for (const { frames } of batches) expect(frames[0]?.length).toBeLessThanOrEqual(30_000);
  });
});

describe('a refill', () => {
  test('carries anybody’s changes, each with its site, and no base', () => {
    const { replica } = open();
    writeWord(replica, 'a', 'mine');
    receive(replica, { b: 'theirs' });
    const { changes } = replica.allChanges({ after: 0 });
    const [batch] = encodeRefill(changes, DEFAULT_LIMITS);
    const decoded = decodeBatch(batch!.frames[0]!, new Uint8Array(16));
    expect(decoded).toMatchObject({ refill: true, base: undefined, prevVersion: 0, toVersion: 2 });
    expect(decoded.changes).toEqual(changes);
    expect(new Set(decoded.changes.map(({ siteId }) => siteId.join())).size).toBe(2);
  });

  test('is cut by size alone, and each piece is a batch of its own', () => {
    const { replica } = open();
    inOneTransaction(replica, 300, (index) => incompressible(1_000, index));
    const limits = { ...DEFAULT_LIMITS, maxFrameBytes: 100_000, maxChangesPerBatch: 20 };
    const batches = encodeRefill(ownChangesOf(replica), limits);
    expect(batches.every(({ frames }) => frames.length === 1)).toBe(true);
    const decoded = batches.map(decodedBy(replica));
    expect(decoded.flatMap(({ changes }) => changes)).toEqual(ownChangesOf(replica));
    expect(Math.max(...decoded.map(({ changes }) => changes.length))).toBeLessThanOrEqual(20);
  });
});

function open() {
  const replica = openNotes();
  const store = new SyncStore(replica, 'workspace');
  const outbox = new Outbox(replica, store);
  return { replica, store, outbox, next: (limits = DEFAULT_LIMITS) => sent(outbox.next(0, 0, limits)) };
}

function sent(result: NextBatches): readonly OutgoingBatch[] {
  if (result.kind !== 'batches') throw new Error(`expected batches: ${JSON.stringify(result)}`);
  return result.batches;
}

function drain(outbox: Outbox, limits = DEFAULT_LIMITS): OutgoingBatch[] {
  const batches: OutgoingBatch[] = [];
  for (let after = 0; ;) {
    const result = outbox.next(after, batches.at(-1)?.toVersion ?? 0, limits);
    if (result.kind === 'drained') return batches;
    batches.push(...sent(result));
    after = result.kind === 'batches' ? result.upTo : after;
  }
}

function decodedBy(replica: AnyReplica) {
  return ({ frames }: OutgoingBatch): Batch => {
    expect(frames).toHaveLength(1);
    return decodeBatch(frames[0]!, siteIdOf(replica));
  };
}

/** Titles of another site's notes, by id. */
function receive(replica: AnyReplica, words: Readonly<Record<string, string>>): void {
  const other = openNotes();
  for (const [id, text] of Object.entries(words)) writeWord(other, id, text);
  replica.applyChanges(ownChangesOf(other));
}

function inOneTransaction(replica: AnyReplica, rows: number, title: (index: number) => string): void {
  replica.transaction(() => {
    for (let index = 0; index < rows; index++) writeWord(replica, `${index}`, title(index));
  });
}

/** So many characters that hardly deflate, other ones for another seed. */
function incompressible(length: number, seed: number, from = 0x21): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(from + ((state >>> 16) % 93));
  }).join('');
}
