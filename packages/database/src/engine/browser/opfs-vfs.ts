/**
 * The wasm core's files in a browser. SQLite opens files synchronously and a browser does not, so both files of a database
 * are open before SQLite starts, and stay open until it has closed the database.
 *
 * Both always exist, so "there is a wal" means: it is not empty. Deleting it, which SQLite does when it closes the
 * database, empties it and flushes. One that is found was left by a killed owner, and SQLite goes on from its last commit.
 *
 * Temporary files live in memory. There are no other files. A database is in WAL mode from its first page on, so it has no
 * rollback journal, and SQL that asks for one fails; a second database cannot be attached.
 */
import { walOf } from '../new-database.ts';
import type { Vfs, VfsFile, VfsOpenMode } from '../wasm/vfs.ts';
import { releaseFiles, type DatabaseFiles } from './database-files.ts';
import { MemoryFile } from './memory-file.ts';

export class OpfsVfs implements Vfs {
  readonly name = 'tributary-opfs';
  readonly #path: string;
  readonly #files: DatabaseFiles | undefined;

  /** Owns the files from then on; without any it has temporary files only. */
  constructor(path: string, files: DatabaseFiles | undefined) {
    this.#path = path;
    this.#files = files;
  }

  open(path: string | undefined, _mode: VfsOpenMode): VfsFile {
    if (path === undefined) return new MemoryFile();
    const files = this.#files;
    if (files !== undefined && path === this.#path) return new OpfsFile(files.database, () => releaseFiles(files));
    if (files !== undefined && this.#isWal(path)) return new OpfsFile(files.wal, () => {});
    throw new Error(`${path} cannot be opened: in a browser a connection has one database`);
  }

  delete(path: string): boolean {
    if (!this.exists(path) || !this.#isWal(path)) return false;
    this.#files?.wal.truncate(0);
    this.#files?.wal.flush();
    return true;
  }

  exists(path: string): boolean {
    if (this.#files === undefined) return false;
    if (path === this.#path) return true;
    return this.#isWal(path) && this.#files.wal.getSize() > 0;
  }

  #isWal(path: string): boolean {
    return path === walOf(this.#path);
  }
}

class OpfsFile implements VfsFile {
  readonly readOnly = false;
  readonly #handle: FileSystemSyncAccessHandle;
  readonly #onClose: () => void;

  constructor(handle: FileSystemSyncAccessHandle, onClose: () => void) {
    this.#handle = handle;
    this.#onClose = onClose;
  }

  read(into: Uint8Array, offset: number): number {
    let got = 0;
    while (got < into.length) {
      const count = this.#handle.read(into.subarray(got), { at: offset + got });
      if (count === 0) break;
      got += count;
    }
    return got;
  }

  write(from: Uint8Array, offset: number): void {
    for (let put = 0; put < from.length;) {
      const count = this.#handle.write(from.subarray(put), { at: offset + put });
      if (count === 0) throw new DOMException('nothing more could be written', 'QuotaExceededError');
      put += count;
    }
  }

  truncate(size: number): void {
    this.#handle.truncate(size);
  }

  sync(): void {
    this.#handle.flush();
  }

  size(): number {
    return this.#handle.getSize();
  }

  close(): void {
    this.#onClose();
  }
}
