import { expect, test } from 'vitest';
import type { DriverTestOptions } from '../driver-tests.ts';

export function fileTests({ open, createPath }: DriverTestOptions): void {
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

  test('foreign keys are enforced, as everywhere in better-sqlite3', () => {
    const driver = open(createPath());
    expect(driver.pragma('foreign_keys', { simple: true })).toBe(1);
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
