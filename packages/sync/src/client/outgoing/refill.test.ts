import type { Change } from '@tributary/database';
import { testSchema } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { decodeBatch, DEFAULT_LIMITS } from '../../protocol/index.ts';
import { notesSchema, openNotes, ownChangesOf, readWord, writeWord } from '../../testing/notes-replica.ts';
import { CoveredChanges } from '../covered-changes.ts';
import { SyncStore } from '../sync-store.ts';
import { Refill } from './refill.ts';

describe('what a new life of the log lacks', () => {
  test('is everything that was in the former one, whoever wrote it, deletions included', () => {
    const { here, other, refill } = openAfterRestore();
    const sent = drain(refill);
    expect(sent).toEqual(here.allChanges({ after: 0 }).changes);
    expect(new Set(sent.map(({ siteId }) => siteId.join())).size).toBe(2);
    expect(sent.filter(({ cid }) => cid === '-1')).toHaveLength(1);
    const fresh = openNotes();
    fresh.applyChanges(sent);
    expect(['mine', 'theirs', 'deleted'].map((id) => readWord(fresh, id))).toEqual(['1', '2', undefined]);
    expect(readWord(other, 'theirs')).toBe('2');
  });

  test('is not what the new log was seen to hold', () => {
    const { here, other, refill } = openAfterRestore();
    new CoveredChanges(here).add(ownChangesOf(other));
    expect(drain(refill).map(({ siteId }) => siteId)).toEqual(ownChangesOf(here).map(({ siteId }) => siteId));
  });

  test('is none of the own edits that were never in a log: they are pushed', () => {
    const { here, store, refill } = openAfterRestore();
    writeWord(here, 'new', 'pending');
    store.update({ refillVersion: here.latestVersion });
    expect(drain(refill).map(({ val }) => val)).not.toContain('pending');
  });

  test('is nothing that came after the new life began', () => {
    const { here, refill } = openAfterRestore();
    const before = here.allChanges({ after: 0 }).changes;
    const late = openNotes();
    writeWord(late, 'late', 'after');
    here.applyChanges(ownChangesOf(late));
    expect(drain(refill)).toEqual(before);
  });

  test('includes what is kept for a newer app', () => {
    const { here, refill } = openAfterRestore();
    const newer = openNotes({
      schema: testSchema(notesSchema.replicated, ...ddl(), 'ALTER TABLE words ADD COLUMN tone TEXT'),
    });
    newer.sqlite.prepare(`INSERT INTO words (id, tone) VALUES ('x', 'friendly')`).run();
    const parked = ownChangesOf(newer).filter(({ cid }) => cid === 'tone');
    here.applyChanges(parked);
    expect(drain(refill).slice(-1)).toEqual(parked);
    new CoveredChanges(here).add(parked);
    refill.restart();
    expect(drain(refill).map(({ cid }) => cid)).not.toContain('tone');
  });
});

describe('a refill', () => {
  test('is wanted from a new life of the log on, until it is finished', () => {
    const { here, store, refill } = openAfterRestore();
    new CoveredChanges(here).add(ownChangesOf(here));
    expect(refill.isWanted).toBe(true);
    refill.finish();
    expect([refill.isWanted, store.position.refillVersion]).toEqual([false, undefined]);
    expect(here.sqlite.prepare('SELECT count(*) FROM sync_covered').pluck().get()).toBe(0);
  });

  test('is not wanted by a replica that has never pulled', () => {
    const here = openNotes();
    const store = new SyncStore(here, 'workspace');
    store.beginEpoch('first', undefined);
    expect(new Refill(here, store).isWanted).toBe(false);
  });

  test('that was broken off begins again, with what is still missing', () => {
    const { here, refill } = openAfterRestore();
    const [first] = refill.next({ ...DEFAULT_LIMITS, maxChangesPerBatch: 1 })!;
    new CoveredChanges(here).add(decoded(first!.frames));
    refill.restart();
    const all = here.allChanges({ after: 0 }).changes;
    expect(drain(refill)).toEqual(all.slice(1));
  });

  test('that has nothing to send is over at once', () => {
    const { here, refill } = openAfterRestore();
    new CoveredChanges(here).add(here.allChanges({ after: 0 }).changes);
    expect(refill.next(DEFAULT_LIMITS)).toBeUndefined();
  });

  test('goes through long stretches of what is covered without stopping', () => {
    const { here, store, refill } = openAfterRestore();
    here.transaction(() => {
      for (let id = 0; id < 3_000; id++) writeWord(here, `${id}`, 'x');
    });
    writeWord(here, 'last', 'missing');
    store.update({ settledVersion: here.latestVersion, refillVersion: here.latestVersion });
    new CoveredChanges(here).add(here.allChanges({ after: 0, maxCells: 100_000 }).changes.slice(0, -1));
    expect(drain(refill).map(({ val }) => val)).toEqual(['missing']);
  });
});

/** A log was lost that had held an own word, another site's, and a deleted one. */
function openAfterRestore() {
  const [here, other] = [openNotes(), openNotes()];
  const store = new SyncStore(here, 'workspace');
  store.beginEpoch('lost', undefined);
  writeWord(here, 'mine', '1');
  writeWord(other, 'theirs', '2');
  here.applyChanges(ownChangesOf(other));
  writeWord(here, 'deleted', '3');
  here.sqlite.prepare(`DELETE FROM words WHERE id = 'deleted'`).run();
  store.update({ pushCursor: here.latestVersion });
  store.beginEpoch('new', here.latestVersion);
  return { here, other, store, refill: new Refill(here, store) };
}

function drain(refill: Refill): Change[] {
  const sent: Change[] = [];
  for (;;) {
    const batches = refill.next(DEFAULT_LIMITS);
    if (batches === undefined) return sent;
    for (const { frames } of batches) sent.push(...decoded(frames));
  }
}

function decoded(frames: readonly Uint8Array[]): Change[] {
  return frames.flatMap((frame) => {
    const { refill, base, changes } = decodeBatch(frame, new Uint8Array(16));
    expect([refill, base]).toEqual([true, undefined]);
    return changes;
  });
}

function ddl(): string[] {
  return notesSchema.migrations.map(({ sql }) => sql.replaceAll('\n--> statement-breakpoint\n', ';'));
}
