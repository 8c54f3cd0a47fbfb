/**
 * The Driver contract in executable form. An engine's own test is a few lines:
 *
 *   runDriverTests('wasm', { open: (path) => openDriver({ path, engine: 'wasm' }), createDirectory });
 */
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { blob, integer, real, sqliteTable, text as textColumn } from 'drizzle-orm/sqlite-core';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BindValue, Driver, RowUpdate } from '../engine/driver.ts';

export interface DriverTestOptions {
  /** Opens a database file, or `:memory:`. */
  readonly open: (path: string) => Driver;
  /** A fresh path for a database file. */
  readonly createPath: () => string;
}

export function runDriverTests(engine: string, options: DriverTestOptions): void {
  describe(`the ${engine} driver`, () => {
    let driver: Driver;
    beforeEach(() => {
      driver = options.open(':memory:');
    });
    afterEach(() => driver.close());
    const current = () => driver;

    describe('statements', () => statementTests(current));
    describe('values', () => valueTests(current));
    describe('transactions', () => transactionTests(current));
    describe('functions', () => functionTests(current));
    describe('updates and reads', () => observationTests(current));
    describe('cr-sqlite', () => crsqliteTests(current));
    describe('drizzle-orm/better-sqlite3', () => drizzleTests(current));
    describe('files', () => fileTests(options));
  });
}

