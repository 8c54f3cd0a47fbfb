import { expect, test } from 'vitest';
import { describeEachEngine } from '../testing/engines.ts';
import { testSchema } from '../testing/test-schema.ts';
import { openReplica } from './open-replica.ts';
import { temporaryPath } from '../testing/temporary-path.ts';

const ITEMS = `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT '')`;

const code = (expected: string) => expect.objectContaining({ name: 'DatabaseError', code: expected });

describeEachEngine('migrations', (engine) => {
  const open = (path: string, ...ddl: string[]) =>
    openReplica({ path, engine, schema: testSchema(['items'], ITEMS, ...ddl) });

  test.each([
    'DROP TABLE items',
    'ALTER TABLE items DROP COLUMN name',
    'ALTER TABLE items RENAME TO things',
    'ALTER TABLE items RENAME COLUMN name TO title',
    `UPDATE items SET name = 'x'`,
    'CREATE UNIQUE INDEX items_name ON items (name)',
    `PRAGMA foreign_keys = OFF`,
  ])('%s is refused, and the file stays at its version', (statement) => {
    const path = temporaryPath();
    open(path).close();
    expect(() => open(path, 'ALTER TABLE items ADD COLUMN n INTEGER', statement)).toThrow(
      code('migration_not_additive'),
    );
    const replica = open(path);
    expect(replica.sqlite.prepare('SELECT * FROM items').columns()).toHaveLength(2);
    replica.close();
  });

  test('a second statement hidden behind the first is refused with it', () => {
    const path = temporaryPath();
    open(path).close();
    const schema = testSchema(['items'], ITEMS);
    const hidden = { tag: '0001', sql: 'CREATE TABLE extra (a TEXT); DROP TABLE items' };
    const migrations = [...schema.migrations, hidden];
    expect(() => openReplica({ path, engine, schema: { ...schema, migrations } })).toThrow(code('migration_failed'));
    const replica = open(path);
    expect(replica.sqlite.prepare('SELECT count(*) FROM items').pluck().get()).toBe(0);
    replica.close();
  });

  test.each([
    ['may not use CHECK', 'ALTER TABLE items ADD COLUMN n INTEGER CHECK (n > 0)'],
    ['may not have foreign keys', 'ALTER TABLE items ADD COLUMN other TEXT REFERENCES items (id)'],
    ['must declare a type for n', 'ALTER TABLE items ADD COLUMN n'],
  ])('a column added to a replicated table %s', (reason, statement) => {
    const path = temporaryPath();
    open(path).close();
    expect(() => open(path, statement)).toThrow(code('schema_unsound'));
    expect(() => open(path, statement)).toThrow(reason);
    open(path).close();
  });

  test('one that fails half-way leaves nothing of any pending one', () => {
    const path = temporaryPath();
    open(path).close();
    expect(() =>
      open(path, 'CREATE TABLE extra (a TEXT)', 'ALTER TABLE items ADD COLUMN n INTEGER; CREATE TABLE extra (a TEXT)'),
    ).toThrow(code('migration_failed'));
    const replica = open(path);
    expect(replica.sqlite.prepare('SELECT tag FROM local_migrations').pluck().all()).toEqual(['0000']);
    expect(replica.sqlite.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'extra'`).pluck().get()).toBe(0);
    replica.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    expect(replica.ownChanges({ after: 0 }).changes).toHaveLength(1);
    replica.close();
  });

  test('adding a column makes no changes to send, and edits of it are sent', () => {
    const path = temporaryPath();
    const before = open(path);
    before.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    const after = before.dbVersion;
    before.close();
    const replica = open(path, `ALTER TABLE items ADD COLUMN n INTEGER NOT NULL DEFAULT 7`);
    expect(replica.ownChanges({ after }).changes).toEqual([]);
    replica.sqlite.exec('UPDATE items SET n = 8');
    expect(replica.ownChanges({ after }).changes.map(({ cid, val }) => [cid, val])).toEqual([['n', 8n]]);
    replica.close();
  });
});

describeEachEngine('an unsound replicated table', (engine) => {
  test.each([
    ['needs a TEXT or BLOB primary key', 'id INTEGER PRIMARY KEY NOT NULL, name TEXT'],
    ['needs NOT NULL on its primary key', 'id TEXT PRIMARY KEY, name TEXT'],
    ['needs a primary key', 'id TEXT NOT NULL'],
    ['needs a default for the NOT NULL column name', 'id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL'],
    ['needs a constant default for at', 'id TEXT PRIMARY KEY NOT NULL, at INTEGER DEFAULT (unixepoch())'],
    ['needs a constant default for at', 'id TEXT PRIMARY KEY NOT NULL, at TEXT DEFAULT CURRENT_TIMESTAMP'],
    ['must declare a type for name', 'id TEXT PRIMARY KEY NOT NULL, name'],
    ['may not have a unique index', 'id TEXT PRIMARY KEY NOT NULL, name TEXT UNIQUE'],
    ['may not have foreign keys', 'id TEXT PRIMARY KEY NOT NULL, other TEXT REFERENCES items (id)'],
    ['may not use CHECK', `id TEXT PRIMARY KEY NOT NULL, n INTEGER CHECK (n > 0)`],
    ['may not use COLLATE', 'id TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, name TEXT'],
  ])('%s: it is refused before it can diverge', (reason, columns) => {
    const schema = testSchema(['items'], `CREATE TABLE items (${columns})`);
    const attempt = () => openReplica({ path: ':memory:', engine, schema });
    expect(attempt).toThrow(code('schema_unsound'));
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow('the replicated table items');
  });

  test('a replicated table without a migration is named', () => {
    const schema = testSchema(['items', 'ghosts'], ITEMS);
    expect(() => openReplica({ path: ':memory:', engine, schema })).toThrow('ghosts does not exist');
  });
});
