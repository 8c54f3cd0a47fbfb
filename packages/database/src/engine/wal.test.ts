/** What databases leave behind, and who takes it over: files in WAL mode, and those in the rollback mode of former versions. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { AVAILABLE_ENGINES, describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import type { Driver } from './driver.ts';
import { createFirstPage } from './new-database.ts';
import { openDriver } from './node/open-driver.ts';
import { VfsBridge } from './wasm/vfs.ts';

const PAIRS = AVAILABLE_ENGINES.flatMap((owner) => AVAILABLE_ENGINES.map((opener) => ({ owner, opener })));

/** As if its owner had been killed now: the files as they are, for somebody else to open. */
function whatAKillLeaves(file: string): string {
  const copy = temporaryPath();
  for (const suffix of ['', '-wal', '-journal']) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  return copy;
}

function fill(driver: Driver, name: string, rows: number): void {
  const insert = driver.prepare('INSERT INTO t VALUES (?)');
  for (let row = 0; row < rows; row++) insert.run(`${name} ${'x'.repeat(1_000)}`);
}

function assertHasOnly(driver: Driver, name: string, rows: number): void {
  expect(driver.prepare(`SELECT substr(a, 1, ${name.length}), count(*) FROM t GROUP BY 1`).raw().all()).toEqual([
    [name, rows],
  ]);
  expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
}

describe.each(PAIRS)('a database that $owner was killed with, opened by $opener,', ({ owner, opener }) => {
  test('has every commit, though none had reached the file, and nothing of what was not committed', () => {
    const file = temporaryPath();
    const killed = openDriver({ path: file, engine: owner });
    killed.exec('CREATE TABLE t (a TEXT)');
    killed.transaction(() => fill(killed, 'kept', 100))();
    const left = whatAKillLeaves(file);
    killed.exec('PRAGMA cache_size = 10; BEGIN');
    fill(killed, 'lost', 500);
    const leftInTheMiddle = whatAKillLeaves(file);
    killed.close();

    expect(statSync(left).size, 'nothing but the first page').toBe(createFirstPage(0).length);
    expect(statSync(`${leftInTheMiddle}-wal`).size).toBeGreaterThan(statSync(`${left}-wal`).size + 400_000);
    for (const found of [left, leftInTheMiddle]) {
      const driver = openDriver({ path: found, engine: opener });
      assertHasOnly(driver, 'kept', 100);
      fill(driver, 'kept', 1);
      driver.close();
      expect(existsSync(`${found}-wal`)).toBe(false);
      const again = openDriver({ path: found, engine: owner });
      assertHasOnly(again, 'kept', 101);
      again.close();
    }
  });
});

describe.each(PAIRS)('a database in rollback mode, written by $owner and opened by $opener,', ({ owner, opener }) => {
  function inRollbackMode(): { readonly driver: Driver; readonly file: string } {
    const file = temporaryPath();
    const driver = openDriver({ path: file, engine: owner });
    expect(driver.pragma('journal_mode = PERSIST', { simple: true })).toBe('persist');
    driver.exec('CREATE TABLE t (a TEXT)');
    driver.transaction(() => fill(driver, 'kept', 100))();
    return { driver, file };
  }

  function assertIsConverted(file: string): void {
    const driver = openDriver({ path: file, engine: opener });
    assertHasOnly(driver, 'kept', 100);
    expect(driver.pragma('journal_mode', { simple: true })).toBe('wal');
    driver.close();
    expect([...readFileSync(file).subarray(18, 20)], 'the mode in the header').toEqual([2, 2]);
    for (const engine of AVAILABLE_ENGINES) {
      const again = openDriver({ path: file, engine });
      assertHasOnly(again, 'kept', 100);
      again.close();
    }
  }

  test('is one in WAL mode from then on', () => {
    const { driver, file } = inRollbackMode();
    driver.close();
    expect([...readFileSync(file).subarray(18, 20)]).toEqual([1, 1]);
    assertIsConverted(file);
  });

  test('is rolled back first where it was killed in the middle of a transaction', () => {
    const { driver, file } = inRollbackMode();
    driver.exec(`PRAGMA cache_size = 10; BEGIN; UPDATE t SET a = 'lost'`);
    fill(driver, 'lost', 500);
    const left = whatAKillLeaves(file);
    driver.close();
    expect(readFileSync(left).includes('lost xxx'), 'the file is half a transaction').toBe(true);
    assertIsConverted(left);
  });
});

