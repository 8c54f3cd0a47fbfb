import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { EVERYTHING, push, site, withLog, WORKSPACE, type LogStore } from '../testing/log-fixtures.ts';
import { runLogTests } from '../testing/log-tests.ts';
import { openSqliteLog } from './sqlite-log.ts';

runLogTests('SQLite', () => storeAt(path.join(temporaryDirectory(), 'log.db')));

describe('the file of the SQLite log', () => {
  test('is made with its directory, for nobody else to read', async () => {
    const file = path.join(temporaryDirectory(), 'deep', 'data', 'log.db');
    await openSqliteLog({ path: file }).close();
    expect(statSync(path.dirname(file)).mode & 0o077).toBe(0);
  });

  test('has one owner at a time', async () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    const owner = openSqliteLog({ path: file });
    expect(() => openSqliteLog({ path: file })).toThrow(
      expect.objectContaining({ code: 'data_in_use', message: expect.stringContaining('in use by another process') }),
    );
    await owner.close();
    await openSqliteLog({ path: file }).close();
  });

  test('of a newer version is left alone', async () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    await openSqliteLog({ path: file }).close();
    changeWith(file, 'PRAGMA user_version = 99');
    expect(() => openSqliteLog({ path: file })).toThrow(expect.objectContaining({ code: 'data_too_new' }));
  });

  test('of another program is left alone', () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    changeWith(file, 'CREATE TABLE recipes (title TEXT)');
    expect(() => openSqliteLog({ path: file })).toThrow(expect.objectContaining({ code: 'data_unusable' }));
  });

  test('that is no database is refused with its name', () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    writeFileSync(file, 'not a database, but long enough to be looked at as one'.repeat(100));
    expect(() => openSqliteLog({ path: file })).toThrow(
      expect.objectContaining({ code: 'data_unusable', message: expect.stringContaining(file) }),
    );
  });

  test('below a path that is a file is refused with its name', () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    writeFileSync(file, '');
    const below = path.join(file, 'log.db');
    expect(() => openSqliteLog({ path: below })).toThrow(expect.objectContaining({ code: 'data_unusable' }));
  });

  test('says its size', () =>
    withLog(storeAt(path.join(temporaryDirectory(), 'log.db')), async (log) => {
      const empty = await log.sizeBytes();
      await log.append([push(1, { payloads: [new Uint8Array(1_000_000)] })]);
      expect(await log.sizeBytes()).toBeGreaterThan(empty + 900_000);
    }));
});

describe('after the process was killed', () => {
  test('everything that was acknowledged is there', async () => {
    const directory = temporaryDirectory();
    const log = openSqliteLog({ path: path.join(directory, 'log.db') });
    await log.openWorkspace(WORKSPACE);
    for (let version = 1; version <= 30; version++) {
      await log.append([push(version), push(version, { siteId: site(2) })]);
      if (version % 10 !== 0) continue;
      const copy = crashCopy(directory, `killed-${version}`);
      await withLog(storeAt(copy), async (survivor) => {
        expect(await survivor.read(WORKSPACE, EVERYTHING)).toHaveLength(version * 2);
        expect(await survivor.siteHead(WORKSPACE, site(2))).toEqual({ version, seq: version * 2 });
      });
    }
    await log.close();
  });

  const seed = seedOfRun();
  test(`a journal that lost its end leaves whole transactions, without holes (seed ${seed})`, async () => {
    const random = createSeededRandom(seed);
    const directory = temporaryDirectory();
    const log = openSqliteLog({ path: path.join(directory, 'log.db') });
    await log.openWorkspace(WORKSPACE);
    for (let version = 1; version <= 40; version++) {
      await log.append([
        push(version),
        push(version, { siteId: site(2), payloads: [new Uint8Array(random.below(9000))] }),
      ]);
    }
    const journalBytes = statSync(path.join(directory, 'log.db-wal')).size;
    for (let round = 0; round < 10; round++) {
      const copy = crashCopy(directory, `torn-${round}`);
      truncateSync(`${copy}-wal`, Math.floor(journalBytes * (0.3 + 0.07 * random.below(10))));
      await withLog(storeAt(copy), async (survivor) => {
        const { head } = await survivor.openWorkspace(WORKSPACE);
        const seqs = (await survivor.read(WORKSPACE, EVERYTHING)).map(({ seq }) => seq);
        expect(seqs).toEqual(Array.from({ length: head }, (_, index) => index + 1));
        expect(head % 2).toBe(0);
        expect(await survivor.siteHead(WORKSPACE, site(2))).toEqual({ version: head / 2, seq: head });
      });
    }
    await log.close();
  });
});

function storeAt(file: string): LogStore {
  return { open: async () => openSqliteLog({ path: file }) };
}

function changeWith(file: string, sql: string): void {
  const database = new SqliteDatabase(file);
  database.exec(sql);
  database.close();
}

/** What lies on the disk while the log is open: all that a killed process leaves. */
function crashCopy(directory: string, name: string): string {
  const copy = path.join(directory, name, 'log.db');
  mkdirSync(path.dirname(copy));
  for (const suffix of ['', '-wal']) {
    const file = path.join(directory, `log.db${suffix}`);
    if (existsSync(file)) copyFileSync(file, copy + suffix);
  }
  expect(readFileSync(copy).length).toBeGreaterThan(0);
  return copy;
}
