/**
 * Real cr-sqlite is the oracle: random histories of several sites are delivered to a replica and to the fold alike,
 * shuffled, duplicated and with losses, and both must hold the same cells with the same clocks, complete or not.
 */
import { openReplica, packKey, type Change, type Replica, type SqlValue } from '@tributary/database';
import {
  AVAILABLE_ENGINES,
  createSeededRandom,
  seedOfRun,
  testSchema,
  type SeededRandom,
} from '@tributary/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compact } from './compact.ts';
import { causalLength, fold, UNKNOWN_ROW, type RowState } from './fold.ts';

const HISTORIES = 2_000;
const COMPLETE_HISTORIES = 500;
const SITES = 5;
const LOSS = 0.2;
const DUPLICATION = 0.3;

const NUMBERS: readonly SqlValue[] = [null, 0n, 1n, -1n, 2n ** 62n, 0.5, -1.5, 1e300];
const TEXTS: readonly SqlValue[] = ['', 'a', 'ab', '\u{1F600}', '\uFFFD'];
const BLOBS: readonly SqlValue[] = [[], [0], [0, 1], [255]].map((bytes) => Uint8Array.from(bytes));
/** Few and of every class, so that ties of version are decided by value, and by class. */
const VALUES = [...NUMBERS, ...TEXTS, ...BLOBS];

