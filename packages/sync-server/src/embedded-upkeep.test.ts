import { expect, test } from 'vitest';
import { describeCloud } from './cloud/testing/describe-each-cloud.ts';
import type { CloudDatabase } from './cloud/cloud-database.ts';
import { EmbeddedUpkeep } from './embedded-upkeep.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { RecordingLogger } from './testing/recording-logger.ts';

const TEN_MINUTES_MS = 10 * 60_000;

describeCloud('pglite', 'the upkeep of an embedded PostgreSQL', (place) => {
  test('clears away what thousands of changes have left, and only then', async () => {
    const cloud = await place.open();
    await cloud.execute('CREATE SCHEMA app; CREATE TABLE app.notes (id int PRIMARY KEY, title text)');
    await cloud.execute(`INSERT INTO app.notes SELECT i, 'a title' FROM generate_series(1, 1000) i`);
    const clock = new FakeClock();
    let changes = 0;
    const upkeep = new EmbeddedUpkeep({ cloud, clock, logger: new RecordingLogger(), changes: () => changes });
    upkeep.start();

    changes = 4_999;
    clock.advanceToNext(TEN_MINUTES_MS);
    await settled();
    expect(await knownRows(cloud)).toBe(-1);

    const before = await sizeAfterUpdates(cloud);
    changes = 5_000;
    clock.advanceToNext(TEN_MINUTES_MS);
    await expect.poll(() => knownRows(cloud)).toBe(1000);
    await upkeep.stop();
    // What was cleared away has room for as much again.
    expect(await sizeAfterUpdates(cloud)).toBeLessThan(before * 1.2);
  });

  test('survives that it fails', async () => {
    const cloud = await place.open();
    await cloud.close();
    const [clock, logger] = [new FakeClock(), new RecordingLogger()];
    const upkeep = new EmbeddedUpkeep({ cloud, clock, logger, changes: () => 5_000 });
    upkeep.start();
    clock.advanceToNext(TEN_MINUTES_MS);
    await expect.poll(() => logger.lines).toHaveLength(1);
    await upkeep.stop();
  });
});

async function sizeAfterUpdates(cloud: CloudDatabase): Promise<number> {
  for (let round = 0; round < 5; round++) await cloud.execute(`UPDATE app.notes SET title = title || '.'`);
  const [row] = await cloud.query<{ bytes: bigint }>(`SELECT pg_relation_size('app.notes') AS bytes`);
  return Number(row?.bytes);
}

/** By the statistics of the planner; -1 where there are none. */
async function knownRows(cloud: CloudDatabase): Promise<number> {
  const [row] = await cloud.query<{ n: number }>(`SELECT reltuples AS n FROM pg_class WHERE relname = 'notes'`);
  return row?.n ?? NaN;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
