import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { EVERYTHING, push, site, withLog, WORKSPACE, type LogStore } from '../testing/log-fixtures.ts';
import type { Log } from '../log.ts';
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

describe('the bytes of a workspace that was deleted', () => {
  const SECRET = 'what nobody is to read any more';
  const KEPT = 'what has to be there as it was';
  const seed = seedOfRun();

  test(`are nowhere in the files, nor are those that were replaced (seed ${seed})`, async () => {
    const directory = temporaryDirectory();
    const log = openSqliteLog({ path: path.join(directory, 'log.db') });
    await fill(log, createSeededRandom(seed));
    expect(occurrences(directory, SECRET)).toBeGreaterThan(1_000);
    const kept = occurrences(directory, KEPT, { least: true });
    await log.deleteWorkspace('secret');
    const entries = await log.read('mixed', EVERYTHING);
    const payloads = entries.filter(({ payload }) => Buffer.from(payload).includes(SECRET));
    await log.replacePayloads(
      'mixed',
      payloads.map(({ seq }) => ({ seq, payload: Buffer.from('something else') })),
    );
    await log.wipe();
    expect(occurrences(directory, SECRET)).toBe(0);
    expect(occurrences(directory, KEPT)).toBeGreaterThan(kept / 2);
    // Every page that is kept is written once more.
    const all = await log.read('kept', EVERYTHING);
    expect(all).toHaveLength(600);
    await log.replacePayloads('kept', all);
    await log.append([push(1, { workspaceId: 'mixed', payloads: [Buffer.from(KEPT.repeat(50))] })]);
    await log.close();
    expect(occurrences(directory, SECRET)).toBe(0);
    expect(integrityOf(path.join(directory, 'log.db'))).toBe('ok');
  });

  test(`are overwritten to the end after the process was killed in the middle (seed ${seed})`, async () => {
    const directory = temporaryDirectory();
    const log = openSqliteLog({ path: path.join(directory, 'log.db') });
    await fill(log, createSeededRandom(seed));
    const deleted = log.deleteWorkspace('secret').then(() => log.wipe());
    const copies: string[] = [];
    for (let turn = 0; turn < 6; turn++) {
      copies.push(crashCopy(directory, `killed-${turn}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await deleted;
    await log.close();
    for (const copy of copies) {
      const survivor = openSqliteLog({ path: copy });
      expect((await survivor.workspaces()).map(({ workspaceId }) => workspaceId)).toEqual(['kept', 'mixed']);
      await survivor.deleteWorkspace('secret');
      await survivor.wipe();
      expect(await survivor.read('kept', EVERYTHING)).toHaveLength(600);
      await survivor.close();
      expect(integrityOf(copy)).toBe('ok');
      const left = occurrences(path.dirname(copy), SECRET);
      await expectOnlyMixed(copy, left, SECRET);
    }
  });

  test('the file has still one owner while and after it is wiped', async () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    const owner = openSqliteLog({ path: file });
    await owner.openWorkspace(WORKSPACE);
    await owner.deleteWorkspace(WORKSPACE);
    await owner.wipe();
    const script = `
      const Database = require('better-sqlite3');
      const database = new Database(process.argv[1], { timeout: 0 });
      try { database.exec('BEGIN IMMEDIATE'); console.log('open'); } catch (error) { console.log(error.code); }`;
    const require = createRequire(import.meta.url);
    const cwd = path.dirname(require.resolve('better-sqlite3/package.json'));
    const other = spawnSync(process.execPath, ['-e', script, file], { cwd: path.join(cwd, '..'), encoding: 'utf8' });
    expect(other.stdout.trim()).toBe('SQLITE_BUSY');
    await owner.close();
  });

  /** Workspaces that grow side by side, so that they share pages. */
  async function fill(log: Log, random: SeededRandom): Promise<void> {
    for (const id of ['kept', 'secret', 'mixed']) await log.openWorkspace(id);
    const payload = (text: string) => Buffer.from(text.repeat(1 + random.below(random.chance(0.02) ? 2_000 : 25)));
    for (let version = 1; version <= 600; version += 3) {
      const pushes = [version, version + 1, version + 2].flatMap((each) => [
        push(each, { workspaceId: 'kept', payloads: [payload(KEPT)] }),
        push(each, { workspaceId: 'secret', payloads: [payload(SECRET)], unknownNames: [`${SECRET} ${each}`] }),
        push(each, { workspaceId: 'mixed', payloads: [payload(random.chance(0.1) ? SECRET : KEPT)] }),
      ]);
      await log.append(pushes);
    }
  }

  function occurrences(directory: string, text: string, { least = false } = {}): number {
    let count = 0;
    for (const name of least ? ['log.db'] : readdirSync(directory).filter((entry) => entry.startsWith('log.db'))) {
      const content = readFileSync(path.join(directory, name));
      for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) count++;
    }
    return count;
  }

  /** What is left is what may still be read. */
  async function expectOnlyMixed(file: string, left: number, text: string): Promise<void> {
    const log = openSqliteLog({ path: file });
    const read = Buffer.concat((await log.read('mixed', EVERYTHING)).map(({ payload }) => Buffer.from(payload)));
    await log.close();
    let count = 0;
    for (let at = read.indexOf(text); at !== -1; at = read.indexOf(text, at + 1)) count++;
    // One that lies over the end of a page is not found in the file.
    expect(left).toBeLessThanOrEqual(count);
    expect(left).toBeGreaterThan(count * 0.9);
  }

  function integrityOf(file: string): unknown {
    const database = new SqliteDatabase(file);
    const result = database.pragma('integrity_check', { simple: true });
    database.close();
    return result;
  }
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