const schema = testSchema(
  ['items', 'links', 'marks'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, a NUMERIC, b TEXT, c BLOB, d REAL);
   CREATE TABLE links (source TEXT NOT NULL, target BLOB NOT NULL, weight INTEGER, PRIMARY KEY (source, target));
   CREATE TABLE marks (id TEXT PRIMARY KEY NOT NULL)`,
);

describe.each(AVAILABLE_ENGINES)('the fold equals cr-sqlite (%s)', (engine) => {
  const seed = seedOfRun();
  const open = () => openReplica({ path: ':memory:', engine, schema });
  let sites: Replica[];
  let oracle: Replica;
  let compacted: Replica;
  beforeAll(() => {
    sites = Array.from({ length: SITES }, open);
    [oracle, compacted] = [open(), open()];
  });
  afterAll(() => {
    for (const replica of [...sites, oracle, compacted]) replica.close();
  });

  test(`over ${HISTORIES} random histories from seed ${seed}`, { timeout: 300_000 }, () => {
    for (let history = 0; history < HISTORIES; history++) {
      const random = createSeededRandom(seed + history);
      const replay = `replay with TRIBUTARY_SEED=${seed + history}`;
      const changes = deliver(random, writeHistory(random, sites, `${history}`));
      expect(foldedCells(changes), replay).toEqual(appliedCells(oracle, changes));
      expect(appliedCells(compacted, compact(changes)), replay).toEqual(foldedCells(changes));
    }
  });
});

describe('a complete history', () => {
  const seed = seedOfRun();

  test(`folds to the same rows in any order, and however often (seed ${seed})`, { timeout: 120_000 }, () => {
    const sites = Array.from({ length: SITES }, () => openReplica({ path: ':memory:', engine: 'wasm', schema }));
    for (let history = 0; history < COMPLETE_HISTORIES; history++) {
      const random = createSeededRandom(seed + history);
      const sent = writeHistory(random, sites, `${history}`);
      const expected = withoutAuthors(foldedCells(sent));
      expect(withoutAuthors(foldedCells(random.shuffle(sent)))).toEqual(expected);
      expect(withoutAuthors(foldedCells([...random.shuffle(sent), ...random.shuffle(sent)]))).toEqual(expected);
    }
    for (const site of sites) site.close();
  });
});

/** Which of two equal edits gets the credit depends on which came first. */
function withoutAuthors(cells: Cells): Cells {
  return Object.fromEntries(Object.entries(cells).map(([key, cell]) => [key, cell.replace(/ by .*/, '')]));
}

/** Edits rows of its own on every site, with some exchange meanwhile, and returns all that was ever sent. */
function writeHistory(random: SeededRandom, sites: readonly Replica[], prefix: string): Change[] {
  const sent: Change[] = [];
  const cursors = sites.map(({ dbVersion }) => dbVersion);
  const steps = 4 + random.below(10);
  for (let step = 0; step < steps; step++) {
    const index = random.below(sites.length);
    const site = sites[index] as Replica;
    if (sent.length > 0 && random.chance(0.3)) site.applyChanges(random.shuffle(sent).slice(0, random.below(20)));
    site.transaction(() => {
      for (let edits = 1 + random.below(3); edits > 0; edits--) edit(site, random, prefix);
    });
    const { changes, upTo } = site.ownChanges({ after: cursors[index] ?? 0, maxCells: 1_000_000 });
    cursors[index] = upTo;
    sent.push(...changes);
  }
  return sent;
}

function edit({ sqlite }: Replica, random: SeededRandom, prefix: string): void {
  const id = `${prefix} ${random.below(2)}`;
  const target = Uint8Array.from([random.below(2)]);
  switch (random.below(8)) {
    case 0:
    case 1: {
      const column = random.pick(['a', 'b', 'c', 'd']);
      const upsert = `INSERT INTO items (id, ${column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`;
      sqlite.prepare(upsert).run(id, random.pick(VALUES));
      break;
    }
    case 2:
      sqlite.prepare('INSERT OR REPLACE INTO items (id, a, b) VALUES (?, ?, ?)').run(id, random.pick(VALUES), 'x');
      break;
    case 3:
      sqlite.prepare('UPDATE items SET a = ?, c = ? WHERE id = ?').run(random.pick(VALUES), random.pick(VALUES), id);
      break;
    case 4:
      sqlite.prepare('DELETE FROM items WHERE id = ?').run(id);
      break;
    case 5:
      sqlite
        .prepare('INSERT INTO links VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET weight = excluded.weight')
        .run(id, target, BigInt(random.below(3)));
      break;
    case 6:
      sqlite.prepare('DELETE FROM links WHERE source = ? AND target = ?').run(id, target);
      break;
    default:
      sqlite
        .prepare(random.chance(0.5) ? 'INSERT OR IGNORE INTO marks VALUES (?)' : 'DELETE FROM marks WHERE id = ?')
        .run(id);
  }
}

/** What arrives: some lost, some twice, in any order. */
function deliver(random: SeededRandom, sent: readonly Change[]): Change[] {
  const arrived = sent.filter(() => !random.chance(LOSS));
  return random.shuffle([...arrived, ...arrived.filter(() => random.chance(DUPLICATION))]);
}

type Cells = Record<string, string>;

function foldedCells(changes: readonly Change[]): Cells {
  const rows = new Map<string, { change: Change; state: RowState }>();
  for (const change of changes) {
    const key = `${change.table} ${hex(change.pk)}`;
    rows.set(key, { change, state: fold(rows.get(key)?.state ?? UNKNOWN_ROW, change) });
  }
  const cells: Cells = {};
  for (const [key, { state }] of rows) {
    const cl = causalLength(state);
    if (state.sentinel) cells[`${key} -1`] = describeCell({ ...state.sentinel, val: null, cl });
    for (const [cid, cell] of state.cells) cells[`${key} ${cid}`] = describeCell({ ...cell, cl });
  }
  return cells;
}

/** What a replica holds of these rows after applying the changes one by one; they are rows that it had not seen before. */
function appliedCells(replica: Replica, changes: readonly Change[]): Cells {
  const before = replica.dbVersion;
  replica.applyChanges(changes);
  const rows = replica.sqlite
    .prepare(
      `SELECT "table", pk, cid, val, CAST(col_version AS REAL), site_id, CAST(cl AS REAL), CAST(seq AS REAL)
       FROM crsql_changes WHERE db_version > ?`,
    )
    .safeIntegers()
    .raw()
    .all(before) as [string, Uint8Array, string, SqlValue, number, Uint8Array, number, number][];
  return Object.fromEntries(
    rows.map(([table, pk, cid, val, colVersion, siteId, cl, seq]) => [
      `${table} ${hex(pk)} ${cid}`,
      describeCell({ val, colVersion, siteId, cl, seq }),
    ]),
  );
}

type Described = Pick<Change, 'val' | 'colVersion' | 'siteId' | 'cl' | 'seq'>;

function describeCell({ val, colVersion, siteId, cl, seq }: Described): string {
  return `${hex(packKey([val]))} version ${colVersion} cl ${cl} by ${hex(siteId)} seq ${seq}`;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
