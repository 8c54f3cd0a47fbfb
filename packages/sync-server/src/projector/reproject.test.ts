import { packKey, type Change, type SqlValue } from '@tributary/database/changes';
import { expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { silentLogger } from '../logger.ts';
import { change } from '../testing/test-batches.ts';
import { reprojectChangedTables } from './reproject.ts';
import { smallSchema } from './testing/small-schema.ts';
import { openMigrated, TestProjection, uuid } from './testing/test-projection.ts';

const BEFORE = smallSchema({ name: 'text' });
const AFTER = smallSchema({ name: 'text', size: 'bigint', made_at: 'timestamptz' }, ['things', 'later']);

function thing(number: number, cid: string, val: SqlValue, rest: Partial<Change> = {}): Change {
  return change({ table: 'things', pk: packKey([uuid(number)]), cid, val, ...rest });
}

function rowsOf(database: CloudDatabase, table: string) {
  return database.query(
    `SELECT name, size, made_at, _extra, _version FROM app.${table} WHERE workspace_id = 'small' ORDER BY id`,
  );
}

describeEachCloud('a server that learns of columns and tables', (cloud) => {
  test('fills them from what it has kept, once', async () => {
    const database = await openMigrated(cloud, BEFORE);
    const projected = new TestProjection(database, { schema: BEFORE });
    await reprojectChangedTables({ cloud: database, schema: BEFORE, logger: silentLogger });
    await projected.push(
      'small',
      thing(1, 'name', 'one'),
      thing(1, 'size', 2n ** 60n),
      thing(1, 'made_at', 1n),
      thing(1, 'new\0er', 0.5),
      thing(2, 'size', 'big'),
      thing(2, 'made_at', null),
      thing(3, 'size', 3n),
      thing(3, '-1', null, { cl: 2, colVersion: 2 }),
      thing(4, 'name', 'four', { table: 'later' }),
      thing(4, 'size', 4n, { table: 'later' }),
    );
    await projected.catchUp(projected.projection());
    expect(await rowsOf(database, 'things')).toEqual([
      {
        name: 'one',
        size: null,
        made_at: null,
        _version: 1n,
        _extra: { size: '1152921504606846976', made_at: 1, 'new\uFFFDer': 0.5 },
      },
      { name: null, size: null, made_at: null, _extra: { size: 'big', made_at: null }, _version: 1n },
    ]);
    expect(await rowsOf(database, 'later')).toEqual([]);
    expect(await database.query(`SELECT table_name FROM sync.row_clocks WHERE table_name = 'later'`)).toHaveLength(1);
    expect(await projected.quarantine('small')).toEqual([]);

    const learn = () => reprojectChangedTables({ cloud: database, schema: AFTER, logger: silentLogger });
    expect(await learn()).toEqual(['things', 'later']);
    expect(await rowsOf(database, 'things')).toEqual([
      { name: 'one', size: 2n ** 60n, made_at: new Date(1), _extra: { 'new\uFFFDer': 0.5 }, _version: 1n },
      { name: null, size: null, made_at: null, _extra: null, _version: 1n },
    ]);
    expect(await rowsOf(database, 'later')).toMatchObject([{ name: 'four', size: 4n, _extra: null }]);
    expect(await projected.quarantine('small')).toMatchObject([
      { column_name: 'size', reason: 'wrong_type', value: 'big' },
    ]);

    await database.execute(`UPDATE app.things SET name = 'touched'`);
    expect(await learn()).toEqual([]);
    expect(await rowsOf(database, 'things')).toMatchObject([{ name: 'touched' }, { name: 'touched' }]);

    // A fault that was found then is mended like any other.
    const mended = new TestProjection(database, { schema: AFTER });
    await mended.push('small', thing(2, 'size', 2n, { colVersion: 2 }));
    await mended.catchUp(mended.projection());
    expect(await mended.quarantine('small')).toEqual([]);
    expect(await mended.cursor('small')).toMatchObject({ live_rows: 3n });
  });

  test('goes through more rows than it takes at once', async () => {
    const database = await openMigrated(cloud, BEFORE);
    const projected = new TestProjection(database, { schema: BEFORE });
    const numbers = Array.from({ length: 2_500 }, (_, index) => index + 1);
    await projected.push('small', ...numbers.map((number) => thing(number, 'size', BigInt(number))));
    await projected.catchUp(projected.projection());
    expect(await reprojectChangedTables({ cloud: database, schema: AFTER, logger: silentLogger })).toEqual(['things']);
    const [sum] = await database.query('SELECT sum(size)::int8 AS sum, count(_extra) AS extra FROM app.things');
    expect(sum).toEqual({ sum: (2_500n * 2_501n) / 2n, extra: 0n });
  });
});
