import { beforeEach, expect, test } from 'vitest';
import type { BindValue, Driver } from '../../engine/driver.ts';

export function statementTests(driver: () => Driver): void {
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
