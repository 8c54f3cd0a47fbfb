/**
 * Real replicas edit every table of the workspace at random; what they send reaches the log in any order and more than once,
 * and is projected in steps of any size. Then PostgreSQL holds what the replicas hold.
 */
import { openReplica, type Replica } from '@tributary/database';
import { quoteName, type Change, type SqlValue } from '@tributary/database/changes';
import { workspaceCloudSchema, type CloudTable, type CloudType } from '@tributary/database/cloud';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CloudDatabase, CloudValue } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { editAtRandom } from './testing/random-edits.ts';
import { batchOf, openMigrated, TestProjection, type Row } from './testing/test-projection.ts';

const HISTORIES = 3;
const SITES = 3;
const TRANSACTIONS = 120;
const TABLES = [...workspaceCloudSchema.tables.values()];

describeEachCloud('the projection of random histories', (cloud) => {
  const seed = seedOfRun();
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await openMigrated(cloud);
  });

  for (let history = 0; history < HISTORIES; history++) {
    test(`holds the rows of the replicas (TRIBUTARY_SEED=${seed + history} replays it as the first)`, async () => {
      const random = createSeededRandom(seed + history);
      const sites = Array.from({ length: SITES }, () => openReplica({ path: ':memory:', engine: 'wasm' }));
      const projected = new TestProjection(database);
      const workspaceId = `history ${history}`;
      const sent = writeHistory(random, sites);
      const entries = random.shuffle([...sent, ...sent.filter(() => random.chance(0.3))]);
      for (const entry of entries) {
        await projected.append(workspaceId, batchOf(entry));
        if (!random.chance(0.05)) continue;
        const projection = projected.projection({ maxChanges: random.pick([1, 10, 100, 5_000]) });
        await projection.advance(await projected.heads());
      }
      await projected.catchUp(projected.projection({ maxChanges: random.pick([7, 500]) }));

      const [replica] = sites;
      if (replica === undefined) throw new RangeError('there are no sites');
      for (const table of TABLES) {
        const rows = await rowsOf(database, workspaceId, table);
        expect(rows, `${table.name} of seed ${seed + history}`).toEqual(expectedRows(replica, table));
      }
      expect(await projected.quarantine(workspaceId)).toEqual([]);
      const counts = TABLES.map(({ name }) =>
        Number(replica.sqlite.prepare(`SELECT count(*) FROM ${name}`).pluck().get()),
      );
      expect(await projected.cursor(workspaceId)).toMatchObject({
        seq: BigInt(entries.length),
        live_rows: BigInt(counts.reduce((sum, count) => sum + count)),
      });
      for (const site of sites) site.close();
      await projected.close();
    });
  }

  afterAll(() => database.close());
});

/** All sites end with the same rows; what each of them sent is cut at random. */
function writeHistory(random: SeededRandom, sites: readonly Replica[]): Change[][] {
  const sent: Change[][] = [];
  const cursors = new Map<Replica, number>();
  const send = (site: Replica): void => {
    const { changes, upTo } = site.ownChanges({ after: cursors.get(site) ?? 0, maxCells: 1_000_000 });
    cursors.set(site, upTo);
    for (let rest = [...changes]; rest.length > 0;) sent.push(rest.splice(0, 1 + random.below(40)));
  };
  for (let step = 0; step < TRANSACTIONS; step++) {
    const site = random.pick(sites);
    site.transaction(() => {
      for (let edits = 1 + random.below(6); edits > 0; edits--) editAtRandom(site, random, TABLES);
    });
    send(site);
    if (random.chance(0.2)) random.pick(sites).applyChanges(random.shuffle(sent).slice(0, 10).flat());
  }
  for (const site of sites) site.applyChanges(sent.flat());
  return sent;
}

async function rowsOf(
  database: CloudDatabase,
  workspaceId: string,
  { name, key, columns }: CloudTable,
): Promise<Row[]> {
  const names = [...key, ...columns].map((column) => quoteName(column.name)).join(', ');
  return sorted(
    await database.query(`SELECT ${names}, _extra FROM app.${quoteName(name)} WHERE workspace_id = $1`, [workspaceId]),
  );
}

function expectedRows({ sqlite }: Replica, { name, key, columns }: CloudTable): Row[] {
  const types = new Map([...key, ...columns].map((column) => [column.name, column.type]));
  const rows = sqlite
    .prepare(`SELECT * FROM ${quoteName(name)}`)
    .safeIntegers()
    .all() as Record<string, SqlValue>[];
  return sorted(
    rows.map((row) => {
      const cells = Object.entries(row).map(([column, val]) => [column, inPostgres(val, types.get(column))]);
      return { ...(Object.fromEntries(cells) as Row), _extra: null };
    }),
  );
}

/** What PostgreSQL should answer for what SQLite holds. */
function inPostgres(val: SqlValue, type: CloudType | undefined): CloudValue {
  if (val === null) return null;
  if (type === 'timestamptz') return new Date(Number(val));
  if (type === 'boolean') return val === 1n;
  if (type === 'jsonb') return JSON.parse(val as string) as CloudValue;
  return val instanceof Uint8Array ? Uint8Array.from(val) : val;
}

function sorted(rows: Row[]): Row[] {
  const nameOf = (row: Row) => JSON.stringify(row, (_, val: unknown) => (typeof val === 'bigint' ? String(val) : val));
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}
