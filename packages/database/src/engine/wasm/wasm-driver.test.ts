/** What only the wasm engine can do wrong. */
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { temporaryPath } from '../../testing/temporary-path.ts';
import { assertPinned, loadWasmModule } from '../node/load-wasm.ts';
import { NodeVfs } from '../node/node-vfs.ts';
import { openDriver } from '../node/open-driver.ts';
import { VfsBridge, type Vfs, type VfsFile, type VfsOpenMode } from './vfs.ts';
import { WasmDriver } from './wasm-driver.ts';

const open = (path = ':memory:') => openDriver({ path, engine: 'wasm' });

/** More nested terms than the core's stack can hold; SQLite's own depth limit is compiled out. */
const TOO_DEEP = `SELECT ${'('.repeat(60_000)}1${')'.repeat(60_000)}`;

const deepSum = (terms: number) => `SELECT ${Array.from({ length: terms }, () => '?').join(' + ')}`;

describe('a trap', () => {
  function poisoned(path?: string): WasmDriver {
    const driver = open(path) as WasmDriver;
    driver.exec('CREATE TABLE IF NOT EXISTS t (a TEXT)');
    for (const sql of [TOO_DEEP, deepSum(8_000), deepSum(30_000), deepSum(100_000)]) {
      try {
        driver.prepare(sql);
      } catch (error) {
        if ((error as { code?: string }).code === 'engine_poisoned') return driver;
      }
    }
    throw new Error('nothing trapped');
  }

  test('poisons the engine: every later call fails with the same code', () => {
    const driver = poisoned();
    const refusal = expect.objectContaining({ code: 'engine_poisoned' });
    expect(() => driver.prepare('SELECT 1')).toThrow(refusal);
    expect(() => driver.exec('SELECT 1')).toThrow(refusal);
    expect(() => driver.pragma('user_version')).toThrow(refusal);
    expect(driver.inTransaction).toBe(false);
    driver.close();
    expect(driver.open).toBe(false);
  });

  test('writes nothing any more, and reopening finds the last commit', () => {
    const path = temporaryPath();
    const first = open(path);
    first.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('committed')`);
    first.close();
    const driver = poisoned(path);
    expect(() => driver.exec(`INSERT INTO t VALUES ('lost')`)).toThrow();
    driver.close();
    const again = open(path);
    expect(again.prepare('SELECT a FROM t').pluck().all()).toEqual(['committed']);
    expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
    again.close();
  });

  test('a C stack that has run into static data is noticed before anything else happens', () => {
    const driver = open() as WasmDriver;
    const words = new Int32Array(driver.connection.heap.bytes.buffer);
    words[words.indexOf(0x5afe5afe)] = 0;
    expect(() => driver.exec('SELECT 1')).toThrow(expect.objectContaining({ code: 'engine_poisoned' }));
    driver.close();
  });

  test('while opening gives the file up, so that it can be opened again', () => {
    const path = temporaryPath();
    open(path).close();
    const read = vi.spyOn(VfsBridge.prototype, 'read').mockImplementation(() => {
      throw new Error('crosses the core');
    });
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'engine_poisoned' }));
    read.mockRestore();
    open(path).close();
  });

  test('leaves other databases of the process alone', () => {
    const other = open();
    poisoned().close();
    expect(other.prepare('SELECT 1').pluck().get()).toBe(1);
    other.close();
  });
});

describe('the pinned build', () => {
  test('is the one that is loaded, and other bytes are refused', () => {
    expect(loadWasmModule()).toBe(loadWasmModule());
    expect(() => assertPinned(Uint8Array.from([0]))).toThrow(expect.objectContaining({ code: 'engine_unavailable' }));
  });

  test('keeps the counters where we read them', () => {
    const driver = open();
    driver.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    const total = driver.prepare('SELECT total_changes()').pluck();
    const before = total.get() as number;
    const insert = driver.prepare('INSERT INTO t VALUES (?)');
    for (const rowid of [1n, 2n ** 31n, 2n ** 40n + 5n, 7n]) {
      expect(insert.run(rowid)).toEqual({ changes: 1, lastInsertRowid: Number(rowid) });
    }
    expect(total.get()).toBe(before + 4);
    driver.close();
  });
});

test('an iterator that nobody uses holds nothing', () => {
  const driver = open();
  driver.exec('CREATE TABLE t (a TEXT)');
  const select = driver.prepare('SELECT a FROM t');
  select.iterate();
  expect(select.all()).toEqual([]);
  driver.exec('DROP TABLE t');
  driver.close();
});

test('local time is the process’s', () => {
  const driver = open();
  for (const seconds of [0, 1_700_000_000, 1_719_792_000]) {
    const date = new Date(seconds * 1_000);
    const local = driver
      .prepare(`SELECT strftime('%Y-%m-%d %H:%M:%S', ?, 'unixepoch', 'localtime')`)
      .pluck()
      .get(seconds);
    const two = (value: number) => String(value).padStart(2, '0');
    expect(local).toBe(
      `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
        `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
    );
  }
  driver.close();
});

interface Fault {
  readonly on: 'write' | 'sync' | 'read';
  /** The database, or its wal; either of the two by default. */
  readonly of?: 'database' | 'wal';
  readonly error: NodeJS.ErrnoException;
}

/** Node's files, until `fault` says that the disk is full or broken. */
class FaultyVfs implements Vfs {
  readonly name = 'faulty';
  fault: Fault | undefined;
  /** How often each file has been flushed. */
  readonly syncs = new Map<string, number>();
  readonly #real = new NodeVfs();

  open(path: string | undefined, mode: VfsOpenMode): VfsFile {
    const file = this.#real.open(path, mode);
    const name = path?.endsWith('-wal') ? 'wal' : 'database';
    const failing = (on: string) => {
      if (this.fault?.on === on && (this.fault.of ?? name) === name) throw this.fault.error;
    };
    return {
      readOnly: file.readOnly,
      read: (into, offset) => (failing('read'), file.read(into, offset)),
      write: (from, offset) => (failing('write'), file.write(from, offset)),
      sync: () => {
        failing('sync');
        this.syncs.set(name, (this.syncs.get(name) ?? 0) + 1);
        file.sync();
      },
      truncate: (size) => file.truncate(size),
      size: () => file.size(),
      close: () => file.close(),
    };
  }

  delete(path: string, mode: { readonly syncDirectory: boolean }): boolean {
    return this.#real.delete(path, mode);
  }

  exists(path: string): boolean {
    return this.#real.exists(path);
  }
}

test('a commit flushes the wal once, and nothing else', () => {
  const vfs = new FaultyVfs();
  const driver = new WasmDriver({ module: loadWasmModule(), vfs, path: temporaryPath() });
  driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')`);
  vfs.syncs.clear();
  for (let commit = 0; commit < 10; commit++) driver.exec(`UPDATE t SET a = 'y ${commit}'`);
  expect([...vfs.syncs]).toEqual([['wal', 10]]);
  driver.close();
});

describe('a failing disk', () => {
  const errorOf = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

  test.each([
    ['write', 'ENOSPC', 'SQLITE_FULL'],
    ['sync', 'ENOSPC', 'SQLITE_FULL'],
    ['write', 'EIO', 'SQLITE_IOERR_WRITE'],
    ['sync', 'EIO', 'SQLITE_IOERR_FSYNC'],
  ] as const)(
    '%s failing with %s is %s; what was committed stays, and work goes on afterwards',
    (on, errno, expected) => {
      const vfs = new FaultyVfs();
      const path = temporaryPath();
      const driver = new WasmDriver({ module: loadWasmModule(), vfs, path });
      driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('before')`);
      const insert = driver.prepare('INSERT INTO t VALUES (?)');
      vfs.fault = { on, error: errorOf(errno) };
      expect(() => insert.run('lost')).toThrow(expect.objectContaining({ code: expected, cause: vfs.fault.error }));
      vfs.fault = undefined;
      insert.run('after');
      expect(driver.prepare('SELECT a FROM t').pluck().all()).toEqual(['before', 'after']);
      expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
      driver.close();
    },
  );

  test.each([
    ['ENOSPC', 'SQLITE_FULL'],
    ['EIO', 'SQLITE_IOERR'],
  ] as const)('%s while a new file is opened is %s, though cr-sqlite hides it', (errno, expected) => {
    const vfs = new FaultyVfs();
    vfs.fault = { on: 'write', of: 'wal', error: errorOf(errno) };
    expect(() => new WasmDriver({ module: loadWasmModule(), vfs, path: temporaryPath() })).toThrow(
      expect.objectContaining({ code: expected, cause: vfs.fault.error }),
    );
  });

  test.each([
    ['ENOSPC', 'disk_full'],
    ['EIO', 'io_error'],
  ] as const)('%s before there is a first page is %s, and the next try begins anew', (errno, expected) => {
    const vfs = new FaultyVfs();
    const path = temporaryPath();
    const create = () => new WasmDriver({ module: loadWasmModule(), vfs, path });
    for (const on of ['write', 'sync'] as const) {
      vfs.fault = { on, of: 'database', error: errorOf(errno) };
      expect(create).toThrow(expect.objectContaining({ code: expected, cause: vfs.fault.error }));
    }
    vfs.fault = undefined;
    const driver = create();
    expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
    driver.close();
  });

  test.each([
    ['write', ['before']],
    ['sync', ['before', 'lost']],
  ] as const)('a process that is killed right after a %s failed leaves %j: whole transactions', (on, expected) => {
    const vfs = new FaultyVfs();
    const [path, left] = [temporaryPath(), temporaryPath()];
    const driver = new WasmDriver({ module: loadWasmModule(), vfs, path });
    driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('before')`);
    vfs.fault = { on, error: errorOf('EIO') };
    expect(() => driver.exec(`INSERT INTO t VALUES ('lost')`)).toThrow();
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, left + suffix);
    vfs.fault = undefined;
    driver.close();
    const again = open(left);
    expect(again.prepare('SELECT a FROM t').pluck().all()).toEqual(expected);
    expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
    again.close();
  });

  test.each(['write', 'sync'] as const)(
    'a checkpoint whose %s fails takes nothing back, neither when it is due nor on closing',
    (on) => {
      const vfs = new FaultyVfs();
      const path = temporaryPath();
      const create = () => new WasmDriver({ module: loadWasmModule(), vfs, path });
      const driver = create();
      driver.exec('CREATE TABLE t (a TEXT)');
      vfs.fault = { on, of: 'database', error: errorOf('ENOSPC') };
      const insert = driver.prepare('INSERT INTO t VALUES (?)');
      for (let row = 0; row < 20; row++) insert.run('x'.repeat(500_000));
      expect(statSync(`${path}-wal`).size).toBeGreaterThan(10_000_000);
      driver.close();
      expect(existsSync(`${path}-wal`)).toBe(true);
      vfs.fault = undefined;
      const again = create();
      expect(again.prepare('SELECT count(*), sum(length(a)) FROM t').raw().get()).toEqual([20, 10_000_000]);
      expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
      again.close();
      expect(existsSync(`${path}-wal`)).toBe(false);
    },
  );

  test('a failure that SQLite got over is not the cause of a later, other error', () => {
    const vfs = new FaultyVfs();
    const driver = new WasmDriver({ module: loadWasmModule(), vfs, path: temporaryPath() });
    driver.exec('CREATE TABLE t (a TEXT PRIMARY KEY)');
    driver.connection.instance.files.lastFailure = errorOf('EIO');
    const failure = (sql: string) => {
      try {
        driver.exec(sql);
      } catch (error) {
        return error as Error;
      }
      return undefined;
    };
    expect(failure(`INSERT INTO t VALUES ('x'), ('x')`)).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    driver.connection.instance.files.lastFailure = errorOf('EIO');
    expect(failure(`INSERT INTO t VALUES ('x'), ('x')`)?.cause).toBeUndefined();
    driver.close();
  });

  test('an update listener never sees a listener error cross the core', () => {
    const driver = open();
    driver.exec('CREATE TABLE t (a TEXT)');
    const listener = vi.fn(() => {
      throw new Error('listener');
    });
    driver.onUpdate(listener);
    expect(() => driver.prepare(`INSERT INTO t VALUES ('x')`).run()).toThrow('listener');
    expect(() => driver.prepare(`INSERT INTO t VALUES ('y')`).run()).toThrow('listener');
    expect(driver.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2);
    driver.close();
  });
});
