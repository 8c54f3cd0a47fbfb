/** What only a browser can do wrong, apart from the files themselves. */
import {
  deleteBrowserDatabase,
  listBrowserDatabases,
  openBrowserDriver,
  openBrowserReplica,
} from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { describe, expect, test } from 'vitest';
import { freshName, open } from './fresh-database.ts';

const VALUES: readonly (null | number | bigint | string | Uint8Array)[] = [
  null,
  0n,
  2n ** 31n,
  -(2n ** 31n) - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  1_700_000_000_000n,
  0.1,
  5,
  -5e-324,
  '',
  'a\0b',
  '😀 größer',
  '\uFEFFmark',
  'x'.repeat(100_000),
  new Uint8Array(0),
  Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
];

export function databaseTests(): void {
  describe('values', () => {
    test('of every type are on disk as they went in', async () => {
      const name = freshName();
      const first = await open(name);
      first.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v)');
      const insert = first.prepare('INSERT INTO t (id, v) VALUES (?, ?)');
      VALUES.forEach((value, id) => insert.run(BigInt(id), value));
      const types = first.prepare('SELECT typeof(v) FROM t ORDER BY id').pluck().all();
      first.close();

      const second = await open(name);
      expect(second.prepare('SELECT v FROM t ORDER BY id').pluck().safeIntegers().all()).toEqual(VALUES);
      expect(second.prepare('SELECT typeof(v) FROM t ORDER BY id').pluck().all()).toEqual(types);
      expect(types).toEqual(VALUES.map((value) => sqlTypeOf(value)));
      second.close();
    });

    test('of the repositories, too: blob columns need no Buffer', async () => {
      const replica = await openBrowserReplica({ name: ':memory:', wasm: wasmUrl });
      const { conflicts } = replica.schema.tables;
      const rowKey = Uint8Array.from([1, 11, 1, 97]);
      replica.db.insert(conflicts).values({ id: replica.newId(), rowKey }).run();
      expect(replica.db.select().from(conflicts).get()?.rowKey).toEqual(rowKey);
      replica.close();
    });
  });

  describe('names', () => {
    test('are listed, also odd ones, and each is a database of its own', async () => {
      const odd = ['Notes', 'notes', '.', '..', 'a/b\\c', 'ÄÖ 😀', '%41', 'A'];
      for (const name of odd) {
        const driver = await open(name);
        driver.exec('CREATE TABLE t (name TEXT)');
        driver.prepare('INSERT INTO t VALUES (?)').run(name);
        driver.close();
      }
      expect(await listBrowserDatabases()).toEqual(expect.arrayContaining(odd));
      for (const name of odd) {
        const driver = await open(name);
        expect(driver.prepare('SELECT name FROM t').pluck().all()).toEqual([name]);
        driver.close();
        expect(await deleteBrowserDatabase(name)).toBe(true);
      }
      expect((await listBrowserDatabases()).filter((name) => odd.includes(name))).toEqual([]);
    });

    test('that cannot be one are refused', async () => {
      await expect(open('')).rejects.toMatchObject({ code: 'cannot_open' });
      await expect(open('é'.repeat(50))).rejects.toMatchObject({ code: 'cannot_open' });
    });

    test('of databases that are not there are not deleted', async () => {
      expect(await deleteBrowserDatabase('never made')).toBe(false);
    });

    test('of an open database are not deleted either', async () => {
      const name = freshName();
      const driver = await open(name);
      await expect(deleteBrowserDatabase(name)).rejects.toMatchObject({ code: 'file_in_use', retryable: true });
      driver.exec(`CREATE TABLE t (a TEXT)`);
      driver.close();
      expect(await deleteBrowserDatabase(name)).toBe(true);
    });
  });

  describe('a browser that refuses files, as some do in private windows,', () => {
    const refuse = (from: number, error: DOMException) => {
      // oxlint-disable-next-line typescript/unbound-method -- it is put back, and called on what it belongs to
      const real = FileSystemFileHandle.prototype.createSyncAccessHandle;
      let opened = 0;
      FileSystemFileHandle.prototype.createSyncAccessHandle = async function createSyncAccessHandle() {
        if (++opened > from) throw error;
        return real.call(this);
      };
      return () => {
        FileSystemFileHandle.prototype.createSyncAccessHandle = real;
      };
    };

    for (const files of [0, 1]) {
      test(`after ${files} of them, is storage_unavailable; nothing is left open`, async () => {
        const name = freshName();
        const cause = new DOMException('an unknown transient reason', 'UnknownError');
        const relent = refuse(files, cause);
        await expect(open(name)).rejects.toMatchObject({ code: 'storage_unavailable', retryable: false, cause });
        relent();
        (await open(name)).close();
      });
    }

    test('for want of space is disk_full', async () => {
      const relent = refuse(0, new DOMException('no room', 'QuotaExceededError'));
      await expect(open(freshName())).rejects.toMatchObject({ code: 'disk_full', retryable: true });
      relent();
    });
  });

  describe('the wasm core', () => {
    test('that is missing or another one is engine_unavailable, and the database stays free', async () => {
      const name = freshName();
      for (const wasm of ['/missing.wasm', new URL(location.href), 'http://localhost:1/core.wasm']) {
        await expect(openBrowserDriver({ name, wasm })).rejects.toMatchObject({ code: 'engine_unavailable' });
      }
      (await open(name)).close();
    });

    test('may come as a response, and from a server that does not know what wasm is', async () => {
      const bytes = await (await fetch(wasmUrl)).arrayBuffer();
      for (const wasm of [fetch(wasmUrl), await fetch(wasmUrl), new Response(bytes)]) {
        const driver = await openBrowserDriver({ name: ':memory:', wasm });
        expect(driver.prepare('SELECT 1').pluck().get()).toBe(1);
        driver.close();
      }
    });
  });
}

function sqlTypeOf(value: (typeof VALUES)[number]): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return 'blob';
  return { bigint: 'integer', number: 'real', string: 'text' }[typeof value as 'bigint' | 'number' | 'string'];
}
