import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getTableName } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDriver } from '../engine/node/open-driver.ts';
import { notes } from '../schema/index.ts';
import { localOnlyMigrations } from '../schema/migrations.gen.ts';
import { replicatedTables } from '../schema/tables.ts';
import { AVAILABLE_ENGINES, describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { testSchema } from '../testing/test-schema.ts';
import { APPLICATION_ID } from './file-header.ts';
import { openReplica } from './open-replica.ts';

const ITEMS = `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT '')`;
const schema = testSchema(['items'], ITEMS);
const grown = testSchema(['items'], ITEMS, `ALTER TABLE items ADD COLUMN n INTEGER`);

const code = (expected: string) => expect.objectContaining({ name: 'DatabaseError', code: expected });

describeEachEngine('a replica', (engine) => {
  test('of the workspace has every table, each replicated one a CRR, and works through drizzle', () => {
    const replica = openReplica({ path: ':memory:', engine });
    for (const table of Object.values(replicatedTables)) {
      const clocks = `SELECT count(*) FROM "${getTableName(table)}__crsql_clock"`;
      expect(replica.sqlite.prepare(clocks).pluck().get()).toBe(0);
    }
    replica.db.insert(notes).values({ id: 'n', title: 'Hello' }).run();
    expect(replica.db.query.notes.findFirst({ with: { blocks: true } }).sync()).toMatchObject({
      title: 'Hello',
      pinned: false,
      deletedAt: null,
      blocks: [],
    });
    replica.close();
  });

  test('keeps its rows, its site id and its version when it is opened again', () => {
    const file = temporaryPath();
    const first = openReplica({ path: file, engine });
    first.db.insert(notes).values({ id: 'n', title: 'Hello' }).run();
    const before = [first.siteId, first.dbVersion];
    first.close();
    const second = openReplica({ path: file, engine });
    expect([second.siteId, second.dbVersion]).toEqual(before);
    expect(second.db.select().from(notes).all()).toHaveLength(1);
    second.close();
  });

  test('has a site id of 16 random bytes', () => {
    const sites = Array.from({ length: 5 }, () => {
      const replica = openReplica({ path: ':memory:', engine, schema });
      const { siteId } = replica;
      replica.close();
      return siteId;
    });
    for (const site of sites) expect(site).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(sites).size).toBe(sites.length);
  });

  test('refuses to update a primary key, and says so', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    replica.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    expect(() => replica.sqlite.exec(`UPDATE items SET id = 'b'`)).toThrow('a primary key is never updated: items');
    replica.sqlite.exec(`UPDATE items SET id = 'a', name = 'y'`);
    expect(replica.sqlite.prepare('SELECT * FROM items').all()).toEqual([{ id: 'a', name: 'y' }]);
    replica.close();
  });

  test('is migrated when a newer app opens it', () => {
    const file = temporaryPath();
    const old = openReplica({ path: file, engine, schema });
    old.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    old.close();
    const young = openReplica({ path: file, engine, schema: grown });
    young.sqlite.exec(`UPDATE items SET n = 5`);
    expect(young.sqlite.prepare('SELECT * FROM items').all()).toEqual([{ id: 'a', name: 'x', n: 5 }]);
    expect(young.ownChanges({ after: 0 }).changes.map(({ cid }) => cid)).toEqual(['name', 'n']);
    young.close();
  });

  test('of a newer app is refused by an older one, and not touched', () => {
    const file = temporaryPath();
    openReplica({ path: file, engine, schema: grown }).close();
    const before = readFileSync(file);
    expect(() => openReplica({ path: file, engine, schema })).toThrow(code('file_newer_than_app'));
    expect(() => openReplica({ path: file, engine, schema })).toThrow(
      `version 2.${localOnlyMigrations.length}, and this app knows versions up to 1.${localOnlyMigrations.length}`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

/** As if its owner had been killed now. */
function whatAKillLeaves(file: string): string {
  const copy = temporaryPath();
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  return copy;
}

describeEachEngine('a replica that was killed', (engine) => {
  test('before its tables were made is a new one', () => {
    const file = temporaryPath();
    const killed = openDriver({ path: file, engine, applicationId: APPLICATION_ID });
    const left = whatAKillLeaves(file);
    killed.close();
    const replica = openReplica({ path: left, engine, schema });
    expect(replica.sqlite.prepare('SELECT * FROM items').all()).toEqual([]);
    replica.close();
  });

  test('at any moment of its making is a new one', () => {
    const file = temporaryPath();
    const killed = openDriver({ path: file, engine, applicationId: APPLICATION_ID });
    const [database, wal] = [readFileSync(file), readFileSync(`${file}-wal`)];
    killed.close();
    for (let size = 32; size <= wal.length; size += 24 + 4096) {
      const left = temporaryPath();
      writeFileSync(left, database);
      writeFileSync(`${left}-wal`, wal.subarray(0, size));
      const replica = openReplica({ path: left, engine, schema });
      expect(replica.sqlite.prepare('SELECT * FROM items').all()).toEqual([]);
      replica.close();
    }
  });

  test('before anything had reached its file is there', () => {
    const file = temporaryPath();
    const killed = openReplica({ path: file, engine, schema });
    killed.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    const left = whatAKillLeaves(file);
    killed.close();
    const replica = openReplica({ path: left, engine, schema });
    expect(replica.sqlite.prepare('SELECT * FROM items').all()).toEqual([{ id: 'a', name: 'x' }]);
    replica.close();
  });

  test('right after a newer app had migrated it is refused by an older one, and keeps what the newer one wrote', () => {
    const file = temporaryPath();
    openReplica({ path: file, engine, schema }).close();
    const killed = openReplica({ path: file, engine, schema: grown });
    killed.sqlite.exec(`INSERT INTO items VALUES ('a', 'x', 5)`);
    const left = whatAKillLeaves(file);
    killed.close();
    expect(() => openReplica({ path: left, engine, schema })).toThrow(code('file_newer_than_app'));
    const young = openReplica({ path: left, engine, schema: grown });
    expect(young.sqlite.prepare('SELECT * FROM items').all()).toEqual([{ id: 'a', name: 'x', n: 5 }]);
    young.close();
  });
});

describeEachEngine('a copied file', (engine) => {
  test('wakes up as another site, whose own changes are all it had written', () => {
    const [original, copy] = [temporaryPath('original.db'), temporaryPath('copy.db')];
    const first = openReplica({ path: original, engine, schema });
    first.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    const { siteId } = first;
    first.close();
    copyFileSync(original, copy);

    const second = openReplica({ path: copy, engine, schema });
    expect(second.siteId).not.toBe(siteId);
    const own = second.ownChanges({ after: 0 }).changes;
    expect(own.map(({ cid, siteId: site }) => [cid, Buffer.from(site).toString('hex')])).toEqual([
      ['name', second.siteId],
    ]);
    const rotated = second.siteId;
    second.close();
    const again = openReplica({ path: copy, engine, schema });
    expect(again.siteId, 'rotated once').toBe(rotated);
    again.close();
    const third = openReplica({ path: original, engine, schema });
    expect(third.siteId, 'the original keeps its id').toBe(siteId);
    third.close();
  });

  test('rotation takes effect at once, for edits and for what comes back from the old site', () => {
    const [a, b] = [
      openReplica({ path: ':memory:', engine, schema }),
      openReplica({ path: ':memory:', engine, schema }),
    ];
    a.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    const before = a.ownChanges({ after: 0 });
    const rotated = a.rotateSiteId();
    a.sqlite.exec(`INSERT INTO items VALUES ('b', 'y')`);
    const own = a.ownChanges({ after: 0 }).changes;
    expect(own.map(({ siteId }) => Buffer.from(siteId).toString('hex'))).toEqual([rotated, rotated]);
    b.applyChanges(before.changes);
    b.applyChanges(own);
    a.applyChanges(before.changes);
    expect(b.sqlite.prepare('SELECT * FROM items').all()).toEqual(a.sqlite.prepare('SELECT * FROM items').all());
    expect(a.ownChanges({ after: 0 }).changes, 'an echo is still ours').toHaveLength(2);
    b.sqlite.exec(`UPDATE items SET name = 'z' WHERE id = 'a'`);
    a.applyChanges(b.ownChanges({ after: 0 }).changes);
    expect(a.sqlite.prepare(`SELECT name FROM items WHERE id = 'a'`).pluck().get()).toBe('z');
    a.close();
    b.close();
  });
});

describeEachEngine('bad files', (engine) => {
  const open = (file: string) => openReplica({ path: file, engine, schema });

  test('a file that is no database is refused and not touched', () => {
    const file = temporaryPath('letter.txt');
    writeFileSync(file, 'Dear diary, '.repeat(100));
    expect(() => open(file)).toThrow(code('not_a_database'));
    expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(100));
  });

  test('a file shorter than a header is refused', () => {
    const file = temporaryPath();
    writeFileSync(file, 'SQLite format 3\0');
    expect(() => open(file)).toThrow(code('not_a_database'));
  });

  test('an empty file is a new database', () => {
    const file = temporaryPath();
    writeFileSync(file, '');
    open(file).close();
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  test('another application’s database is refused and not touched', () => {
    const file = temporaryPath();
    open(file).close();
    const bytes = readFileSync(file);
    bytes.writeUInt32BE(0xcafe, 68);
    writeFileSync(file, bytes);
    expect(() => open(file)).toThrow('another application');
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('the replica of another app is refused, and neither is migrated nor loses anything', () => {
    const file = temporaryPath();
    open(file).close();
    const before = readFileSync(file);
    const other = testSchema(
      ['things'],
      'CREATE TABLE things (id TEXT PRIMARY KEY NOT NULL)',
      'CREATE TABLE more (a TEXT)',
    );
    const renamed = { ...other, migrations: other.migrations.map(({ tag, sql }) => ({ tag: `other ${tag}`, sql })) };
    expect(() => openReplica({ path: file, engine, schema: renamed })).toThrow('holds the tables of another app');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a corrupt file is reported, when it is opened or when the damage is met', () => {
    const file = temporaryPath();
    const replica = open(file);
    replica.transaction(() => {
      for (let i = 0; i < 2_000; i++)
        replica.sqlite.prepare('INSERT INTO items VALUES (?, ?)').run(`${i}`, 'x'.repeat(50));
    });
    replica.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, bytes.length);
    writeFileSync(file, bytes);
    expect(() => open(file)).toThrow(code('file_corrupt'));
  });

  test('a directory that does not exist is named', () => {
    const file = path.join(temporaryPath(), 'missing', 'notes.db');
    expect(() => open(file)).toThrow(code('cannot_open'));
    expect(() => open(file)).toThrow(file);
  });

  test('a directory instead of a file is refused', () => {
    expect(() => open(path.dirname(temporaryPath()))).toThrow(code('cannot_open'));
  });
});

test('the engines exchange files: what one has written the other opens, edits and gives back', () => {
  const file = temporaryPath();
  let expected: unknown[] = [];
  const sites = new Set<string>();
  for (const engine of [...AVAILABLE_ENGINES, ...AVAILABLE_ENGINES]) {
    const replica = openReplica({ path: file, engine, schema });
    sites.add(replica.siteId);
    const items = replica.sqlite.prepare('SELECT * FROM items ORDER BY id');
    expect(items.all()).toEqual(expected);
    expect(replica.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    const id = `${expected.length} by ${engine}`;
    replica.sqlite.prepare('INSERT INTO items VALUES (?, ?)').run(id, 'x');
    replica.sqlite.prepare(`UPDATE items SET name = name || 'y'`).run();
    expected = items.all();
    expect(replica.ownChanges({ after: 0 }).changes).toHaveLength(expected.length);
    replica.close();
  }
  expect(expected).toHaveLength(AVAILABLE_ENGINES.length * 2);
  expect(sites.size).toBe(1);
});
