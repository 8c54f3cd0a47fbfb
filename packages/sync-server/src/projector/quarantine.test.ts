/** What PostgreSQL cannot hold stops nobody: neighbours are right, and the quarantine says what is missing, and why. */
import { packKey, type Change, type SqlValue } from '@tributary/database/changes';
import { createSeededRandom } from '@tributary/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { change, noise, site } from '../testing/test-batches.ts';
import { cell, deletion, openMigrated, TestProjection, uuid } from './testing/test-projection.ts';

describeEachCloud('the quarantine', (cloud) => {
  let database: CloudDatabase;
  let projected: TestProjection;
  beforeAll(async () => {
    database = await openMigrated(cloud);
    projected = new TestProjection(database);
  });
  afterAll(() => database.close());

  async function project(workspaceId: string, ...changes: readonly Change[]): Promise<number> {
    const seq = await projected.push(workspaceId, ...changes);
    await projected.catchUp(projected.projection(), workspaceId);
    return seq;
  }

  const faulty: [cid: string, val: SqlValue, reason: string, value: string, stored: unknown][] = [
    ['title', 'a\0b', 'text_replaced', 'a\uFFFDb', 'a\uFFFDb'],
    ['title', 5n, 'wrong_type', '5', ''],
    ['created_at', 2n ** 62n, 'out_of_range', '4611686018427387904', new Date(0)],
    ['archived_at', 'soon', 'wrong_type', 'soon', null],
    ['pinned', 'yes', 'wrong_type', 'yes', false],
    ['project_id', 'PROJECT', 'not_a_uuid', 'PROJECT', null],
    ['project_id', uuid(0xabc).toUpperCase(), 'not_a_uuid', uuid(0xabc).toUpperCase(), null],
    ['title', null, 'null_refused', 'null', ''],
    ['updated_at', Uint8Array.of(1, 2), 'wrong_type', "x'0102'", new Date(0)],
  ];
  test('has each cell that cannot be held, until it is mended or its row deleted', async () => {
    const notes = faulty.map(([cid, val], index) => cell(index, val, { cid, siteId: site(7) }));
    const neighbours = faulty.map((_, index) => cell(index + 100, 'fine'));
    const sound = faulty.map(([cid], index) =>
      cell(index, cid === 'pinned' ? 1n : 9n, { cid: cid === 'pinned' ? 'created_at' : 'pinned' }),
    );
    const seq = await project('cells', ...notes, ...neighbours);
    await project('cells', ...sound.filter(({ cid }) => cid === 'created_at'));

    const cells = await projected.quarantine('cells');
    expect(cells.sort((a, b) => Buffer.compare(a['row_key'] as Buffer, b['row_key'] as Buffer))).toMatchObject(
      faulty.map(([column, , reason, value], index) => ({
        table_name: 'notes',
        row_key: packKey([uuid(index)]),
        column_name: column,
        reason,
        value,
        site_id: '07'.repeat(16),
        seq: column === 'pinned' ? BigInt(seq + 1) : BigInt(seq),
      })),
    );
    for (const [index, [column, , , , stored]] of faulty.entries()) {
      const [row] = await database.query(
        `SELECT ${column} AS v FROM app.notes WHERE workspace_id = 'cells' AND id = $1`,
        [uuid(index)],
      );
      expect(row?.['v']).toEqual(stored);
    }
    expect(Object.values(await projected.titles('cells')).filter((title) => title === 'fine')).toHaveLength(9);

    const mended = faulty.map(([cid], index) =>
      index % 2 === 0
        ? deletion(index)
        : cell(index, cid === 'title' ? 'ok' : cid === 'project_id' ? uuid(1) : 1n, { cid, colVersion: 2 }),
    );
    await project('cells', ...mended);
    expect(await projected.quarantine('cells')).toEqual([]);
    await project('cells', cell(0, 'back\0', { cl: 3 }));
    expect(await projected.quarantine('cells')).toMatchObject([{ reason: 'text_replaced' }]);
  });

  test('has JSON that PostgreSQL would refuse', async () => {
    const settings = [
      '{"a\\u0000": "\\ud800"}',
      '{',
      '['.repeat(1_000),
      '1e999999',
      '{"sha": "1e482911"}',
      '"\\u00e9"',
    ];
    const at = (index: number) => packKey(['', `key ${index}`]);
    await project(
      'json',
      ...settings.map((val, index) => change({ table: 'settings', pk: at(index), cid: 'value', val })),
    );
    const reasons = (await projected.quarantine('json')).map(({ reason }) => reason).sort();
    expect(reasons).toEqual(['not_json', 'not_json', 'not_json', 'text_replaced']);
    const rows = await database.query(`SELECT value FROM app.settings WHERE workspace_id = 'json' ORDER BY key`);
    expect(rows.map(({ value }) => value)).toEqual([
      { 'a\uFFFD': '\uFFFD' },
      null,
      null,
      null,
      { sha: '1e482911' },
      'é',
    ]);
  });

  test('has rows whose key is no key of the table', async () => {
    const keys: SqlValue[][] = [['no uuid'], [uuid(1), uuid(2)], [], [null], [5n], [uuid(0xabc).toUpperCase()]];
    await project(
      'keys',
      ...keys.map((key) => cell(1, 'x', { pk: packKey(key) })),
      cell(1, 'x', { pk: Uint8Array.of(9) }),
      cell(2, 'fine'),
    );
    const reasons = (await projected.quarantine('keys')).map(({ reason, column_name: column }) => `${column}${reason}`);
    expect(reasons.sort()).toEqual([
      ...Array<string>(3).fill('key_unreadable'),
      ...Array<string>(3).fill('not_a_uuid'),
      'null_refused',
    ]);
    expect(await projected.titles('keys')).toEqual({ 2: 'fine' });
    await project('keys', deletion(1, { pk: packKey(['no uuid']) }), deletion(1, { pk: Uint8Array.of(9) }));
    expect(await projected.quarantine('keys')).toHaveLength(5);
  });

  describe('has rows that PostgreSQL refuses', () => {
    test('by a constraint, whatever the number of their neighbours', async () => {
      await database.execute(`ALTER TABLE app.notes ADD CONSTRAINT short CHECK (title NOT LIKE 'bad%😀%')`);
      const random = createSeededRandom(1);
      const numbers = Array.from({ length: 300 }, (_, index) => index);
      const bad = new Set(random.shuffle(numbers).slice(0, 7));
      await project('refused', ...numbers.map((number) => cell(number, 'was there')));
      await project(
        'refused',
        ...numbers.map((number) =>
          cell(number, bad.has(number) ? `bad ${'😀'.repeat(300)}` : 'good', { colVersion: 2 }),
        ),
      );
      const cells = await projected.quarantine('refused');
      expect(cells).toHaveLength(7);
      expect(cells[0]).toMatchObject({
        column_name: '',
        reason: 'row_refused',
        value: expect.stringContaining('short'),
        seq: 2n,
      });
      const titles = await projected.titles('refused');
      expect(Object.keys(titles)).toHaveLength(293);
      expect(new Set(Object.values(titles))).toEqual(new Set(['good']));

      await project('refused', ...[...bad].map((number) => cell(number, 'mended', { colVersion: 3 })));
      expect(await projected.quarantine('refused')).toEqual([]);
      expect(Object.values(await projected.titles('refused')).filter((title) => title === 'mended')).toHaveLength(7);
      expect(await projected.cursor('refused')).toMatchObject({ live_rows: 300n });
      await database.execute('ALTER TABLE app.notes DROP CONSTRAINT short');
    });

    test('by the size of an index', async () => {
      await database.execute('CREATE INDEX titles ON app.notes (title)');
      await project('index', cell(1, 'fine'), cell(2, noise(20_000, 1)));
      expect(await projected.quarantine('index')).toMatchObject([{ column_name: '', reason: 'row_refused' }]);
      expect(await projected.titles('index')).toEqual({ 1: 'fine' });
      await database.execute('DROP INDEX app.titles');
    });
  });

  test('has entries of the log that cannot be read, and the others go on', async () => {
    await projected.push('garbage', cell(1, 'before'));
    await projected.append('garbage', Uint8Array.of(255, 1, 2), new Uint8Array(0));
    await project('garbage', cell(2, 'after'));
    expect(await projected.quarantine('garbage')).toMatchObject(
      [2n, 3n].map((seq) => ({ table_name: '', column_name: String(seq), reason: 'entry_unreadable', seq })),
    );
    expect(await projected.titles('garbage')).toEqual({ 1: 'before', 2: 'after' });
    expect(await projected.usage('garbage')).toMatchObject({ entries: 4n, changes: 2n });
  });
});
