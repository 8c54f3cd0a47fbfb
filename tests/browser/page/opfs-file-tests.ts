/** What is in the private file system, and in which order it gets there. */
import { openBrowserReplica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { describe, expect, test } from 'vitest';
import { freshName, open } from './fresh-database.ts';

export function opfsFileTests(): void {
  describe('the files of a database', () => {
    test('are a database and its wal, and nothing else, whatever SQL is run', async () => {
      const name = freshName();
      const driver = await open(name);
      driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'); CREATE TEMP TABLE big (b TEXT)`);
      driver.pragma('temp_store = FILE');
      driver.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO t SELECT 'row ' || i FROM n ORDER BY random()`);
      driver.exec('CREATE INDEX t_a ON t (a); VACUUM');
      expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(driver.prepare('SELECT count(*) FROM t').pluck().get()).toBe(20_001);
      driver.close();
      expect([...(await filesOf(name)).keys()].sort()).toEqual(['database', 'wal']);
    });

    test('have no rollback journal: SQL that asks for one fails, and nothing is lost', async () => {
      const name = freshName();
      const driver = await open(name);
      driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')`);
      for (const mode of ['DELETE', 'TRUNCATE', 'PERSIST']) {
        expect(() => driver.pragma(`journal_mode = ${mode}`)).toThrow(
          expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
        );
      }
      driver.exec(`INSERT INTO t VALUES ('y')`);
      driver.close();
      const again = await open(name);
      expect(again.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(again.prepare('SELECT a FROM t').pluck().all()).toEqual(['x', 'y']);
      again.close();
    });

    test('are a page and a wal at first; closing empties the wal into the database', async () => {
      const name = freshName();
      const driver = await open(name);
      driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')`);
      const { database, wal } = Object.fromEntries(await filesOf(name));
      expect(database).toBe(4096);
      expect(wal).toBeGreaterThan(database ?? 0);
      driver.close();
      const closed = Object.fromEntries(await filesOf(name));
      expect(closed['wal']).toBe(0);
      expect(closed['database']).toBeGreaterThan(4096);
    });

    test('of a database whose deletion was interrupted are begun anew: its wal belongs to nothing', async () => {
      const name = freshName();
      const directory = await directoryOf(name);
      const gone = await open(name);
      gone.exec(`CREATE TABLE gone (a TEXT); INSERT INTO gone VALUES ('x')`);
      const wal = await (await (await directory.getFileHandle('wal')).getFile()).arrayBuffer();
      gone.close();
      for (const size of [0, 4096]) {
        await writeFile(directory, 'wal', new Uint8Array(wal));
        await writeFile(directory, 'database', new Uint8Array(size));
        const driver = await open(name);
        expect(driver.prepare(`SELECT name FROM sqlite_schema WHERE name = 'gone'`).all()).toEqual([]);
        expect(driver.pragma('integrity_check', { simple: true })).toBe('ok');
        driver.close();
      }
    });

    test('are flushed once in a commit: the wal, after what is written to it', async () => {
      const driver = await open(freshName());
      driver.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')`);
      const { calls, stop } = watchFiles();
      driver.exec(`UPDATE t SET a = 'y'`);
      stop();
      expect(new Set(calls.map(({ file }) => file)).size).toBe(1);
      const steps = calls.map(({ what }) => what);
      expect(steps.filter((what) => what === 'flush')).toHaveLength(1);
      expect(steps.at(-1)).toBe('flush');
      driver.close();
    });

    test('are flushed in the order that a checkpoint needs: the wal, the database, and only then the wal from its start', async () => {
      const driver = await open(freshName());
      driver.exec('CREATE TABLE t (a TEXT)');
      const { calls, stop } = watchFiles();
      driver.exec(`INSERT INTO t VALUES (hex(randomblob(3000000)))`);
      driver.exec(`INSERT INTO t VALUES ('x')`);
      stop();
      const [walFile] = calls.map(({ file }) => file);
      const said = calls.map(({ file, what }) => `${what} ${file === walFile ? 'wal' : 'database'}`);
      const steps = said.filter((step, index) => step !== said[index - 1]);
      expect(steps.slice(0, 5)).toEqual(['write wal', 'flush wal', 'write database', 'flush database', 'write wal']);
      expect(steps.at(-1)).toBe('flush wal');
      driver.close();
    });

    test('a second database cannot be attached', async () => {
      const driver = await open(freshName());
      expect(() => driver.exec(`ATTACH 'another' AS other`)).toThrow(
        expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
      );
      driver.exec(`ATTACH ':memory:' AS scratch; CREATE TABLE scratch.t (a TEXT)`);
      driver.close();
    });

    test('a file that is not ours is refused, and not touched', async () => {
      const name = freshName();
      const foreign = await open(name);
      foreign.exec('CREATE TABLE t (a TEXT)');
      foreign.close();
      const sizes = await filesOf(name);
      await expect(openBrowserReplica({ name, wasm: wasmUrl })).rejects.toMatchObject({ code: 'not_a_database' });
      expect(await filesOf(name)).toEqual(sizes);
      (await open(name)).close();
    });
  });
}

async function directoryOf(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const home = await root.getDirectoryHandle('tributary', { create: true });
  return home.getDirectoryHandle(name, { create: true });
}

async function writeFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const stream = await (await directory.getFileHandle(name, { create: true })).createWritable();
  await stream.write(bytes);
  await stream.close();
}

async function filesOf(name: string): Promise<Map<string, number>> {
  const directory = await directoryOf(name);
  const sizes = new Map<string, number>();
  for await (const [file, entry] of directory.entries()) {
    if (entry.kind === 'file') sizes.set(file, (await entry.getFile()).size);
  }
  return sizes;
}

interface FileCall {
  readonly file: FileSystemSyncAccessHandle;
  readonly what: 'write' | 'flush';
}

/** Notes what is written and flushed, until it is stopped. */
function watchFiles(): { readonly calls: readonly FileCall[]; readonly stop: () => void } {
  const calls: FileCall[] = [];
  const { prototype } = FileSystemSyncAccessHandle;
  // oxlint-disable-next-line typescript/unbound-method -- they are put back, and called on what they belong to
  const { write, flush } = prototype;
  prototype.write = function noteWrite(...args) {
    calls.push({ file: this, what: 'write' });
    return write.apply(this, args);
  };
  prototype.flush = function noteFlush() {
    calls.push({ file: this, what: 'flush' });
    flush.call(this);
  };
  return { calls, stop: () => void Object.assign(prototype, { write, flush }) };
}
