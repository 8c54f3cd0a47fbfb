import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEachCloudEngine, migrateUp, openTestDatabase, uniqueName } from './testing/test-database.ts';
import type { TestDatabase } from './testing/test-database.ts';
import { workspaceCloudMigrations } from './migrations.gen.ts';

const PROVENANCE = `'00', now(), 1`;

const uuid = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

describeEachCloudEngine('reading the cloud copy', (engine) => {
  const reader = uniqueName('tributary_reader_ada');
  const stranger = uniqueName('tributary_stranger');
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase(engine);
    for (const migration of workspaceCloudMigrations) await migrateUp(database, migration);
    await database.run(`
      CREATE ROLE ${reader} LOGIN IN ROLE tributary_reader;
      CREATE ROLE ${stranger} LOGIN;
      INSERT INTO sync.reader_grants VALUES ('${reader}', 'ours'), ('somebody_else', 'theirs');
      INSERT INTO app.projects (workspace_id, id, name, deleted_at, _updated_by, _updated_at, _version) VALUES
        ('ours', '${uuid(1)}', 'Garden', NULL, ${PROVENANCE}),
        ('ours', '${uuid(2)}', 'In the trash', now(), ${PROVENANCE}),
        ('theirs', '${uuid(3)}', 'Secret', NULL, ${PROVENANCE});
      INSERT INTO app.notes (workspace_id, id, title, project_id, deleted_at, _updated_by, _updated_at, _version) VALUES
        ('ours', '${uuid(10)}', 'Beans', '${uuid(1)}', NULL, ${PROVENANCE}),
        ('ours', '${uuid(11)}', 'Of a project in the trash', '${uuid(2)}', NULL, ${PROVENANCE}),
        ('ours', '${uuid(12)}', 'Of a project that is gone', '${uuid(9)}', NULL, ${PROVENANCE}),
        ('ours', '${uuid(13)}', 'In the trash', '${uuid(9)}', now(), ${PROVENANCE}),
        ('theirs', '${uuid(14)}', 'Of a project elsewhere', '${uuid(1)}', NULL, ${PROVENANCE});
      INSERT INTO app.note_blocks (workspace_id, note_id, id, _updated_by, _updated_at, _version) VALUES
        ('ours', '${uuid(10)}', '${uuid(20)}', ${PROVENANCE}),
        ('ours', '${uuid(19)}', '${uuid(21)}', ${PROVENANCE});
      INSERT INTO app.attachments (workspace_id, id, owner_kind, owner_id, _updated_by, _updated_at, _version) VALUES
        ('ours', '${uuid(30)}', 'note', '${uuid(10)}', ${PROVENANCE}),
        ('ours', '${uuid(31)}', 'project', '${uuid(10)}', ${PROVENANCE});
      INSERT INTO app.memories (workspace_id, id, scope, scope_id, _updated_by, _updated_at, _version) VALUES
        ('ours', '${uuid(40)}', 'user', 'auth0|ada', ${PROVENANCE}),
        ('ours', '${uuid(41)}', 'project', '${uuid(1)}', ${PROVENANCE}),
        ('ours', '${uuid(42)}', 'project', 'nothing', ${PROVENANCE});
      INSERT INTO sync.cursors (workspace_id, seq, head_seq, pending_since) VALUES
        ('ours', 5, 8, now() - interval '2 minutes'), ('theirs', 4, 4, NULL), ('ahead', 3, 2, now() + interval '1 hour');
      INSERT INTO sync.quarantine (workspace_id, table_name, row_key, column_name, reason, site_id, seq) VALUES
        ('ours', 'notes', '\\x01', 'title', 'holds U+0000', '00', 1), ('theirs', 'notes', '\\x01', '', 'no', '00', 1);
      INSERT INTO billing.usage_days VALUES ('ours', '2026-01-01', 1, 2, 3), ('theirs', '2026-01-01', 1, 2, 3);`);
  }, 60_000);
  afterAll(async () => {
    await database.run(`DROP OWNED BY ${reader}, ${stranger} CASCADE; DROP ROLE ${reader}; DROP ROLE ${stranger};`);
    await database.close();
  });

  test.each([
    'app.notes',
    'app.live_notes',
    'app.projects',
    'sync.cursors',
    'sync.lag',
    'sync.quarantine',
    'sync.orphans',
    'billing.usage_days',
    'sync.reader_grants',
  ])('a reader sees in %s the workspaces that were granted to it', async (table) => {
    const seen = await database.queryAs(reader, `SELECT DISTINCT workspace_id FROM ${table}`);
    expect(seen).toEqual([{ workspace_id: 'ours' }]);
  });

  test('the owner sees every workspace', async () => {
    const seen = await database.query(`SELECT DISTINCT workspace_id FROM app.projects ORDER BY 1`);
    expect(seen.map((row) => row['workspace_id'])).toEqual(['ours', 'theirs']);
  });

  test.each([
    [`INSERT INTO sync.reader_grants VALUES (current_user, 'theirs')`],
    [`UPDATE app.notes SET title = ''`],
    [`DELETE FROM sync.quarantine`],
    [`SELECT * FROM sync.row_clocks`],
    [`SELECT * FROM sync.search_documents`],
    [`SELECT sync.grant_reading()`],
    [`SELECT app.refresh_live_views()`],
  ])('a reader may not %s', async (sql) => {
    await expect(database.queryAs(reader, sql)).rejects.toThrow('permission denied');
  });

  test('a role that is not a reader sees nothing', async () => {
    await expect(database.queryAs(stranger, 'SELECT * FROM app.notes')).rejects.toThrow('permission denied');
  });

  test('a reader whose grants are gone sees no rows', async () => {
    await database.run(`DELETE FROM sync.reader_grants WHERE role_name = '${reader}'`);
    expect(await database.queryAs(reader, 'SELECT * FROM app.notes')).toEqual([]);
    await database.run(`INSERT INTO sync.reader_grants VALUES ('${reader}', 'ours')`);
  });

  test('live views hide the trash and its column, and show everything else', async () => {
    const rows = await database.query(`SELECT id::text FROM app.live_notes WHERE workspace_id = 'ours' ORDER BY id`);
    expect(rows.map((row) => row['id'])).toEqual([uuid(10), uuid(11), uuid(12)]);
    const hidden = await database.query(`
      SELECT t.table_name, t.column_name FROM information_schema.columns t
      WHERE t.table_schema = 'app' AND EXISTS (
          SELECT FROM information_schema.columns d
          WHERE d.table_schema = 'app' AND d.table_name = t.table_name AND d.column_name = 'deleted_at')
        AND NOT EXISTS (
          SELECT FROM information_schema.columns v
          WHERE v.table_schema = 'app' AND v.table_name = 'live_' || t.table_name AND v.column_name = t.column_name)`);
    expect(new Set(hidden.map((row) => row['column_name']))).toEqual(new Set(['deleted_at']));
  });

  test('a live view shows a column that was added later, and keeps its grants', async () => {
    await database.run(`
      ALTER TABLE app.tags ADD COLUMN colour text;
      ALTER TABLE app.notes ADD COLUMN mood text;
      SELECT app.refresh_live_views()`);
    expect(await database.queryAs(reader, 'SELECT DISTINCT mood FROM app.live_notes')).toEqual([{ mood: null }]);
    await database.run(`
      SELECT app.drop_live_views();
      ALTER TABLE app.tags DROP COLUMN colour;
      ALTER TABLE app.notes DROP COLUMN mood;
      SELECT app.refresh_live_views(), sync.grant_reading()`);
  });

  test('lag counts what is pending, and is zero where nothing is', async () => {
    const rows = await database.query(`
      SELECT workspace_id, entries_behind::int AS entries, round(extract(epoch FROM lag) / 60)::int AS minutes
      FROM sync.lag ORDER BY workspace_id`);
    expect(rows).toEqual([
      { workspace_id: 'ahead', entries: 0, minutes: 0 },
      { workspace_id: 'ours', entries: 3, minutes: 2 },
      { workspace_id: 'theirs', entries: 0, minutes: 0 },
    ]);
  });

  test('orphans are references of living rows to rows that are not there, in their own workspace', async () => {
    const rows = await database.query(`
      SELECT concat_ws(' ', workspace_id, table_name, id, column_name, missing_table, missing_id) AS line
      FROM sync.orphans ORDER BY 1`);
    expect(rows.map((row) => row['line'])).toEqual([
      `ours attachments ${uuid(31)} owner_id projects ${uuid(10)}`,
      `ours memories ${uuid(42)} scope_id projects nothing`,
      `ours note_blocks ${uuid(19)}/${uuid(21)} note_id notes ${uuid(19)}`,
      `ours notes ${uuid(12)} project_id projects ${uuid(9)}`,
      `theirs notes ${uuid(14)} project_id projects ${uuid(1)}`,
    ]);
  });

  test('a schema of its own shows one workspace, without the trash, and can be made again', async () => {
    await database.run(`SELECT app.create_workspace_views('ours', 'Ada''s "garden"')`);
    await database.run(`SELECT app.create_workspace_views('ours', 'Ada''s "garden"')`);
    const schema = `"Ada's ""garden"""`;
    expect(await database.query(`SELECT id::text, name FROM ${schema}.projects`)).toEqual([
      { id: uuid(1), name: 'Garden' },
    ]);
    expect(await database.query(`SELECT id::text FROM ${schema}.note_blocks ORDER BY id`)).toHaveLength(2);
    const columns = await database.query(`
      SELECT DISTINCT column_name FROM information_schema.columns
      WHERE table_schema = 'Ada''s "garden"' AND column_name IN ('workspace_id', 'deleted_at')`);
    expect(columns).toEqual([]);
    await expect(database.run(`SELECT app.create_workspace_views('theirs', 'Ada''s "garden"')`)).rejects.toThrow(
      'was not made for the workspace theirs',
    );
    await database.run(`SELECT app.drop_workspace_views('Ada''s "garden"')`);
    expect(await database.query(`SELECT FROM pg_namespace WHERE nspname LIKE 'Ada%'`)).toEqual([]);
  });

  test('a name of a workspace is quoted, whatever is in it', async () => {
    const name = `o'clock \\ "; DROP TABLE app.notes; --`;
    await database.query('SELECT app.create_workspace_views($1, $2)', [name, 'quoted']);
    expect(await database.query('SELECT * FROM quoted.notes')).toEqual([]);
    await database.run(`SELECT app.drop_workspace_views('quoted')`);
    expect(await database.query('SELECT count(*)::int AS notes FROM app.notes')).toEqual([{ notes: 5 }]);
  });

  test('views of a workspace show a reader no more than it may see', async () => {
    await database.run(`
      SELECT app.create_workspace_views('theirs', 'theirs');
      GRANT USAGE ON SCHEMA theirs TO ${reader};
      GRANT SELECT ON ALL TABLES IN SCHEMA theirs TO ${reader}`);
    expect(await database.queryAs(reader, 'SELECT * FROM theirs.projects')).toEqual([]);
    await database.run(`SELECT app.drop_workspace_views('theirs')`);
  });

  test.each([['public'], ['app'], ['nowhere']])(
    'the schema %s, which was not made of views of a workspace, is neither filled nor dropped',
    async (schema) => {
      await expect(database.run(`SELECT app.drop_workspace_views('${schema}')`)).rejects.toThrow('has made no schema');
      if (schema === 'nowhere') return;
      await expect(database.run(`SELECT app.create_workspace_views('ours', '${schema}')`)).rejects.toThrow('exists');
    },
  );

  test('a schema that holds something else is not dropped', async () => {
    await database.run(`SELECT app.create_workspace_views('ours', 'shared'); CREATE TABLE shared.mine ()`);
    await expect(database.run(`SELECT app.drop_workspace_views('shared')`)).rejects.toThrow('depend');
    await database.run(`DROP TABLE shared.mine; SELECT app.drop_workspace_views('shared')`);
  });
});
