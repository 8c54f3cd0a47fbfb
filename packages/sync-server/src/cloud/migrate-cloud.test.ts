import { workspaceCloudSchema, type CloudMigration } from '@tributary/database/cloud';
import { expect, test } from 'vitest';
import type { CloudQueries } from './cloud-database.ts';
import { cloudVersion, migrateCloud, rollbackCloud } from './migrate-cloud.ts';
import { describeEachCloud } from './testing/describe-each-cloud.ts';

const MIGRATIONS: readonly CloudMigration[] = [
  {
    tag: '0000_first',
    up: 'CREATE SCHEMA app;\n--> statement-breakpoint\nCREATE SCHEMA sync;\n--> statement-breakpoint\nCREATE TABLE app.a (n int);',
    down: 'DROP TABLE app.a;\n--> statement-breakpoint\nDROP SCHEMA app;\n--> statement-breakpoint\nDROP SCHEMA sync;\n--> statement-breakpoint\n',
  },
  {
    tag: '0001_second',
    up: `CREATE TABLE sync.cursors (n int); CREATE FUNCTION app.one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$`,
    down: 'DROP FUNCTION app.one(); DROP TABLE sync.cursors',
  },
  { tag: '0002_third', up: 'ALTER TABLE app.a ADD COLUMN m int', down: 'ALTER TABLE app.a DROP COLUMN m' },
];
const TAGS = MIGRATIONS.map(({ tag }) => tag);

describeEachCloud('migrating the cloud', (cloud) => {
  test('applies what is not there yet, in order, once', async () => {
    const database = await cloud.open();
    expect(await cloudVersion(database, MIGRATIONS)).toEqual({ applied: [], pending: TAGS, unknown: [] });
    expect(await migrateCloud(database, MIGRATIONS.slice(0, 1))).toEqual({ applied: TAGS.slice(0, 1) });
    expect(await migrateCloud(database, MIGRATIONS)).toEqual({ applied: TAGS.slice(1) });
    expect(await migrateCloud(database, MIGRATIONS)).toEqual({ applied: [] });
    expect(await cloudVersion(database, MIGRATIONS)).toEqual({ applied: TAGS, pending: [], unknown: [] });
    expect(await database.query('SELECT n, m, app.one() FROM app.a')).toEqual([]);
    const [row] = await database.query<{ at: Date }>('SELECT min(applied_at) AS at FROM tributary.migrations');
    expect(Math.abs(Date.now() - Number(row?.at))).toBeLessThan(60_000);
  });

  test('leaves nothing of any when one fails', async () => {
    const database = await cloud.open();
    const broken = [...MIGRATIONS, { tag: '0003_broken', up: 'SELECT 1/0', down: '' }];
    await expect(migrateCloud(database, broken)).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '22012' });
    expect(await cloudVersion(database, MIGRATIONS)).toEqual({ applied: [], pending: TAGS, unknown: [] });
    expect(await hasTable(database, 'app.a')).toBe(false);
  });

  test('refuses a migration that ends the transaction', async () => {
    const database = await cloud.open();
    const ending = [{ tag: '0000', up: 'COMMIT;\n--> statement-breakpoint\nCREATE TABLE x ()', down: '' }];
    await expect(migrateCloud(database, ending)).rejects.toMatchObject({ code: 'cloud_refused' });
    expect(await hasTable(database, 'public.x')).toBe(false);
  });

  test('two at once do the work once', async () => {
    const place = await cloud.create();
    const first = await place.open();
    const second = cloud.kind === 'postgres' ? await place.open() : first;
    const applied = await Promise.all([first, second, first, second].map((one) => migrateCloud(one, MIGRATIONS)));
    expect(applied.flatMap((result) => result.applied)).toEqual(TAGS);
  });

  test('goes back by one step, or by as many as asked for', async () => {
    const database = await cloud.open();
    await migrateCloud(database, MIGRATIONS);
    expect(await rollbackCloud(database, MIGRATIONS)).toEqual({ rolledBack: ['0002_third'] });
    expect(await cloudVersion(database, MIGRATIONS)).toMatchObject({ pending: ['0002_third'] });
    expect(await rollbackCloud(database, MIGRATIONS, { steps: 9 })).toEqual({
      rolledBack: ['0001_second', '0000_first'],
    });
    expect(await hasTable(database, 'app.a')).toBe(false);
    expect(await rollbackCloud(database, MIGRATIONS)).toEqual({ rolledBack: [] });
    expect(await migrateCloud(database, MIGRATIONS)).toEqual({ applied: TAGS });
    await expect(rollbackCloud(database, MIGRATIONS, { steps: 0.5 })).rejects.toThrow(TypeError);
  });

  test('takes the product’s own migrations, back and forth', async () => {
    const database = await cloud.open();
    const { migrations } = workspaceCloudSchema;
    const tags = migrations.map(({ tag }) => tag);
    expect(await migrateCloud(database, migrations)).toEqual({ applied: tags });
    expect(await rollbackCloud(database, migrations, { steps: tags.length })).toEqual({
      rolledBack: tags.toReversed(),
    });
    expect(await migrateCloud(database, migrations)).toEqual({ applied: tags });
  });

  test('leaves a newer database alone', async () => {
    const database = await cloud.open();
    await migrateCloud(database, MIGRATIONS);
    const older = MIGRATIONS.slice(0, 2);
    expect(await cloudVersion(database, older)).toEqual({
      applied: TAGS.slice(0, 2),
      pending: [],
      unknown: ['0002_third'],
    });
    const tooNew = { code: 'data_too_new', message: expect.stringContaining('0002_third') };
    await expect(migrateCloud(database, older)).rejects.toMatchObject(tooNew);
    await expect(rollbackCloud(database, older)).rejects.toMatchObject(tooNew);
    expect(await cloudVersion(database, MIGRATIONS)).toMatchObject({ applied: TAGS });
  });
});

async function hasTable(database: CloudQueries, name: string): Promise<boolean> {
  const [row] = await database.query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [name]);
  return row?.exists ?? false;
}
