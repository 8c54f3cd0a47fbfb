import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { noise } from '../testing/test-batches.ts';
import { Projector } from './projector.ts';
import { rebuildProjection, type RebuildOptions, type RebuildProgress } from './rebuild.ts';
import { FaultyCloud } from './testing/faulty-cloud.ts';
import { cell, deletion, openMigrated, TestProjection, uuid } from './testing/test-projection.ts';

describeEachCloud('a rebuild', (cloud) => {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await openMigrated(cloud);
  });
  afterAll(() => database.close());

  const rebuild = ({ log, schema }: TestProjection, id: string, options: Partial<RebuildOptions> = {}) =>
    rebuildProjection({ log, cloud: database, schema, workspaceIds: [id], ...options });

  async function expectNoShadow(): Promise<void> {
    expect(await database.query(`SELECT 1 FROM pg_namespace WHERE nspname LIKE 'shadow%'`)).toEqual([]);
  }

  async function withNotes(id: string): Promise<TestProjection> {
    const projected = new TestProjection(database);
    for (let number = 1; number <= 6; number++) {
      await projected.push(id, cell(number, `note ${number}`), cell(number, BigInt(number), { cid: 'created_at' }));
    }
    await projected.push(id, cell(3, 'a\0b', { colVersion: 2 }), cell(4, 'tea', { cid: 'pinned' }), deletion(5));
    await projected.catchUp(projected.projection());
    return projected;
  }

  test('finds what is there, and says how far it is', async () => {
    const projected = await withNotes('equal');
    const progress: RebuildProgress[] = [];
    const rebuilt = await rebuild(projected, 'equal', { onProgress: (step) => progress.push(step) });
    expect(rebuilt).toEqual([{ workspaceId: 'equal', seq: 7, wasEqual: true, tables: [] }]);
    expect(progress).toEqual([{ workspaceId: 'equal', seq: 7, head: 7 }]);
    await expectNoShadow();
  });

  test('replaces what differs, and keeps what the log does not hold until it is to be pruned', async () => {
    const projected = await withNotes('tampered');
    const [figures, cells] = [await projected.cursor('tampered'), await projected.quarantine('tampered')];
    await database.execute(
      `CREATE VIEW public.my_notes AS SELECT title FROM app.notes WHERE workspace_id = 'tampered'`,
    );
    await database.execute(`
      UPDATE app.notes SET title = 'tampered' WHERE workspace_id = 'tampered' AND id = '${uuid(1)}';
      DELETE FROM app.notes WHERE workspace_id = 'tampered' AND id = '${uuid(2)}';
      INSERT INTO app.notes (workspace_id, id, title, _updated_by, _updated_at, _version)
        VALUES ('tampered', '${uuid(99)}', 'extra', '', now(), 1);
      DELETE FROM sync.quarantine WHERE workspace_id = 'tampered' AND column_name = 'title';
      UPDATE sync.cursors SET live_rows = 77 WHERE workspace_id = 'tampered';`);
    expect(await rebuild(projected, 'tampered')).toEqual([
      {
        workspaceId: 'tampered',
        seq: 7,
        wasEqual: false,
        tables: [
          { table: 'notes', replaced: 2, surplus: 1 },
          { table: 'quarantine', replaced: 1, surplus: 0 },
        ],
      },
    ]);
    const titles = { 1: 'note 1', 2: 'note 2', 3: 'a\uFFFDb', 4: 'note 4', 6: 'note 6' };
    expect(await projected.titles('tampered')).toEqual({ ...titles, 99: 'extra' });
    expect(await database.query('SELECT count(*) AS n FROM public.my_notes')).toEqual([{ n: 6n }]);
    expect(await rebuild(projected, 'tampered', { prune: true })).toMatchObject([
      { wasEqual: false, tables: [{ table: 'notes', replaced: 0, surplus: 1 }] },
    ]);
    expect(await projected.titles('tampered')).toEqual(titles);
    expect(await projected.cursor('tampered')).toMatchObject({ ...figures, checked_at: expect.any(Date) });
    const again = await projected.quarantine('tampered');
    expect(again).toEqual(cells.map((one) => ({ ...one, noticed_at: expect.any(Date) })));
    expect(await rebuild(projected, 'tampered')).toMatchObject([{ wasEqual: true }]);
    await database.execute('DROP VIEW public.my_notes');
  });

  test('agrees about rows that PostgreSQL refuses', async () => {
    await database.execute(`
      ALTER TABLE app.notes ADD CONSTRAINT good CHECK (title <> 'bad');
      CREATE INDEX titles ON app.notes (title)`);
    const projected = new TestProjection(database);
    await projected.push('refused', cell(1, 'good'), cell(2, 'bad'), cell(3, noise(20_000, 1)));
    await projected.catchUp(projected.projection());
    expect(await projected.quarantine('refused')).toHaveLength(2);
    expect(await rebuild(projected, 'refused')).toMatchObject([{ wasEqual: true }]);
    expect(await projected.quarantine('refused')).toHaveLength(2);
    await database.execute('ALTER TABLE app.notes DROP CONSTRAINT good; DROP INDEX app.titles');
    expect(await rebuild(projected, 'refused')).toMatchObject([{ wasEqual: false }]);
    expect(await projected.quarantine('refused')).toEqual([]);
    expect(Object.keys(await projected.titles('refused'))).toHaveLength(3);
  });

  test('is equal while a projector goes on', async () => {
    const projected = await withNotes('running');
    const { log, schema } = projected;
    const projector = new Projector({ log, cloud: database, schema });
    projector.start();
    const over = new AbortController();
    const editing = (async () => {
      for (let version = 2; !over.signal.aborted; version++) {
        const seq = await projected.push(
          'running',
          cell(version % 40, `v${version}`, { colVersion: version, dbVersion: version }),
        );
        projector.stored('running', seq);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let round = 0; round < 2; round++) {
      expect(await rebuild(projected, 'running')).toMatchObject([{ wasEqual: true, tables: [] }]);
    }
    over.abort();
    await editing;
    await projector.stop();
    await projected.catchUp(projected.projection());
    expect(await rebuild(projected, 'running')).toMatchObject([{ wasEqual: true }]);
    const { head = 0 } = (await log.workspaces())[0] ?? {};
    expect(await projected.usage('running')).toMatchObject({ entries: BigInt(head) });
  });

  test('of a workspace that was never projected projects it', async () => {
    const projected = new TestProjection(database);
    await projected.push('never', cell(1, 'x'));
    expect(await rebuild(projected, 'never')).toMatchObject([{ seq: 1, wasEqual: true }]);
    expect(await projected.titles('never')).toEqual({ 1: 'x' });
    expect(await projected.usage('never')).toMatchObject({ entries: 1n });
  });

  describe('with a log that was set back', () => {
    test('keeps the rows that it does not hold any more, and counts them', async () => {
      const directory = temporaryDirectory();
      const [file, copy] = [path.join(directory, 'log.db'), path.join(directory, 'copy.db')];
      let projected = new TestProjection(database, { path: file });
      await projected.push('set back', cell(1, 'kept'));
      await projected.close();
      copyFileSync(file, copy);
      projected = new TestProjection(database, { path: file });
      await projected.push('set back', cell(2, 'lost'), cell(3, 'lost\0'));
      await projected.catchUp(projected.projection());
      await projected.close();
      const restored = new TestProjection(database, { path: copy });
      expect(await rebuild(restored, 'set back')).toMatchObject([{ seq: 1, wasEqual: false }]);
      expect(await restored.titles('set back')).toEqual({ 1: 'kept', 2: 'lost', 3: 'lost\uFFFD' });
      expect(await restored.cursor('set back')).toMatchObject({ seq: 1n, live_rows: 3n });
      expect(await restored.quarantine('set back')).toHaveLength(1);
      await rebuild(restored, 'set back', { prune: true });
      expect(await restored.titles('set back')).toEqual({ 1: 'kept' });
      expect(await restored.cursor('set back')).toMatchObject({ seq: 1n, live_rows: 1n, live_bytes: 4n });
      expect(await restored.quarantine('set back')).toEqual([]);
      await restored.close();
    });

    test('to nothing does not wait for ever', async () => {
      const lost = await withNotes('nothing');
      await lost.close();
      const wiped = new TestProjection(database);
      await wiped.log.openWorkspace('nothing');
      expect(await rebuild(wiped, 'nothing')).toMatchObject([{ seq: 0, wasEqual: false }]);
      expect(Object.keys(await wiped.titles('nothing'))).toHaveLength(5);
    });
  });

  test('that fails in the middle changes nothing and leaves nothing behind', async () => {
    const projected = await withNotes('failing');
    await database.execute(`UPDATE app.notes SET title = 'tampered' WHERE workspace_id = 'failing'`);
    const faulty = new FaultyCloud(database);
    faulty.onStatement = (sql) => {
      if (sql.includes('INSERT INTO "app"."notes"') && sql.includes('SELECT s.')) throw new Error('in the middle');
    };
    await expect(rebuild(projected, 'failing', { cloud: faulty })).rejects.toThrow('in the middle');
    expect(new Set(Object.values(await projected.titles('failing')))).toEqual(new Set(['tampered']));
    await expectNoShadow();
  });
});
