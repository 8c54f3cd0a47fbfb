import { beforeEach, expect, test } from 'vitest';
import type { Driver, RowUpdate } from '../../engine/driver.ts';

export function observationTests(driver: () => Driver): void {
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
