import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import { notes, noteBlocks } from '../schema/index.ts';
import type { MergeableColumns } from '../schema/replica-schema.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { FormerValue } from './former-values.ts';
import { packKey } from './packed-key.ts';
import { siteIdToHex } from './site-id.ts';

const DDL = `
  CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', body TEXT, n INTEGER, data BLOB);
  CREATE TABLE links (source TEXT NOT NULL, target TEXT NOT NULL, label TEXT, PRIMARY KEY (target, source));
  CREATE TABLE plain (id TEXT PRIMARY KEY NOT NULL, title TEXT)`;

const MERGEABLE = { items: ['title', 'body'], links: ['label'] };

const schemaOf = (mergeable: MergeableColumns, ...ddl: string[]) => ({
  ...testSchema(['items', 'links'], DDL, ...ddl),
  mergeable,
});

const A = packKey(['a']);

describeEachEngine('a former value', (engine) => {
  const open = (path = ':memory:', schema = schemaOf(MERGEABLE)) => openReplica({ path, engine, schema });

  const openWithRow = () => {
    const replica = open();
    replica.sqlite.exec(`INSERT INTO items (id, title, body) VALUES ('a', 'one', NULL)`);
    return replica;
  };

  test('is what the first edit replaced, however many follow', () => {
    const replica = openWithRow();
    expect(replica.formerValue('items', A, 'title')).toBeUndefined();
    for (const title of ['two', 'three', 'one', 'four']) replica.sqlite.exec(`UPDATE items SET title = '${title}'`);
    expect(replica.formerValue('items', A, 'title')?.val).toBe('one');
    expect(replica.formerValue('items', A, 'body')).toBeUndefined();
    replica.sqlite.exec(`UPDATE items SET body = 'text'`);
    expect(replica.formerValue('items', A, 'body')?.val).toBeNull();
    replica.close();
  });

  test('names the edit that had written it', () => {
    const [replica, other] = [openWithRow(), open()];
    const own = replica.latestVersion;
    replica.sqlite.exec(`UPDATE items SET title = 'two'`);
    expect(editOf(replica.formerValue('items', A, 'title'))).toEqual([replica.siteId, own]);

    replica.forgetFormerValues();
    other.applyChanges(replica.ownChanges({ after: 0 }).changes);
    other.sqlite.exec(`UPDATE items SET title = 'theirs'`);
    replica.applyChanges(other.ownChanges({ after: 0 }).changes);
    const applied = replica.latestVersion;
    expect(replica.formerValue('items', A, 'title'), 'what arrives is no edit of this replica').toBeUndefined();
    replica.sqlite.exec(`UPDATE items SET title = 'three'`);
    const former = replica.formerValue('items', A, 'title');
    expect([former?.val, ...editOf(former)]).toEqual(['theirs', other.siteId, applied]);
    replica.close();
    other.close();
  });

  test('of a column that was added since the row was written is the default, and nobody has written it', () => {
    const path = temporaryPath();
    const old = open(path);
    old.sqlite.exec(`INSERT INTO items (id) VALUES ('a')`);
    old.close();
    const young = open(
      path,
      schemaOf({ ...MERGEABLE, items: ['title', 'note'] }, `ALTER TABLE items ADD COLUMN note TEXT DEFAULT 'empty'`),
    );
    young.sqlite.exec(`UPDATE items SET note = 'full', title = 'x'`);
    expect(young.formerValue('items', A, 'note')).toEqual({ val: 'empty', edit: undefined });
    expect(young.formerValue('items', A, 'title')?.val).toBe('');
    young.close();
  });

  test('is kept for mergeable columns only, and only where the value differs', () => {
    const replica = openWithRow();
    replica.sqlite.exec(`
      INSERT INTO plain VALUES ('a', 'x');
      UPDATE items SET n = 5, data = x'00', title = 'one', body = NULL;
      UPDATE plain SET title = 'y'`);
    expect(stored(replica)).toBe(0);
    expect(replica.formerValue('items', A, 'n')).toBeUndefined();
    expect(replica.formerValue('plain', A, 'title')).toBeUndefined();
    expect(replica.formerValue('no such table', A, 'title')).toBeUndefined();
    replica.close();
  });

  test('is told by the whole of a composite key, in key order', () => {
    const replica = open();
    replica.sqlite.exec(`
      INSERT INTO links VALUES ('s', 't', 'st'), ('t', 's', 'ts');
      UPDATE links SET label = 'new' WHERE source = 's'`);
    expect(replica.formerValue('links', packKey(['t', 's']), 'label')?.val).toBe('st');
    expect(replica.formerValue('links', packKey(['s', 't']), 'label')).toBeUndefined();
    replica.close();
  });

  test.each([
    ['an upsert', `INSERT INTO items (id, title) VALUES ('a', $t) ON CONFLICT DO UPDATE SET title = excluded.title`],
    ['UPDATE OR REPLACE', `UPDATE OR REPLACE items SET title = $t`],
    ['UPDATE OR FAIL', `UPDATE OR FAIL items SET title = $t`],
    ['UPDATE OR IGNORE', `UPDATE OR IGNORE items SET title = $t`],
  ])('survives %s, whose way of meeting a conflict would be the trigger’s too', (_title, sql) => {
    const replica = openWithRow();
    const edit = replica.sqlite.prepare(sql);
    for (const t of ['two', 'three']) edit.run({ t });
    expect(replica.sqlite.prepare('SELECT title FROM items').pluck().get()).toBe('three');
    expect(replica.formerValue('items', A, 'title')?.val).toBe('one');
    replica.close();
  });

  test('goes when the edit is rolled back, and when all are forgotten; the next edit begins anew', () => {
    const replica = openWithRow();
    expect(() =>
      replica.transaction(() => {
        replica.sqlite.exec(`UPDATE items SET title = 'two'`);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(stored(replica)).toBe(0);
    replica.sqlite.exec(`UPDATE items SET title = 'two'`);
    replica.forgetFormerValues();
    expect(replica.formerValue('items', A, 'title')).toBeUndefined();
    replica.sqlite.exec(`UPDATE items SET title = 'three'`);
    expect(replica.formerValue('items', A, 'title')?.val).toBe('two');
    replica.close();
  });

  test('outlives a restart, the deletion of its row and a rotation of the site id', () => {
    const path = temporaryPath();
    const first = open(path);
    first.sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'one'); UPDATE items SET title = 'two'`);
    first.close();
    const second = open(path);
    second.rotateSiteId();
    second.sqlite.exec('DELETE FROM items');
    const former = second.formerValue('items', A, 'title');
    expect([former?.val, ...editOf(former)]).toEqual(['one', second.siteId, 1]);
    second.close();
  });

  test('keeps the storage class of what was there', () => {
    const replica = open();
    replica.sqlite.prepare(`INSERT INTO items (id, title) VALUES ('a', ?)`).run(Uint8Array.from([1, 2]));
    replica.sqlite.exec(`UPDATE items SET title = 'text'`);
    expect(Array.from(replica.formerValue('items', A, 'title')?.val as Uint8Array)).toEqual([1, 2]);
    replica.close();
  });

  test('changes nothing of what is sent', () => {
    const replicas = [open(), open(':memory:', schemaOf({}))];
    for (const { sqlite } of replicas) {
      sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'one'); UPDATE items SET title = 'two', n = 1`);
    }
    const [watched, unwatched] = replicas.map((replica) =>
      replica
        .ownChanges({ after: 0 })
        .changes.map(({ cid, val, colVersion, dbVersion, seq }) => [cid, val, colVersion, dbVersion, seq]),
    );
    expect(watched).toEqual(unwatched);
    for (const replica of replicas) replica.close();
  });
});