function statementTests(driver: () => Driver): void {
  beforeEach(() => {
    driver().exec('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)');
  });

  test('run reports changes and the last row id', () => {
    const insert = driver().prepare('INSERT INTO t (name) VALUES (?), (?)');
    expect(insert.run('a', 'b')).toEqual({ changes: 2, lastInsertRowid: 2 });
    expect(driver().prepare('UPDATE t SET name = ? WHERE id > 5').run('x').changes).toBe(0);
    expect(driver().prepare('CREATE TABLE other (a)').run().changes).toBe(0);
  });

  test('get, all and iterate return rows as objects, arrays or single values', () => {
    driver().exec(`INSERT INTO t VALUES (1, 'a'), (2, 'b')`);
    const select = driver().prepare('SELECT * FROM t ORDER BY id');
    expect(select.get()).toEqual({ id: 1, name: 'a' });
    expect(select.all()).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    expect([...select.iterate()]).toHaveLength(2);
    expect(select.raw().all()).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(driver().prepare('SELECT name FROM t ORDER BY id').pluck().all()).toEqual(['a', 'b']);
    expect(driver().prepare('SELECT * FROM t WHERE id = 9').get()).toBeUndefined();
  });

  test('positional, array, numbered and named parameters all bind', () => {
    const bound = (text: string, ...parameters: Parameters<ReturnType<Driver['prepare']>['get']>) =>
      driver()
        .prepare(text)
        .raw()
        .get(...parameters);
    expect(bound('SELECT ?, ?', 'a', 'b')).toEqual(['a', 'b']);
    expect(bound('SELECT ?, ?', ['a', 'b'])).toEqual(['a', 'b']);
    expect(bound('SELECT $x, @y, :z', { x: 'a', y: 'b', z: 'c' })).toEqual(['a', 'b', 'c']);
    expect(bound('SELECT ?, $x', 'a', { x: 'b' })).toEqual(['a', 'b']);
  });

  test('parameters that are missing, extra or of no SQL type are refused', () => {
    const select = driver().prepare('SELECT ?, ?');
    expect(() => select.get('a')).toThrow(RangeError);
    expect(() => select.get('a', 'b', 'c')).toThrow(RangeError);
    expect(() => driver().prepare('SELECT $x').get({ y: 1 })).toThrow(RangeError);
    expect(() => select.get('a', true as unknown as BindValue)).toThrow(TypeError);
    expect(() => select.get('a', new Date() as unknown as BindValue)).toThrow(TypeError);
    expect(() => select.get('a', 2n ** 63n)).toThrow(RangeError);
    expect(select.raw().get('a', 'b'), 'it works again afterwards').toEqual(['a', 'b']);
  });

  test('reader tells whether rows come back, and asking for rows that cannot come is refused', () => {
    const insert = driver().prepare(`INSERT INTO t (name) VALUES ('a')`);
    const returning = driver().prepare(`INSERT INTO t (name) VALUES ('b') RETURNING name`);
    expect([insert.reader, returning.reader]).toEqual([false, true]);
    expect(() => insert.get()).toThrow(TypeError);
    expect(returning.get()).toEqual({ name: 'b' });
    expect(returning.run()).toMatchObject({ changes: 1 });
  });

  test('exactly one statement can be prepared; comments and spaces around it are fine', () => {
    expect(() => driver().prepare('')).toThrow(RangeError);
    expect(() => driver().prepare(' -- nothing')).toThrow(RangeError);
    expect(() => driver().prepare('SELECT 1; SELECT 2')).toThrow(RangeError);
    expect(driver().prepare(' /* a */ SELECT 1; -- b').pluck().get()).toBe(1);
  });

  test('an SQL error carries SQLite’s message and extended code', () => {
    expect(() => driver().prepare('SELEKT 1')).toThrow(expect.objectContaining({ code: 'SQLITE_ERROR' }));
    driver().exec(`INSERT INTO t VALUES (1, 'a')`);
    const insert = driver().prepare(`INSERT INTO t VALUES (1, 'again')`);
    const refusal = { name: 'SqliteError', code: 'SQLITE_CONSTRAINT_PRIMARYKEY' };
    expect(() => insert.run()).toThrow(expect.objectContaining(refusal));
    expect(() => insert.run()).toThrow('UNIQUE constraint failed: t.id');
  });

  test('columns names the columns, also after the schema has changed', () => {
    const columns = () =>
      driver()
        .prepare('SELECT * FROM t')
        .columns()
        .map(({ name }) => name);
    expect(columns()).toEqual(['id', 'name']);
    driver().exec('ALTER TABLE t ADD COLUMN age INTEGER');
    expect(columns()).toEqual(['id', 'name', 'age']);
    expect(driver().prepare('SELECT * FROM t').all()).toEqual([]);
  });

  test('a statement prepared before the schema changed sees the new columns', () => {
    driver().exec(`INSERT INTO t VALUES (1, 'a')`);
    const select = driver().prepare('SELECT * FROM t');
    expect(select.get()).toEqual({ id: 1, name: 'a' });
    driver().exec('ALTER TABLE t ADD COLUMN age INTEGER DEFAULT 7');
    expect(driver().prepare('SELECT * FROM t').get()).toEqual({ id: 1, name: 'a', age: 7 });
  });

  test('thousands of distinct statements neither fail nor accumulate', () => {
    for (let i = 0; i < 5_000; i++) expect(driver().prepare(`SELECT ${i}`).pluck().get()).toBe(i);
    expect(driver().prepare('SELECT 7').pluck().get()).toBe(7);
  });

  test('one SQL text can run twice at the same time', () => {
    driver().exec(`INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')`);
    const text = 'SELECT id FROM t ORDER BY id';
    const pairs: unknown[] = [];
    for (const outer of driver().prepare(text).pluck().iterate()) {
      pairs.push([outer, driver().prepare(text).pluck().all()]);
    }
    expect(pairs).toEqual([1, 2, 3].map((outer) => [outer, [1, 2, 3]]));
  });

  test('an abandoned iteration frees its statement', () => {
    driver().exec(`INSERT INTO t VALUES (1, 'a'), (2, 'b')`);
    const select = driver().prepare('SELECT id FROM t').pluck();
    for (const id of select.iterate()) {
      expect(id).toBe(1);
      break;
    }
    expect(select.all()).toEqual([1, 2]);
    driver().exec('DROP TABLE t');
  });

  test('a statement is refused while it is iterating', () => {
    driver().exec(`INSERT INTO t VALUES (1, 'a'), (2, 'b')`);
    const select = driver().prepare('SELECT id FROM t');
    for (const _ of select.iterate()) expect(() => select.all()).toThrow(TypeError);
  });

  test('pragma returns rows, or one value', () => {
    driver().pragma('user_version = 7');
    expect(driver().pragma('user_version')).toEqual([{ user_version: 7 }]);
    expect(driver().pragma('user_version', { simple: true })).toBe(7);
  });
}

