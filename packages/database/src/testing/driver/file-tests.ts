import { expect, test } from 'vitest';
import type { DriverTestOptions } from './driver-test-options.ts';

export function fileTests({ open, createPath }: DriverTestOptions): void {
  test('a database is there again after closing, and can be closed twice', async () => {
    const path = createPath();
    const first = await open(path);
    first.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept')`);
    first.close();
    first.close();
    expect(first.open).toBe(false);
    const second = await open(path);
    expect(second.prepare('SELECT a FROM t').pluck().all()).toEqual(['kept']);
    second.close();
  });

  test('a closed database refuses every call', async () => {
    const driver = await open(createPath());
    const statement = driver.prepare('SELECT 1');
    driver.close();
    expect(() => driver.prepare('SELECT 1')).toThrow(TypeError);
    expect(() => driver.exec('SELECT 1')).toThrow(TypeError);
    expect(() => statement.get()).toThrow(TypeError);
  });

  test('closing rolls an open transaction back', async () => {
    const path = createPath();
    const first = await open(path);
    first.exec('CREATE TABLE t (a TEXT)');
    first.exec(`BEGIN; INSERT INTO t VALUES ('lost')`);
    first.close();
    const second = await open(path);
    expect(second.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
    second.close();
  });

  test('commits are durable: journal WAL, locking EXCLUSIVE, synchronous FULL', async () => {
    const driver = await open(createPath());
    driver.exec('CREATE TABLE t (a TEXT)');
    const pragma = (name: string) => driver.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('locking_mode'), pragma('synchronous')]).toEqual(['wal', 'exclusive', 2]);
    driver.close();
  });

  test('a transaction that is larger than the cache and every checkpoint is there or not, as a whole', async () => {
    const path = createPath();
    const first = await open(path);
    first.exec('CREATE TABLE t (a TEXT); PRAGMA cache_size = 10');
    const fill = (name: string) => {
      const insert = first.prepare('INSERT INTO t VALUES (?)');
      for (let row = 0; row < 3_000; row++) insert.run(`${name} ${'x'.repeat(2_000)}`);
    };
    const kept = first.transaction(fill);
    kept('kept');
    expect(() =>
      first.transaction(() => {
        fill('lost');
        throw new Error('no');
      })(),
    ).toThrow('no');
    kept('kept, too');
    first.exec(`BEGIN; UPDATE t SET a = 'lost'`);
    first.close();
    const second = await open(path);
    expect(second.prepare(`SELECT count(*) FROM t WHERE a LIKE 'kept%'`).pluck().get()).toBe(6_000);
    expect(second.prepare('SELECT count(*) FROM t').pluck().get()).toBe(6_000);
    expect(second.pragma('integrity_check', { simple: true })).toBe('ok');
    second.close();
  });

  test('foreign keys are enforced, as everywhere in better-sqlite3', async () => {
    const driver = await open(createPath());
    expect(driver.pragma('foreign_keys', { simple: true })).toBe(1);
    driver.close();
  });

  test('a second opener is told who holds the file, and may have it once it is closed', async () => {
    const path = createPath();
    const owner = await open(path);
    const refusal = async () => open(path);
    await expect(refusal()).rejects.toMatchObject({
      code: 'file_in_use',
      message: expect.stringContaining('is in use by '),
    });
    owner.exec('CREATE TABLE t (a TEXT)');
    owner.close();
    (await open(path)).close();
  });

  test('a long path works', async () => {
    const path = `${createPath()}${'x'.repeat(150)}.db`;
    const driver = await open(path);
    driver.exec('CREATE TABLE t (a TEXT)');
    driver.close();
    const again = await open(path);
    expect(again.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
    again.close();
  });
}
