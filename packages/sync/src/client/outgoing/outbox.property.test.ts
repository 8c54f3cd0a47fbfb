/** Whatever is edited, received and limited: everything of one's own is sent once, in batches that the relay takes. */
import type { AnyReplica, Change, Replica } from '@tributary/database';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { decodeBatch, type Batch, type ProtocolLimits } from '../../protocol/index.ts';
import { openNotes, ownChangesOf, siteIdOf, writeWord } from '../../testing/notes-replica.ts';
import { SyncStore } from '../sync-store.ts';
import { Outbox, type OutgoingBatch } from './outbox.ts';

const HISTORIES = 60;
const seed = seedOfRun();

describe(`over ${HISTORIES} random histories from seed ${seed}`, () => {
  test('everything of one’s own is sent exactly once, whole, in order, on its base, and within the limits', () => {
    for (let history = 0; history < HISTORIES; history++) {
      const random = createSeededRandom(seed + history);
      try {
        expectAllSentOnce(random);
      } catch (cause) {
        throw new Error(`replay with TRIBUTARY_SEED=${seed + history}`, { cause });
      }
    }
  });
});

function expectAllSentOnce(random: SeededRandom): void {
  const [replica, other] = [openNotes(), openNotes()];
  const store = new SyncStore(replica, 'workspace');
  const baseOf = writeHistory(random, { replica, other, store });
  const limits = randomLimits(random);
  const batches = drain(new Outbox(replica, store), limits);
  const decoded = batches.map(({ frames }) => frames.map((frame) => decodeBatch(frame, siteIdOf(replica))));

  expect(decoded.flat().flatMap(({ changes }) => changes)).toEqual(ownChanges(replica));
  expectChain(batches, decoded);
  for (const fragments of decoded) expectWhole(fragments, baseOf);
  for (const { frames } of batches) {
    for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(limits.maxFrameBytes);
  }
  for (const { changes } of decoded.flat()) expect(changes.length).toBeLessThanOrEqual(limits.maxChangesPerBatch);
  for (const each of [replica, other]) each.close();
}

interface Scene {
  readonly replica: Replica;
  readonly other: Replica;
  readonly store: SyncStore;
}

/** Own transactions among those of another site. Returns what each own version was made on. */
function writeHistory(random: SeededRandom, { replica, other, store }: Scene): (version: number) => number {
  const bases = new Map<number, number>();
  let received = 0;
  for (let steps = 5 + random.below(40); steps > 0; steps--) {
    if (random.chance(0.75)) {
      const before = replica.latestVersion;
      edit(random, replica);
      if (replica.latestVersion > before) bases.set(replica.latestVersion, store.position.pullCursor);
      continue;
    }
    store.markBase(replica.latestVersion);
    edit(random, other);
    replica.applyChanges(ownChangesOf(other, received));
    received = other.latestVersion;
    store.update({ pullCursor: store.position.pullCursor + 1 + random.below(3) });
  }
  return (version) => bases.get(version)!;
}

/** One transaction: mostly of a few short words, sometimes of many, or of long ones. */
function edit(random: SeededRandom, replica: AnyReplica): void {
  const count = random.chance(0.1) ? 1 + random.below(120) : 1 + random.below(4);
  replica.transaction(() => {
    for (let index = 0; index < count; index++) {
      const id = `${random.below(60)}`;
      if (random.chance(0.15)) replica.sqlite.prepare('DELETE FROM words WHERE id = ?').run(id);
      else writeWord(replica, id, randomText(random));
    }
  });
}

function randomText(random: SeededRandom): string {
  const length = random.chance(0.05) ? random.below(3_000) : random.below(60);
  const from = random.pick([0x61, 0x3b1, 0x4e00]);
  return Array.from({ length }, () => String.fromCharCode(from + random.below(20))).join('');
}

function randomLimits(random: SeededRandom): ProtocolLimits {
  return {
    maxFrameBytes: 24_000 * 2 ** random.below(8),
    maxChangesPerBatch: 5 * 2 ** random.below(10),
    maxValueBytes: 9_000,
    maxVersionBytes: 10_000_000,
  };
}

function drain(outbox: Outbox, limits: ProtocolLimits): OutgoingBatch[] {
  const batches: OutgoingBatch[] = [];
  for (let after = 0; ;) {
    const next = outbox.next(after, batches.at(-1)?.toVersion ?? 0, limits);
    if (next.kind === 'drained') return batches;
    if (next.kind === 'unsendable') throw new Error(next.reason);
    expect(next.upTo).toBeGreaterThan(after);
    batches.push(...next.batches);
    after = next.upTo;
  }
}

/** By the way in which they are stored, not by that in which they are sent. */
function ownChanges(replica: AnyReplica): readonly Change[] {
  const own = siteIdOf(replica).join();
  return replica.allChanges({ after: 0, maxCells: 1_000_000 }).changes.filter(({ siteId }) => siteId.join() === own);
}

function expectChain(batches: readonly OutgoingBatch[], decoded: readonly Batch[][]): void {
  let sentVersion = 0;
  for (const [index, { toVersion, changeCount }] of batches.entries()) {
    const fragments = decoded[index]!;
    for (const fragment of fragments)
      expect([fragment.prevVersion, fragment.toVersion]).toEqual([sentVersion, toVersion]);
    expect(changeCount).toBe(fragments.reduce((sum, { changes }) => sum + changes.length, 0));
    sentVersion = toVersion;
  }
}

/** Fragments of one version, or whole versions of one base. */
function expectWhole(fragments: readonly Batch[], baseOf: (version: number) => number): void {
  const versions = new Set(fragments.flatMap(({ changes }) => changes.map(({ dbVersion }) => dbVersion)));
  if (fragments.length > 1) expect(versions.size).toBe(1);
  const isFragmented = fragments.length > 1;
  expect(fragments.map(({ fragment }) => fragment)).toEqual(
    fragments.map((_, index) => (isFragmented ? { index, count: fragments.length } : undefined)),
  );
  const bases = new Set(fragments.map(({ base }) => base));
  expect(bases).toEqual(new Set([...versions].map(baseOf)));
}
