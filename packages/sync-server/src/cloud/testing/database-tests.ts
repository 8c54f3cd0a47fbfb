/** Errors, what the SQL of the server relies on, and the end. */
import { expect, test } from 'vitest';
import type { TestCloud } from './describe-each-cloud.ts';

export function runDatabaseTests(cloud: TestCloud): void {
  test('says what was refused, and where', async () => {
    const database = await cloud.open();
    await expect(database.query('SELECT * FROM nowhere')).rejects.toMatchObject({
      name: 'CloudError',
      code: 'cloud_refused',
      sqlState: '42P01',
      retryable: false,
      position: 15,
      message: 'relation "nowhere" does not exist',
    });
    await expect(database.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ sqlState: '42601' });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('runs a script, all of it or nothing', async () => {
    const database = await cloud.open();
    await database.execute(`
      CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n * 2; END $$;
      CREATE TABLE a (n int);
      INSERT INTO a VALUES (twice(2));`);
    expect(await database.query('SELECT n FROM a')).toEqual([{ n: 4 }]);
    await expect(database.execute('INSERT INTO a VALUES (1); SELECT 1/0')).rejects.toMatchObject({ sqlState: '22012' });
    expect(await database.query('SELECT n FROM a')).toEqual([{ n: 4 }]);
    await database.execute('');
    await database.execute('VACUUM ANALYZE a');
    await database.execute('CHECKPOINT');
  });

  test('has what the projection is made of', async () => {
    const database = await cloud.open();
    await database.execute(`
      CREATE EXTENSION pg_trgm;
      CREATE EXTENSION unaccent;
      CREATE TABLE notes (workspace_id text, id text, title text, extra jsonb, PRIMARY KEY (workspace_id, id),
        search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED);
      CREATE INDEX ON notes USING gin (search);
      CREATE INDEX ON notes USING gin (title gin_trgm_ops);
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY;`);
    await database.query(
      `INSERT INTO notes (workspace_id, id, title, extra)
       SELECT 'w', r.id, r.title, r.extra FROM jsonb_to_recordset($1::jsonb) AS r (id text, title text, extra jsonb)
       ON CONFLICT (workspace_id, id) DO UPDATE SET title = excluded.title`,
      [JSON.stringify([{ id: '1', title: 'Café in Zürich', extra: { a: 1 } }])],
    );
    const [row] = await database.query(
      `SELECT id, unaccent(title) AS plain, similarity(title, 'cafe') > 0.1 AS similar FROM notes
       WHERE search @@ plainto_tsquery('simple', 'zürich')`,
    );
    expect(row).toEqual({ id: '1', plain: 'Cafe in Zurich', similar: true });
  });

  test('keeps what was committed over a restart', async () => {
    const place = await cloud.create();
    const first = await place.open();
    await first.execute('CREATE TABLE t (a int); INSERT INTO t VALUES (1)');
    await first.close();
    const second = await place.open();
    expect(await second.query('SELECT a FROM t')).toEqual([{ a: 1 }]);
  });

  test('each is empty and nobody else’s', async () => {
    const databases = await Promise.all([cloud.open(), cloud.open()]);
    for (const database of databases) await database.execute('CREATE TABLE t (a int)');
    for (const database of databases) expect(await database.query('SELECT a FROM t')).toEqual([]);
  });

  test('closes when what was asked has been answered, and is of no use afterwards', async () => {
    const database = await cloud.open();
    const answer = database.query('SELECT 1 AS one FROM pg_sleep(0.05)');
    const closed = database.close();
    expect(await answer).toEqual([{ one: 1 }]);
    await closed;
    await database.close();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_refused' });
    await expect(database.transaction(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'cloud_refused' });
  });
}
