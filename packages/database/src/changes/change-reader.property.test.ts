/** `crsql_changes` is the oracle: after any history, the clock tables are read as what it says. */
import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { createSeededRandom, seedOfRun, type SeededRandom } from '../testing/seeded-random.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { Change, SqlValue } from './change.ts';

const HISTORIES = 60;

const schema = testSchema(
  ['items', 'links', 'marks'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT, n NUMERIC, score REAL DEFAULT 0, data BLOB);
   CREATE TABLE links (source TEXT NOT NULL, target BLOB NOT NULL, weight INTEGER, PRIMARY KEY (target, source));
   CREATE TABLE marks (id TEXT PRIMARY KEY NOT NULL)`,
);

const VALUES: readonly SqlValue[] = [null, 0n, -5n, 2n ** 60n, 0.5, 'x', '', '\u{1F600}', Uint8Array.from([0, 255])];

describeEachEngine('reading changes from the clock tables', (engine) => {
  const seed = seedOfRun();

  test(`says what crsql_changes says, of all and of own, in windows of any size (seed ${seed})`, () => {
    const [replica, other] = [
      openReplica({ path: ':memory:', engine, schema }),
      openReplica({ path: ':memory:', engine, schema }),
    ];
    for (let history = 0; history < HISTORIES; history++) {
      const random = createSeededRandom(seed + history);
      for (let step = 0; step < 5; step++) {
        edit(replica, random);
        edit(other, random);
        if (random.chance(0.5))
          replica.applyChanges(random.shuffle([...other.ownChanges({ after: 0 }).changes]).slice(0, 20));
      }
      const replay = `replay with TRIBUTARY_SEED=${seed + history}`;
      const maxCells = 1 + random.below(50);
      expect(
        readThrough((after) => replica.allChanges({ after, maxCells })),
        replay,
      ).toEqual(oracle(replica, ''));
      expect(
        readThrough((after) => replica.ownChanges({ after, maxCells })),
        replay,
      ).toEqual(oracle(replica, `WHERE site_id = x'${replica.siteId}'`));
    }
    replica.close();
    other.close();
  });
});

function edit(replica: Replica, random: SeededRandom): void {
  const id = `r${random.below(6)}`;
  const run = (sql: string, ...values: SqlValue[]) => replica.sqlite.prepare(sql).run(...values);
  replica.transaction(() => {
    for (let edits = 1 + random.below(4); edits > 0; edits--) {
      const column = random.pick(['name', 'n', 'data']);
      const upsert = `INSERT INTO items (id, ${column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`;
      if (random.chance(0.5)) run(upsert, id, random.pick(VALUES));
      else if (random.chance(0.3)) run('DELETE FROM items WHERE id = ?', id);
      else if (random.chance(0.6))
        run('INSERT OR REPLACE INTO links VALUES (?, ?, ?)', id, Uint8Array.from([random.below(3)]), 1n);
      else run(random.chance(0.5) ? 'INSERT OR IGNORE INTO marks VALUES (?)' : 'DELETE FROM marks WHERE id = ?', id);
    }
  });
}

function readThrough(read: (after: number) => { changes: readonly Change[]; upTo: number }): string[] {
  const all: Change[] = [];
  for (let after = 0; ;) {
    const { changes, upTo } = read(after);
    if (changes.length === 0) return all.map(describeChange).sort();
    expect(changes.every(({ dbVersion }) => dbVersion > after && dbVersion <= upTo)).toBe(true);
    const order = changes.map(({ dbVersion, seq }) => dbVersion * 1e6 + seq);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    all.push(...changes);
    after = upTo;
  }
}

function oracle({ sqlite }: Replica, where: string): string[] {
  const rows = sqlite
    .prepare(`SELECT "table", pk, cid, val, col_version, db_version, cl, seq, site_id FROM crsql_changes ${where}`)
    .raw()
    .safeIntegers()
    .all() as [string, Uint8Array, string, SqlValue, bigint, bigint, bigint, bigint, Uint8Array][];
  return rows
    .map(([table, pk, cid, val, colVersion, dbVersion, cl, seq, siteId]) => {
      const clocks = { colVersion: Number(colVersion), dbVersion: Number(dbVersion), cl: Number(cl), seq: Number(seq) };
      return describeChange({ table, pk, cid, val, siteId, ...clocks });
    })
    .sort();
}

function describeChange({ table, pk, cid, val, colVersion, dbVersion, cl, seq, siteId }: Change): string {
  const value = val instanceof Uint8Array ? `blob ${hex(val)}` : `${typeof val} ${String(val)}`;
  return [table, hex(pk), cid, value, colVersion, dbVersion, cl, seq, hex(siteId)].join(' ');
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
