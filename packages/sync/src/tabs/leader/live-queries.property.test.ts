/** Whatever is edited, received, rolled back or failed: the rows that were told last are the rows there are. */
import type { Replica } from '@tributary/database';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { deleteNote, openNotes, ownChangesOf, writeNote } from '../../testing/notes-replica.ts';
import { DirtyTables } from './dirty-tables.ts';
import { LiveQueries } from './live-queries.ts';
import { ReadQueries } from './read-query.ts';

const HISTORIES = 40;
const STEPS = 30;
const seed = seedOfRun();

const QUERIES = [
  'SELECT count(*) FROM notes',
  'SELECT id, title FROM notes ORDER BY id',
  'SELECT body FROM notes WHERE size > 1 ORDER BY id',
  'SELECT max(size) FROM notes WHERE title IS NOT NULL',
  'SELECT rowid, id FROM notes ORDER BY id',
  'SELECT * FROM notes ORDER BY id',
  'SELECT n.title, l.kind FROM notes n LEFT JOIN links l ON l.source = n.id ORDER BY n.id, l.target',
  "SELECT EXISTS (SELECT 1 FROM links WHERE kind = 'k1')",
  'SELECT count(*) FROM links',
];

test(`live queries are never stale, over ${HISTORIES} random histories from seed ${seed}`, () => {
  for (let history = 0; history < HISTORIES; history++) {
    try {
      expectNeverStale(createSeededRandom(seed + history));
    } catch (cause) {
      throw new Error(`replay with TRIBUTARY_SEED=${seed + history}`, { cause });
    }
  }
});

function expectNeverStale(random: SeededRandom): void {
  const [replica, other] = [openNotes(), openNotes()];
  const clock = new ManualClock();
  const queries = new ReadQueries(replica.sqlite);
  const told = new Map<number, unknown>();
  const live = new LiveQueries(queries, ({ id }, answer) => told.set(id, answer));
  const dirtyTables = new DirtyTables(replica, clock, (written) => live.written(written));
  for (const [id, sql] of QUERIES.entries()) live.subscribe({ tab: 't', id }, { sql, params: [] });
  for (let step = 0; step < STEPS; step++) {
    act(random, { replica, other, dirtyTables });
    if (random.chance(0.3)) continue;
    clock.runAll();
    for (const [id, sql] of QUERIES.entries()) {
      expect(told.get(id), sql).toEqual({ ok: true, value: queries.rows({ sql, params: [] }) });
    }
  }
  for (const each of [replica, other]) each.close();
}

interface Scene {
  readonly replica: Replica;
  readonly other: Replica;
  readonly dirtyTables: DirtyTables;
}

function act(random: SeededRandom, { replica, other, dirtyTables }: Scene): void {
  const editSome = (target: Replica): void => {
    for (let edits = 1 + random.below(3); edits > 0; edits--) edit(random, target);
  };
  const editAndFail = (): never =>
    replica.transaction(() => {
      editSome(replica);
      throw new RangeError('on purpose');
    });
  const acts = [
    () => editSome(replica),
    () => editSome(replica),
    () => replica.transaction(() => editSome(replica)),
    () => editSome(other),
    () => void replica.applyChanges(ownChangesOf(other)),
    () => void replica.applyChanges(ownChangesOf(other)),
    () => void other.applyChanges(ownChangesOf(replica)),
    () => expect(editAndFail).toThrow('on purpose'),
    () => expect(() => dirtyTables.attempt(editAndFail)).toThrow('on purpose'),
    () => dirtyTables.flush(),
    () => replica.rotateSiteId(),
  ];
  acts[random.below(acts.length)]?.();
}

function edit(random: SeededRandom, replica: Replica): void {
  const id = `n${random.below(4)}`;
  const value = (): string => `${random.below(3)}`;
  const columns = { title: value(), body: value(), size: random.below(4), data: null };
  const some = Object.entries(columns).filter(() => random.chance(0.4));
  const link = [id, `n${random.below(4)}`];
  const edits = [
    () => writeNote(replica, id, Object.fromEntries(some)),
    () => writeNote(replica, id, Object.fromEntries(some)),
    () => deleteNote(replica, id),
    () => replica.sqlite.prepare(`INSERT OR REPLACE INTO links VALUES (?, ?, ?)`).run(...link, `k${value()}`),
    () => replica.sqlite.prepare('DELETE FROM links WHERE source = ?').run(id),
    () => replica.sqlite.prepare('UPDATE links SET kind = ?').run(`k${value()}`),
  ];
  edits[random.below(edits.length)]?.();
}
