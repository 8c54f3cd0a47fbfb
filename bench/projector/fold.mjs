/**
 * Changes folded per second beside so many rows. The reference, in the same rounds, is what the database alone takes for a
 * table without clocks: the same rows upserted in statements of as many.
 */
import { Projection, openSqliteLog } from '@tributary/sync-server';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { Edits, WORKSPACE } from './edits.mjs';
import { printFigures } from './figures.mjs';

const PUSHES_PER_ROUND = 20;
const ROWS_PER_PUSH = 1_000;
const HEADS = new Map([[WORKSPACE, Number.MAX_SAFE_INTEGER]]);

export async function measureFold(place, { sizes, rounds }) {
  const created = await place.create();
  const cloud = await created.open();
  const log = openSqliteLog({ path: ':memory:' });
  await log.openWorkspace(WORKSPACE);
  await cloud.execute('CREATE TABLE plain (id bigint PRIMARY KEY, title text, updated_at timestamptz)');
  const projection = new Projection({ log, cloud, schema: workspaceCloudSchema });
  const edits = new Edits();
  const medians = [];
  let rows = 0;
  for (const size of sizes) {
    for (; rows < size; rows += ROWS_PER_PUSH) await log.append([edits.insert(ROWS_PER_PUSH)]);
    await drain(projection);
    await cloud.execute('ANALYZE');
    const [folded, upserted] = [[], []];
    for (let round = 0; round < rounds; round++) {
      upserted.push(await timePlainUpserts(cloud, size));
      for (let i = 0; i < PUSHES_PER_ROUND; i++) await log.append([edits.mixed()]);
      folded.push(await timed(() => drain(projection)));
    }
    medians.push(printFigures(`folded beside ${size.toLocaleString('en')} rows, changes/s`, folded));
    printFigures(`  rows upserted without any clocks, rows/s`, upserted);
  }
  if (medians.length > 1)
    console.log(`  growth from the first to the last: ${(medians[0] / medians.at(-1)).toFixed(2)}x`);
  await log.close();
  await cloud.close();
  await created.remove();
}

async function drain(projection) {
  for (let changes = 0; ;) {
    const stand = (await projection.advance(HEADS)).get(WORKSPACE);
    changes += stand.changes;
    if (stand.pendingSince === undefined) return changes;
  }
}

async function timePlainUpserts(cloud, size) {
  const count = 3_000;
  const records = Array.from({ length: count }, (_, i) => ({
    id: (i * 7_919) % size,
    title: `row ${i} of the plain table`,
  }));
  return timed(async () => {
    await cloud.transaction((queries) =>
      queries.query(
        `INSERT INTO plain SELECT id, title, now() FROM json_to_recordset($1::json) AS r(id bigint, title text)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at`,
        [JSON.stringify([...new Map(records.map((record) => [record.id, record])).values()])],
      ),
    );
    return count;
  });
}

/** What was done, per second. */
async function timed(work) {
  const start = performance.now();
  const done = await work();
  return (done / (performance.now() - start)) * 1_000;
}