describeEachEngine('the triggers', (engine) => {
  const open = (path: string, mergeable: MergeableColumns) =>
    openReplica({ path, engine, schema: schemaOf(mergeable) });

  const triggers = (replica: ReturnType<typeof open>) =>
    replica.sqlite
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'former%' ORDER BY name`)
      .pluck()
      .all();

  test('follow the list of columns without a migration, and an unchanged list writes nothing', () => {
    const path = temporaryPath();
    const none = open(path, {});
    expect(triggers(none)).toEqual([]);
    none.close();
    const some = open(path, MERGEABLE);
    expect(triggers(some)).toEqual(['former_value:items.body', 'former_value:items.title', 'former_value:links.label']);
    const version = some.sqlite.pragma('schema_version', { simple: true });
    some.close();
    const again = open(path, MERGEABLE);
    expect(again.sqlite.pragma('schema_version', { simple: true })).toBe(version);
    again.close();
    const fewer = open(path, { items: ['title'] });
    expect(triggers(fewer)).toEqual(['former_value:items.title']);
    fewer.close();
  });

  test('of an older form are made anew', () => {
    const path = temporaryPath();
    const first = open(path, { items: ['title'] });
    first.sqlite.exec(`
      DROP TRIGGER "former_value:items.title";
      CREATE TRIGGER "former_value:items.title" BEFORE UPDATE OF title ON items BEGIN SELECT RAISE(ABORT, 'old'); END`);
    first.close();
    const second = open(path, { items: ['title'] });
    second.sqlite.exec(`INSERT INTO items (id) VALUES ('a'); UPDATE items SET title = 'x'`);
    expect(second.formerValue('items', A, 'title')?.val).toBe('');
    second.close();
  });

  test.each([
    ['a key', { items: ['id'] }],
    ['a number', { items: ['n'] }],
    ['bytes', { items: ['data'] }],
    ['a column that does not exist', { items: ['titel'] }],
    ['a table that does not replicate', { plain: ['title'] }],
    ['a table that does not exist', { 'x"; DROP TABLE items; --': ['title'] }],
  ])('are not made for %s', (_title, mergeable: MergeableColumns) => {
    const attempt = () => openReplica({ path: ':memory:', engine, schema: schemaOf(mergeable) });
    expect(attempt).toThrow(expect.objectContaining({ name: 'DatabaseError', code: 'schema_unsound' }));
  });

  test('watch the texts of the workspace', () => {
    const replica = openReplica({ path: ':memory:', engine });
    replica.db.insert(notes).values({ id: 'n', title: 'Lisbon' }).run();
    replica.db.insert(noteBlocks).values({ noteId: 'n', id: 'b', text: 'find flights' }).run();
    replica.db.update(notes).set({ title: 'Lisboa', pinned: true }).run();
    replica.db.update(noteBlocks).set({ text: 'book flights', position: 'a1' }).run();
    expect(replica.formerValue('notes', packKey(['n']), 'title')?.val).toBe('Lisbon');
    expect(replica.formerValue('note_blocks', packKey(['n', 'b']), 'text')?.val).toBe('find flights');
    expect(stored(replica)).toBe(2);
    replica.close();
  });
});

interface WithSqlite {
  readonly sqlite: { prepare(sql: string): { pluck(): { get(): unknown } } };
}

function stored({ sqlite }: WithSqlite): unknown {
  return sqlite.prepare('SELECT count(*) FROM sync_former_values').pluck().get();
}

function editOf(former: FormerValue | undefined): [siteId?: string, dbVersion?: number] {
  return former?.edit ? [siteIdToHex(former.edit.siteId), former.edit.dbVersion] : [];
}
