import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { Change } from './change.ts';
import { packKey } from './packed-key.ts';

const ITEMS = `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT '', n INTEGER)`;
const schema = testSchema(['items'], ITEMS);
const grown = testSchema(
  ['items', 'tags'],
  ITEMS,
  `ALTER TABLE items ADD COLUMN colour TEXT NOT NULL DEFAULT '';
   CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, name TEXT)`,
);

const FOREIGN_SITE = new Uint8Array(16).fill(0xab);

function change(overrides: Partial<Change> = {}): Change {
  return {
    table: 'items',
    pk: packKey(['a']),
    cid: 'name',
    val: 'hello',
    colVersion: 1,
    dbVersion: 1,
    siteId: FOREIGN_SITE,
    cl: 1,
    seq: 0,
    ...overrides,
  };
}

const rename = (replica: Replica, id: string, name: string) =>
  replica.sqlite
    .prepare('INSERT INTO items (id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name')
    .run(id, name);

const rows = (replica: Replica, table = 'items') => replica.sqlite.prepare(`SELECT * FROM ${table} ORDER BY id`).all();

describeEachEngine('own changes', (engine) => {
  const open = () => openReplica({ path: ':memory:', engine, schema });

  test('are those after the cursor, in whole transactions', () => {
    const replica = open();
    for (let i = 0; i < 10; i++) {
      replica.transaction(() => {
        for (let row = 0; row < 5; row++) rename(replica, `${i}-${row}`, 'x');
      });
    }
    const batches: number[][] = [];
    for (let after = 0; ;) {
      const { changes, upTo } = replica.ownChanges({ after, maxCells: 25 });
      if (changes.length === 0) break;
      batches.push(changes.map(({ dbVersion }) => dbVersion));
      after = upTo;
    }
    expect(batches.map((versions) => [...new Set(versions)])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
    expect(batches.flat()).toHaveLength(10 * 5 * 2);
    replica.close();
  });

  test('a transaction larger than the limit comes whole and alone', () => {
    const replica = open();
    rename(replica, 'first', 'x');
    replica.transaction(() => {
      for (let row = 0; row < 50; row++) rename(replica, `row ${row}`, 'x');
    });
    rename(replica, 'last', 'x');
    const first = replica.ownChanges({ after: 0, maxCells: 10 });
    expect([first.changes.length, first.upTo]).toEqual([2, 1]);
    const second = replica.ownChanges({ after: 1, maxCells: 10 });
    expect([second.changes.length, second.upTo]).toEqual([100, 2]);
    expect(replica.ownChanges({ after: 2, maxCells: 10 }).changes).toHaveLength(2);
    replica.close();
  });

  test('leave out what other sites wrote, and step over it', () => {
    const replica = open();
    for (let version = 1; version <= 50; version++) {
      replica.applyChanges([change({ pk: packKey([`theirs ${version}`]), dbVersion: version })]);
    }
    expect(replica.ownChanges({ after: 0, maxCells: 10 })).toEqual({ changes: [], upTo: 50 });
    rename(replica, 'mine', 'x');
    expect(replica.ownChanges({ after: 0, maxCells: 10 }).changes.map(({ cid }) => cid)).toEqual(['name', 'n']);
    replica.close();
  });

  test('the cursor never passes a version that a later edit will take, even after edits that changed nothing', () => {
    const path = temporaryPath();
    const first = openReplica({ path, engine, schema });
    rename(first, 'a', 'x');
    rename(first, 'a', 'x');
    first.sqlite.prepare('UPDATE items SET name = name').run();
    const { upTo } = first.ownChanges({ after: 0 });
    first.close();
    const second = openReplica({ path, engine, schema });
    rename(second, 'a', 'y');
    expect(second.ownChanges({ after: upTo }).changes.map(({ val }) => val)).toEqual(['y']);
    second.close();
  });

  test('carry typed values and clocks', () => {
    const replica = open();
    replica.sqlite.prepare('INSERT INTO items VALUES (?, ?, ?)').run('a', 'hello', 2n ** 60n);
    replica.sqlite.prepare(`DELETE FROM items`).run();
    replica.sqlite.prepare('INSERT INTO items VALUES (?, ?, ?)').run('a', 'again', 5);
    const { changes } = replica.ownChanges({ after: 0 });
    expect(changes.map(({ cid, val, colVersion, cl, dbVersion }) => ({ cid, val, colVersion, cl, dbVersion }))).toEqual(
      [
        { cid: '-1', val: null, colVersion: 3, cl: 3, dbVersion: 3 },
        { cid: 'name', val: 'again', colVersion: 1, cl: 3, dbVersion: 3 },
        { cid: 'n', val: 5n, colVersion: 1, cl: 3, dbVersion: 3 },
      ],
    );
    expect(Buffer.from(changes[0]!.siteId).toString('hex')).toBe(replica.siteId);
    replica.close();
  });
});

describeEachEngine('applying changes', (engine) => {
  const open = (withSchema = schema) => openReplica({ path: ':memory:', engine, schema: withSchema });

  test('brings rows over, and applying them again changes nothing', () => {
    const [a, b] = [open(), open()];
    rename(a, 'a', 'hello');
    const { changes } = a.ownChanges({ after: 0 });
    expect(b.applyChanges(changes)).toEqual({ applied: 2, parked: 0 });
    const version = b.dbVersion;
    b.applyChanges(changes);
    expect(rows(b)).toEqual([{ id: 'a', name: 'hello', n: null }]);
    expect(b.dbVersion).toBe(version);
    a.close();
    b.close();
  });

  test('that fails half-way leaves nothing behind', () => {
    const replica = open();
    replica.sqlite.exec(`CREATE TRIGGER refuse BEFORE INSERT ON items WHEN NEW.id = 'poison'
                         BEGIN SELECT RAISE(ABORT, 'refused by a trigger'); END`);
    const before = replica.dbVersion;
    const batch = [change(), change({ pk: packKey(['poison']) }), change({ pk: packKey(['b']) })];
    expect(() => replica.applyChanges(batch)).toThrow(expect.objectContaining({ code: 'apply_failed' }));
    expect(rows(replica)).toEqual([]);
    expect(replica.sqlite.prepare('SELECT count(*) FROM crsql_changes').pluck().get()).toBe(0);
    expect(replica.dbVersion).toBe(before);
    replica.applyChanges([change()]);
    expect(rows(replica)).toHaveLength(1);
    replica.close();
  });

  test('inside a transaction commits and rolls back with it', () => {
    const replica = open();
    expect(() =>
      replica.transaction(() => {
        replica.applyChanges([change()]);
        throw new Error('the cursor could not be saved');
      }),
    ).toThrow('the cursor');
    expect(rows(replica)).toEqual([]);
    replica.transaction(() => {
      replica.applyChanges([change()]);
      expect(() => replica.applyChanges([change({ pk: packKey(['b']), cl: 0 })])).toThrow('causal length');
    });
    expect(rows(replica)).toEqual([{ id: 'a', name: 'hello', n: null }]);
    replica.close();
  });

  test('parks cells of unknown tables and columns, and applies them after the migration that brings them', () => {
    const path = temporaryPath();
    const newer = open(grown);
    newer.sqlite.exec(`INSERT INTO items VALUES ('a', 'apple', 1, 'red'); INSERT INTO tags VALUES ('t', 'fruit')`);
    newer.sqlite.exec(`INSERT INTO tags VALUES ('gone', 'x'); DELETE FROM tags WHERE id = 'gone'`);
    newer.sqlite.exec(`UPDATE items SET colour = 'green'`);

    const older = openReplica({ path, engine, schema });
    const { changes } = newer.ownChanges({ after: 0 });
    expect(older.applyChanges(changes)).toEqual({ applied: 2, parked: 3 });
    older.applyChanges(changes);
    expect(rows(older)).toEqual([{ id: 'a', name: 'apple', n: 1 }]);
    older.close();

    const upgraded = openReplica({ path, engine, schema: grown });
    expect(rows(upgraded)).toEqual(rows(newer));
    expect(rows(upgraded, 'tags')).toEqual(rows(newer, 'tags'));
    expect(upgraded.sqlite.prepare('SELECT count(*) FROM sync_parked').pluck().get()).toBe(0);
    upgraded.close();
    newer.close();
  });

  test('drops parked cells that turn out not to fit, and opens all the same', () => {
    const path = temporaryPath();
    const older = openReplica({ path, engine, schema });
    const batch = [
      change({ cid: 'colour', val: 5n }),
      change({ cid: 'colour', val: null, siteId: new Uint8Array(16).fill(2) }),
      change({ table: 'tags', cid: 'name', pk: packKey(['one', 'too many']) }),
      change({ table: 'tags', cid: 'name', pk: packKey([7n]) }),
      change({ table: 'tags', cid: 'name', pk: Uint8Array.from([9, 9, 9]) }),
      change({ table: 'tags', cid: 'name', pk: packKey(['fine']), val: 'kept' }),
    ];
    expect(older.applyChanges(batch)).toEqual({ applied: 0, parked: batch.length });
    older.close();
    const upgraded = openReplica({ path, engine, schema: grown });
    expect([rows(upgraded), rows(upgraded, 'tags')]).toEqual([[], [{ id: 'fine', name: 'kept' }]]);
    expect(upgraded.sqlite.prepare('SELECT count(*) FROM sync_parked').pluck().get()).toBe(0);
    upgraded.close();
  });

  test('keeps the parked value of every type as it is', () => {
    const path = temporaryPath();
    const wide = testSchema(
      ['items'],
      ITEMS,
      'ALTER TABLE items ADD COLUMN i INTEGER; ALTER TABLE items ADD COLUMN r REAL; ALTER TABLE items ADD COLUMN b BLOB',
    );
    const older = openReplica({ path, engine, schema });
    const values = { i: 2n ** 60n + 1n, r: 3, b: 5n };
    older.applyChanges(Object.entries(values).map(([cid, val]) => change({ cid, val })));
    older.close();
    const newer = openReplica({ path, engine, schema: wide });
    const row = newer.sqlite.prepare('SELECT i, r, b, typeof(i), typeof(r), typeof(b) FROM items').safeIntegers().raw();
    expect(row.get()).toEqual([2n ** 60n + 1n, 3, 5n, 'integer', 'real', 'integer']);
    newer.close();
  });

  test('of one site keeps only the latest parked cell', () => {
    const replica = open();
    for (const [colVersion, val] of [
      [1, 'old'],
      [3, 'newest'],
      [2, 'older'],
    ] as const) {
      replica.applyChanges([change({ cid: 'colour', val, colVersion })]);
    }
    expect(replica.sqlite.prepare('SELECT val FROM sync_parked').pluck().all()).toEqual(['newest']);
    replica.close();
  });
});

describeEachEngine('malformed changes', (engine) => {
  const malformed: [string, Partial<Change>][] = [
    ['a table of SQLite', { table: 'sqlite_schema' }],
    ['a table of cr-sqlite', { table: 'crsql_site_id' }],
    ['a clock table', { table: 'items__crsql_clock' }],
    ['a table name that is no name', { table: 'a"; DROP TABLE items' }],
    ['an empty table name', { table: '' }],
    ['a column name that is no name', { cid: 'name"' }],
    ['a site id that is too short', { siteId: new Uint8Array(8) }],
    ['an empty site id', { siteId: new Uint8Array(0) }],
    ['the causal length 0', { cl: 0 }],
    ['a causal length beyond the bound', { cl: 2 ** 31 + 1 }],
    ['a negative column version', { colVersion: -1 }],
    ['a column version beyond the bound', { colVersion: 2 ** 31 }],
    ['the database version 0', { dbVersion: 0 }],
    ['a database version beyond the bound', { dbVersion: 2 ** 60 }],
    ['a fractional clock', { colVersion: 1.5 }],
    ['a clock that is not a number', { dbVersion: NaN }],
    ['a negative sequence number', { seq: -1 }],
    ['a sentinel whose version is not its causal length', { cid: '-1', val: null, cl: 3, colVersion: 1 }],
    ['a sentinel with a value', { cid: '-1', val: 'x' }],
    ['a column of a deleted row', { cl: 2 }],
    ['a key with too few columns', { pk: packKey([]) }],
    ['a key with too many columns', { pk: packKey(['a', 'b']) }],
    ['a key of another type', { pk: packKey([1n]) }],
    ['a key that ends early', { pk: packKey(['abc']).slice(0, 3) }],
    ['a key that is not UTF-8', { pk: Uint8Array.from([1, 0x0b, 1, 0xff]) }],
    ['no value where the column needs one', { val: null }],
    ['an integer that a text column would convert', { val: 5n }],
    ['a real that a text column would convert', { val: 5.5 }],
    ['a whole real that an integer column would convert', { cid: 'n', val: 5 }],
    ['numeric text that an integer column would convert', { cid: 'n', val: ' 12e3 ' }],
    ['an integer beyond int64', { cid: 'n', val: 2n ** 63n }],
    ['a number that is none', { cid: 'n', val: NaN }],
  ];

  test.each(malformed)('%s is refused and nothing of its batch is stored', (_title, fault) => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    const batch = [change({ pk: packKey(['fine']) }), change(fault)];
    expect(() => replica.applyChanges(batch)).toThrow(expect.objectContaining({ code: 'change_malformed' }));
    expect(rows(replica)).toEqual([]);
    replica.close();
  });
});