describeEachEngine('a new database', (engine) => {
  const open = (file: string, applicationId?: number) => openDriver({ path: file, engine, applicationId });

  test('begins with the page that SQLite itself makes of an empty file in WAL mode, but for its counters', () => {
    const file = temporaryPath('made-by-sqlite.db');
    const driver = open(temporaryPath());
    driver.prepare('ATTACH ? AS made').run(file);
    driver.exec('PRAGMA made.locking_mode = EXCLUSIVE; PRAGMA made.journal_mode = WAL');
    const made = readFileSync(file);
    driver.close();
    const withoutCounters = (page: Uint8Array) => [...page].fill(0, 24, 28).fill(0, 92, 100);
    // The encoding is the one other thing that SQLite leaves open until there is a first table.
    made.writeUInt32BE(1, 56);
    expect(withoutCounters(made)).toEqual(withoutCounters(createFirstPage(0)));
  });

  test('that is nothing but that page is a sound one, and has its application id', () => {
    const file = temporaryPath();
    writeFileSync(file, createFirstPage(0x1234));
    const driver = open(file);
    expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(driver.pragma('application_id', { simple: true })).toBe(0x1234);
    driver.close();
  });

  test('whose first page never got to the disk is begun again', () => {
    for (const bytes of [0, 512, 4096]) {
      const file = temporaryPath();
      writeFileSync(file, new Uint8Array(bytes));
      const driver = open(file, 7);
      driver.exec('CREATE TABLE t (a TEXT)');
      expect(driver.pragma('journal_mode', { simple: true })).toBe('wal');
      driver.close();
      const again = open(file);
      expect(again.pragma('application_id', { simple: true })).toBe(7);
      expect(again.pragma('integrity_check', { simple: true })).toBe('ok');
      again.close();
    }
  });

  test('has nothing to do with the wal of one that is gone', () => {
    const file = temporaryPath();
    const gone = open(file);
    gone.exec('CREATE TABLE t (a TEXT)');
    fill(gone, 'gone', 10);
    const left = whatAKillLeaves(file);
    gone.close();
    truncateSync(left);
    const driver = open(left);
    expect(() => driver.prepare('SELECT * FROM t')).toThrow('no such table');
    driver.close();
    expect(readFileSync(left).includes('gone')).toBe(false);
  });

  test('lies in a file and its wal while it is open, and in the file alone when it is closed', () => {
    const file = temporaryPath();
    const names = () => readdirSync(path.dirname(file)).sort();
    const driver = open(file);
    driver.exec('CREATE TABLE t (a TEXT)');
    expect(names()).toEqual(['test.db', 'test.db-lock', 'test.db-wal']);
    driver.close();
    expect(names()).toEqual(['test.db']);
  });
});

describeEachEngine('the wal', (engine) => {
  test('stays as small as its checkpoints keep it, and shrinks again after a large transaction', () => {
    const file = temporaryPath();
    const driver = openDriver({ path: file, engine });
    const walBytes = () => statSync(`${file}-wal`).size;
    driver.exec('CREATE TABLE t (a TEXT)');
    for (let commit = 0; commit < 3_000; commit++) fill(driver, 'small', 1);
    expect(walBytes()).toBeLessThan(5_000_000);
    driver.transaction(() => fill(driver, 'large', 40_000))();
    expect(walBytes()).toBeGreaterThan(40_000_000);
    fill(driver, 'small', 1);
    expect(walBytes()).toBeLessThan(9_000_000);
    driver.close();
  });
});

test('the wasm engine cannot read a wal where SQLite does not know that it is alone: the byte we set is the right one', () => {
  const file = temporaryPath();
  const killed = openDriver({ path: file, engine: 'wasm' });
  killed.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('kept')`);
  const left = whatAKillLeaves(file);
  killed.close();
  const lock = vi.spyOn(VfsBridge.prototype, 'lock').mockReturnValue(0);
  expect(() => openDriver({ path: left, engine: 'wasm' })).toThrow();
  lock.mockRestore();
  const driver = openDriver({ path: left, engine: 'wasm' });
  expect(driver.prepare('SELECT a FROM t').pluck().all()).toEqual(['kept']);
  driver.close();
});