function valueTests(driver: () => Driver): void {
  const roundTrip = (value: BindValue) =>
    driver().prepare('SELECT ? AS value, typeof(?) AS type').safeIntegers().get(value, value) as {
      value: unknown;
      type: string;
    };

  test.each([
    ['a whole number is REAL', 5, { value: 5, type: 'real' }],
    ['a fraction', 0.1, { value: 0.1, type: 'real' }],
    ['a number beyond int32', 2 ** 40, { value: 2 ** 40, type: 'real' }],
    ['the largest double', Number.MAX_VALUE, { value: Number.MAX_VALUE, type: 'real' }],
    ['infinity', Infinity, { value: Infinity, type: 'real' }],
    ['a bigint is INTEGER', 5n, { value: 5n, type: 'integer' }],
    ['a negative integer', -1n, { value: -1n, type: 'integer' }],
    ['an integer beyond 2^53', 2n ** 53n + 1n, { value: 2n ** 53n + 1n, type: 'integer' }],
    ['the largest int64', 2n ** 63n - 1n, { value: 2n ** 63n - 1n, type: 'integer' }],
    ['the least int64', -(2n ** 63n), { value: -(2n ** 63n), type: 'integer' }],
    ['int32 boundaries', -(2n ** 31n), { value: -(2n ** 31n), type: 'integer' }],
    ['just beyond int32', 2n ** 31n, { value: 2n ** 31n, type: 'integer' }],
    ['empty text', '', { value: '', type: 'text' }],
    ['text with a NUL', 'a\0b', { value: 'a\0b', type: 'text' }],
    ['emoji', '👩‍👩‍👧‍👦 ünïcødé', { value: '👩‍👩‍👧‍👦 ünïcødé', type: 'text' }],
    ['a byte order mark', '\uFEFFa', { value: '\uFEFFa', type: 'text' }],
    ['null', null, { value: null, type: 'null' }],
    ['undefined is NULL', undefined, { value: null, type: 'null' }],
    ['NaN is NULL', NaN, { value: null, type: 'null' }],
  ] as const)('%s comes back as it went in', (_title, value, expected) => {
    expect(roundTrip(value)).toEqual(expected);
  });

  test.each([0, 1, 23, 24, 25, 63, 64, 1_000, 30_000, 70_000, 300_000])('text of %i characters', (length) => {
    const text = 'x'.repeat(Math.max(0, length - 1)) + (length > 0 ? 'é' : '');
    expect(roundTrip(text)).toEqual({ value: text, type: 'text' });
  });

  test('blobs keep every byte, and an empty blob is not NULL', () => {
    for (const length of [0, 1, 255, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
      const { value, type } = roundTrip(bytes);
      expect(type).toBe('blob');
      expect(Uint8Array.from(value as Uint8Array)).toEqual(bytes);
    }
  });

  test('a view into a larger buffer binds only what it covers', () => {
    const view = new Uint8Array(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2);
    expect(Uint8Array.from(roundTrip(view).value as Uint8Array)).toEqual(Uint8Array.from([2, 3]));
  });

  test('a lone surrogate becomes U+FFFD, so that stored text is always valid UTF-8', () => {
    expect(roundTrip('a\uD800b').value).toBe('a\uFFFDb');
    expect(driver().prepare('SELECT $x, hex($x)').raw().get({ x: '\uDFFF' })).toEqual(['\uFFFD', 'EFBFBD']);
    expect(roundTrip(`${'long '.repeat(20)}\uDC00`).value).toBe(`${'long '.repeat(20)}\uFFFD`);
  });

  test('column affinity converts what it can without loss', () => {
    driver().exec('CREATE TABLE t (i INTEGER, r REAL, x TEXT, b BLOB)');
    driver().prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run(5, 5n, 'five', 5);
    expect(driver().prepare('SELECT typeof(i), typeof(r), typeof(x), typeof(b) FROM t').raw().get()).toEqual([
      'integer',
      'real',
      'text',
      'real',
    ]);
    expect(driver().prepare('SELECT i FROM t').pluck().get()).toBe(5);
  });

  test('without safe integers an INTEGER reads as the nearest number', () => {
    driver().exec('CREATE TABLE t (i INTEGER)');
    driver()
      .prepare('INSERT INTO t VALUES (?), (?)')
      .run(-7n, 2n ** 53n + 1n);
    expect(driver().prepare('SELECT i FROM t').pluck().all()).toEqual([-7, 2 ** 53]);
    expect(driver().prepare('SELECT i FROM t').pluck().safeIntegers().all()).toEqual([-7n, 2n ** 53n + 1n]);
  });
}

function transactionTests(driver: () => Driver): void {
  beforeEach(() => {
    driver().exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
  });
  const insert = (id: number) => driver().prepare('INSERT INTO t VALUES (?)').run(id);
  const ids = () => driver().prepare('SELECT id FROM t ORDER BY id').pluck().all();

  test('commits what it did, and returns what its body returned', () => {
    const sum = driver().transaction((a: number, b: number) => {
      insert(a);
      insert(b);
      expect(driver().inTransaction).toBe(true);
      return a + b;
    });
    expect(sum(1, 2)).toBe(3);
    expect(driver().inTransaction).toBe(false);
    expect(ids()).toEqual([1, 2]);
  });

  test('rolls back when its body throws', () => {
    const failing = driver().transaction(() => {
      insert(1);
      throw new Error('no');
    });
    for (const mode of [failing, failing.deferred, failing.immediate, failing.exclusive]) {
      expect(mode).toThrow('no');
    }
    expect(ids()).toEqual([]);
    expect(driver().inTransaction).toBe(false);
  });

  test('nested, it is a savepoint: what it did goes, what was before stays', () => {
    driver().transaction(() => {
      insert(1);
      expect(() =>
        driver().transaction(() => {
          insert(2);
          driver().transaction(() => insert(3))();
          throw new Error('inner');
        })(),
      ).toThrow('inner');
      driver().transaction(() => insert(4))();
    })();
    expect(ids()).toEqual([1, 4]);
  });

  test('a constraint failure inside can be caught and the rest commits', () => {
    driver().transaction(() => {
      insert(1);
      expect(() => insert(1)).toThrow('UNIQUE');
      insert(2);
    })();
    expect(ids()).toEqual([1, 2]);
  });

  test('a body that returns a promise is refused and rolled back', () => {
    const body = driver().transaction(() => {
      insert(1);
      return Promise.resolve();
    });
    expect(() => body()).toThrow(TypeError);
    expect(ids()).toEqual([]);
  });
}

function functionTests(driver: () => Driver): void {
  test('receives and returns every type', () => {
    driver().function('same', { safeIntegers: true }, (value) => value);
    const same = (value: BindValue) => driver().prepare('SELECT same(?)').pluck().safeIntegers().get(value);
    for (const value of [null, 5n, 2n ** 62n, -3n, 1.5, 'text', 'a\0b', '😀', 'x'.repeat(100_000)]) {
      expect(same(value)).toEqual(value);
    }
    expect(Uint8Array.from(same(new Uint8Array(0)) as Uint8Array)).toEqual(new Uint8Array(0));
    expect(Uint8Array.from(same(Uint8Array.from([0, 1])) as Uint8Array)).toEqual(Uint8Array.from([0, 1]));
  });

  test('can take any number of arguments', () => {
    driver().function('how_many', { varargs: true }, (...args) => BigInt(args.length));
    expect(driver().prepare('SELECT how_many(), how_many(1, 2, 3)').raw().get()).toEqual([0, 3]);
  });

  test('what it throws is thrown by the statement, and the connection goes on', () => {
    driver().function('fail', {}, () => {
      throw new RangeError('on purpose');
    });
    expect(() => driver().prepare('SELECT fail()').get()).toThrow(new RangeError('on purpose'));
    expect(driver().prepare('SELECT 1').pluck().get()).toBe(1);
  });
}

function observationTests(driver: () => Driver): void {
  beforeEach(() => {
    driver().exec('CREATE TABLE a (x TEXT, y TEXT); CREATE TABLE b (z TEXT); CREATE INDEX a_x ON a (x)');
  });

  test('onUpdate tells of every inserted, updated and deleted row', () => {
    const seen: RowUpdate[] = [];
    const remove = driver().onUpdate((update) => seen.push(update));
    driver().exec(
      `INSERT INTO a VALUES ('1', '2'), ('3', '4'); UPDATE a SET y = '5' WHERE x = '3'; DELETE FROM a WHERE x = '1'`,
    );
    expect(seen).toEqual([
      { operation: 'insert', table: 'a', rowid: 1 },
      { operation: 'insert', table: 'a', rowid: 2 },
      { operation: 'update', table: 'a', rowid: 2 },
      { operation: 'delete', table: 'a', rowid: 1 },
    ]);
    remove();
    driver().exec(`INSERT INTO b VALUES ('1')`);
    expect(seen).toHaveLength(4);
  });

  test('onUpdate tells of applied changes, and never of cr-sqlite’s own tables', () => {
    driver().exec(`CREATE TABLE crr (id TEXT PRIMARY KEY NOT NULL, v TEXT); SELECT crsql_as_crr('main', 'crr')`);
    const tables = new Set<string>();
    driver().onUpdate(({ table }) => tables.add(table));
    driver()
      .prepare(`INSERT INTO crsql_changes VALUES ('crr', ?, 'v', 'hello', 1, 1, ?, 1, 0)`)
      .run(Uint8Array.from([1, 0x0b, 1, 0x61]), new Uint8Array(16).fill(7));
    expect([...tables]).toEqual(['crr']);
  });

  test('a listener that throws makes the statement throw', () => {
    driver().onUpdate(() => {
      throw new Error('listener');
    });
    expect(() => driver().prepare(`INSERT INTO a VALUES ('1', '2')`).run()).toThrow('listener');
  });

  test('readsOf names the tables and columns that a query reads', () => {
    const reads = driver().readsOf('SELECT a.x FROM a JOIN b ON b.z = a.y');
    expect([...reads.keys()].sort()).toEqual(['a', 'b']);
    expect(reads.get('a')).toEqual(new Set(['x', 'y']));
    expect(reads.get('b')).toEqual(new Set(['z']));
  });

  test('readsOf finds tables behind indexes, subqueries, views and full-text search', () => {
    driver().exec(`CREATE VIEW v AS SELECT z FROM b; CREATE VIRTUAL TABLE f USING fts5(body)`);
    const tables = (text: string) => [...driver().readsOf(text).keys()];
    expect(tables('SELECT x FROM a WHERE x > ? AND y < $y')).toContain('a');
    expect(tables('SELECT 1 WHERE EXISTS (SELECT 1 FROM b WHERE z = 1)')).toContain('b');
    expect(tables('SELECT z FROM v')).toContain('b');
    expect(tables(`SELECT rowid FROM f WHERE f MATCH 'word'`)).toContain('f');
    expect(tables('SELECT x FROM a')).not.toContain('b');
  });
}

function crsqliteTests(driver: () => Driver): void {
  test('its extension is loaded and a table becomes a CRR', () => {
    driver().exec(`CREATE TABLE crr (id TEXT PRIMARY KEY NOT NULL, n INTEGER); SELECT crsql_as_crr('main', 'crr')`);
    driver().prepare('INSERT INTO crr VALUES (?, ?)').run('a', 5);
    const change = driver().prepare('SELECT cid, val, typeof(val) AS type, site_id FROM crsql_changes').safeIntegers();
    expect(change.get()).toMatchObject({ cid: 'n', val: 5n, type: 'integer' });
    expect((driver().prepare('SELECT crsql_site_id()').pluck().get() as Uint8Array).length).toBe(16);
  });
}

const people = sqliteTable('people', {
  id: integer('id').primaryKey(),
  name: textColumn('name').notNull(),
  isAdmin: integer('is_admin', { mode: 'boolean' }).notNull().default(false),
  bornAt: integer('born_at', { mode: 'timestamp_ms' }),
  settings: textColumn('settings', { mode: 'json' }).$type<{ theme: string }>(),
  score: real('score'),
  photo: blob('photo', { mode: 'buffer' }),
  big: blob('big', { mode: 'bigint' }),
});

function drizzleTests(driver: () => Driver): void {
  const database = () => drizzle(driver() as never, { schema: { people } });
  type Database = ReturnType<typeof database>;
  let db: Database;
  beforeEach(() => {
    driver().exec(`CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, is_admin INTEGER NOT NULL DEFAULT 0,
      born_at INTEGER, settings TEXT, score REAL, photo BLOB, big BLOB)`);
    db = database();
  });

  test('inserts, updates, upserts, deletes and returns typed rows', () => {
    const ada = {
      id: 1,
      name: 'Ada',
      isAdmin: true,
      bornAt: new Date(-4_861_036_800_000),
      settings: { theme: 'dark' },
      score: 9.5,
      photo: Buffer.from([1, 2]),
      big: 2n ** 60n,
    };
    expect(db.insert(people).values(ada).returning().get()).toEqual(ada);
    expect(db.update(people).set({ score: 10 }).where(eq(people.id, 1)).run()).toMatchObject({ changes: 1 });
    db.insert(people)
      .values({ id: 1, name: 'Ada L.' })
      .onConflictDoUpdate({ target: people.id, set: { name: sql`excluded.name` } })
      .run();
    expect(db.select().from(people).all()).toEqual([{ ...ada, name: 'Ada L.', score: 10 }]);
    expect(db.query.people.findFirst({ where: eq(people.id, 1), columns: { name: true } }).sync()).toEqual({
      name: 'Ada L.',
    });
    expect(db.delete(people).run()).toMatchObject({ changes: 1 });
  });

  test('nested transactions roll back alone', () => {
    db.transaction((outer) => {
      outer.insert(people).values({ id: 1, name: 'kept' }).run();
      expect(() =>
        outer.transaction((inner) => {
          inner.insert(people).values({ id: 2, name: 'lost' }).run();
          throw new Error('no');
        }),
      ).toThrow('no');
    });
    expect(db.select({ id: people.id }).from(people).all()).toEqual([{ id: 1 }]);
  });

  test('prepared queries with placeholders run again and again', () => {
    const byName = db
      .select()
      .from(people)
      .where(eq(people.name, sql.placeholder('name')))
      .prepare();
    db.insert(people)
      .values([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Grace' },
      ])
      .run();
    expect([byName.get({ name: 'Ada' })?.id, byName.get({ name: 'Grace' })?.id, byName.get({ name: 'x' })]).toEqual([
      1,
      2,
      undefined,
    ]);
  });
}

function fileTests({ open, createPath }: DriverTestOptions): void {
  test('a database is there again after closing, and can be closed twice', () => {
    const path = createPath();
    const first = open(path);
    first.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept')`);
    first.close();
    first.close();
    expect(first.open).toBe(false);
    const second = open(path);
    expect(second.prepare('SELECT a FROM t').pluck().all()).toEqual(['kept']);
    second.close();
  });

  test('a closed database refuses every call', () => {
    const driver = open(createPath());
    const statement = driver.prepare('SELECT 1');
    driver.close();
    expect(() => driver.prepare('SELECT 1')).toThrow(TypeError);
    expect(() => driver.exec('SELECT 1')).toThrow(TypeError);
    expect(() => statement.get()).toThrow(TypeError);
  });

  test('closing rolls an open transaction back', () => {
    const path = createPath();
    const first = open(path);
    first.exec('CREATE TABLE t (a TEXT)');
    first.exec(`BEGIN; INSERT INTO t VALUES ('lost')`);
    first.close();
    const second = open(path);
    expect(second.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
    second.close();
  });

  test('commits are durable: journal PERSIST, locking EXCLUSIVE, synchronous FULL, never WAL', () => {
    const driver = open(createPath());
    driver.exec('CREATE TABLE t (a TEXT)');
    const pragma = (name: string) => driver.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('locking_mode'), pragma('synchronous')]).toEqual([
      'persist',
      'exclusive',
      2,
    ]);
    driver.close();
  });

  test('a second opener is told who holds the file, and may have it once it is closed', () => {
    const path = createPath();
    const owner = open(path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'file_in_use' }));
    expect(() => open(path)).toThrow('this process');
    owner.exec('CREATE TABLE t (a TEXT)');
    owner.close();
    open(path).close();
  });

  test('a long path works', () => {
    const path = `${createPath()}${'x'.repeat(150)}.db`;
    const driver = open(path);
    driver.exec('CREATE TABLE t (a TEXT)');
    driver.close();
    const again = open(path);
    expect(again.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
    again.close();
  });
}
