/** The data layer alone: replicas that exchange changes in any order, and more than once, end up identical. */
import { describe, expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { AVAILABLE_ENGINES } from '../testing/engines.ts';
import { createSeededRandom, seedOfRun, type SeededRandom } from '../testing/seeded-random.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { Change, SqlValue } from './change.ts';

const REPLICAS = 3;
const OPERATIONS = 3_000;
const ROUNDS = 30;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

const schema = testSchema(
  ['items', 'links', 'marks'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT, n NUMERIC, score REAL DEFAULT 0, data BLOB);
   CREATE TABLE links (source TEXT NOT NULL, target TEXT NOT NULL, weight INTEGER, PRIMARY KEY (source, target));
   CREATE TABLE marks (id TEXT PRIMARY KEY NOT NULL)`,
);

describe('convergence', () => {
  const seed = seedOfRun();

  test.each([0, 1, 2])(
    `${REPLICAS} replicas agree after ${OPERATIONS} operations, shuffled and duplicated (seed ${seed} + %i)`,
    (offset) => {
      const random = createSeededRandom(seed + offset);
      const replicas = Array.from({ length: REPLICAS }, (_, index) =>
        openReplica({
          path: ':memory:',
          engine: AVAILABLE_ENGINES[index % AVAILABLE_ENGINES.length] ?? 'wasm',
          schema,
        }),
      );
      const sent: Change[][] = [];
      const cursors = replicas.map(() => 0);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [index, replica] of replicas.entries()) {
          edit(replica, random, OPERATIONS / ROUNDS / REPLICAS);
          cursors[index] = collect(replica, cursors[index] ?? 0, sent);
          for (const batch of random.shuffle(sent).slice(0, 10)) replica.applyChanges(random.shuffle(batch));
        }
      }
      for (const replica of replicas) {
        for (const batch of [...random.shuffle(sent), ...random.shuffle(sent)]) replica.applyChanges(batch);
      }
      const [first, ...others] = replicas.map(stateOf);
      expect(first?.cells.length).toBeGreaterThan(20);
      for (const other of others) expect(other).toEqual(first);
      for (const replica of replicas) replica.close();
    },
  );
});

/** Everything not sent yet; returns the cursor to go on from. */
function collect(replica: Replica, after: number, sent: Change[][]): number {
  for (let from = after; ;) {
    const { changes, upTo } = replica.ownChanges({ after: from, maxCells: 20 });
    if (changes.length === 0) return upTo;
    sent.push([...changes]);
    from = upTo;
  }
}

function edit(replica: Replica, random: SeededRandom, operations: number): void {
  let left = operations;
  while (left > 0) {
    const size = 1 + random.below(4);
    left -= size;
    replica.transaction(() => {
      for (let i = 0; i < size; i++) editOnce(replica, random);
    });
  }
}

function editOnce({ sqlite }: Replica, random: SeededRandom): void {
  const id = random.pick(KEYS);
  const [first, second] = [randomValue(random), randomValue(random)];
  switch (random.below(9)) {
    case 0:
      sqlite
        .prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(id, first, second, 1.5, null);
      break;
    case 1:
      sqlite.prepare('INSERT OR REPLACE INTO items (id, title) VALUES (?, ?)').run(id, first);
      break;
    case 2:
      sqlite.prepare('UPDATE items SET title = ?, data = ? WHERE id = ?').run(first, second, id);
      break;
    case 3:
      sqlite.prepare('UPDATE items SET n = ? WHERE id = ?').run(first, id);
      break;
    case 4:
      sqlite.prepare('DELETE FROM items WHERE id = ?').run(id);
      break;
    case 5:
      sqlite
        .prepare('INSERT INTO links VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET weight = excluded.weight')
        .run(id, random.pick(KEYS), BigInt(random.below(5)));
      break;
    case 6:
      sqlite.prepare('DELETE FROM links WHERE source = ?').run(id);
      break;
    case 7:
      sqlite.prepare('INSERT INTO marks VALUES (?) ON CONFLICT DO NOTHING').run(id);
      break;
    default:
      sqlite.prepare('DELETE FROM marks WHERE id = ?').run(id);
  }
}

/** Few distinct values, so that ties happen; of all types, so that they are compared by type too. */
function randomValue(random: SeededRandom): SqlValue {
  return random.pick<SqlValue>([
    null,
    1n,
    2n,
    1.5,
    1e300,
    'a',
    'b',
    '😀',
    '\uFFFD',
    Uint8Array.from([1]),
    new Uint8Array(0),
  ]);
}

interface State {
  readonly rows: unknown[];
  readonly cells: unknown[];
}

/** What must be equal everywhere. Sites and versions are each replica's own bookkeeping. */
function stateOf({ sqlite }: Replica): State {
  const rows = ['items', 'links', 'marks'].map((table) =>
    (sqlite.prepare(`SELECT * FROM ${table}`).safeIntegers().raw().all() as unknown[][])
      .map((row) => JSON.stringify(comparable(row), bigintAsText))
      .sort(),
  );
  const cells = sqlite
    .prepare('SELECT "table", hex(pk), cl, cid, col_version, val, typeof(val) FROM crsql_changes')
    .safeIntegers()
    .raw()
    .all() as unknown[][];
  return { rows, cells: cells.map((cell) => JSON.stringify(comparable(cell), bigintAsText)).sort() };
}

function comparable(row: unknown[]): unknown[] {
  return row.map((value) => (value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : value));
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
