/**
 * Where the wasm core keeps its files: a Vfs for Node's file system, another for the browser's OPFS. A Vfs throws what its
 * platform throws; here that becomes SQLite's result codes, and the last failure is kept as the cause.
 *
 * There are no locks to take: the Vfs makes this instance the one owner of a database file when it opens it. SQLite has to
 * know that before it reads, or it looks for the shared memory by which owners of a WAL agree, and there is none. That is
 * `locking_mode = EXCLUSIVE`; but cr-sqlite reads inside `sqlite3_open`, before any PRAGMA can be run, so it is set in
 * SQLite's memory when a database is locked for the first time.
 */
import { PAGER_EXCLUSIVE_MODE } from './build.ts';
import type { Heap } from './heap.ts';
import {
  CANTOPEN,
  FULL,
  IOERR_ACCESS,
  IOERR_CLOSE,
  IOERR_DELETE,
  IOERR_DELETE_NOENT,
  IOERR_FSTAT,
  IOERR_FSYNC,
  IOERR_READ,
  IOERR_SHORT_READ,
  IOERR_TRUNCATE,
  IOERR_WRITE,
  NOTFOUND,
  OK,
} from './result-codes.ts';

export interface Vfs {
  readonly name: string;
  /** A path is absent for a temporary file that nobody else may see. */
  open(path: string | undefined, mode: VfsOpenMode): VfsFile;
  /** Returns false when there was nothing to delete. */
  delete(path: string, mode: { readonly syncDirectory: boolean }): boolean;
  exists(path: string): boolean;
}

export interface VfsOpenMode {
  readonly create: boolean;
  readonly readOnly: boolean;
  readonly deleteOnClose: boolean;
  /** A database, which must be locked against other owners; otherwise its wal or journal, or a temporary file. */
  readonly isDatabase: boolean;
}

export interface VfsFile {
  /** True also when write access was asked for and is not to be had. */
  readonly readOnly: boolean;
  /** Returns the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): number;
  write(from: Uint8Array, offset: number): void;
  truncate(size: number): void;
  sync(): void;
  size(): number;
  close(): void;
}

const OPEN_READONLY = 0x01;
const OPEN_READWRITE = 0x02;
const OPEN_CREATE = 0x04;
const OPEN_DELETE_ON_CLOSE = 0x08;
const OPEN_MAIN_DB = 0x100;

export const MAX_PATH_BYTES = 1020;
const SECTOR_BYTES = 4096;
/** A torn write never damages bytes beside those written, as SQLite assumes of every unix file system. */
const IOCAP_POWERSAFE_OVERWRITE = 0x1000;

/** Answers the core's calls for one Vfs; its methods are the imports named `vfs…` and `file…`. */
export class VfsBridge {
  readonly #vfs: Vfs;
  readonly #heap: () => Heap;
  readonly #files = new Map<number, VfsFile>();
  readonly #databases = new Set<number>();
  /** What the platform said when a call failed last. */
  lastFailure: unknown;

  constructor(vfs: Vfs, heap: () => Heap) {
    this.#vfs = vfs;
    this.#heap = heap;
  }

  open(path: number, id: number, flags: number, outFlags: number): number {
    return this.#attempt(CANTOPEN, () => {
      const heap = this.#heap();
      const isDatabase = (flags & OPEN_MAIN_DB) !== 0;
      const file = this.#vfs.open(path === 0 ? undefined : heap.cString(path), {
        create: (flags & OPEN_CREATE) !== 0,
        readOnly: (flags & OPEN_READONLY) !== 0,
        deleteOnClose: path === 0 || (flags & OPEN_DELETE_ON_CLOSE) !== 0,
        isDatabase,
      });
      this.#files.set(id, file);
      if (isDatabase) this.#databases.add(id);
      const granted = file.readOnly ? (flags & ~(OPEN_READWRITE | OPEN_CREATE)) | OPEN_READONLY : flags;
      if (outFlags !== 0) heap.view.setInt32(outFlags, granted, true);
      return OK;
    });
  }

  delete(path: number, syncDirectory: number): number {
    return this.#attempt(IOERR_DELETE, () => {
      const existed = this.#vfs.delete(this.#heap().cString(path), { syncDirectory: syncDirectory !== 0 });
      return existed ? OK : IOERR_DELETE_NOENT;
    });
  }

  access(path: number, outExists: number): number {
    return this.#attempt(IOERR_ACCESS, () => {
      const heap = this.#heap();
      heap.view.setInt32(outExists, this.#vfs.exists(heap.cString(path)) ? 1 : 0, true);
      return OK;
    });
  }

  close(id: number): number {
    return this.#attempt(IOERR_CLOSE, () => {
      const file = this.#files.get(id);
      this.#files.delete(id);
      this.#databases.delete(id);
      file?.close();
      return OK;
    });
  }

  read(id: number, into: number, length: number, outOffset: number): number {
    return this.#attempt(IOERR_READ, () => {
      const target = this.#heap().bytes.subarray(into, into + length);
      const got = this.#file(id).read(target, this.#int64(outOffset));
      if (got === length) return OK;
      target.fill(0, got);
      return IOERR_SHORT_READ;
    });
  }

  write(id: number, from: number, length: number, offset: number): number {
    return this.#attempt(IOERR_WRITE, () => {
      this.#file(id).write(this.#heap().bytes.subarray(from, from + length), this.#int64(offset));
      return OK;
    });
  }

  truncate(id: number, size: number): number {
    return this.#attempt(IOERR_TRUNCATE, () => {
      this.#file(id).truncate(this.#int64(size));
      return OK;
    });
  }

  sync(id: number): number {
    return this.#attempt(IOERR_FSYNC, () => {
      this.#file(id).sync();
      return OK;
    });
  }

  size(id: number, outSize: number): number {
    return this.#attempt(IOERR_FSTAT, () => {
      this.#heap().view.setBigInt64(outSize, BigInt(this.#file(id).size()), true);
      return OK;
    });
  }

  checkReservedLock(outReserved: number): number {
    this.#heap().view.setInt32(outReserved, 0, true);
    return OK;
  }

  /** Opening would be too early: the pager sets the byte itself after that. */
  lock(id: number): number {
    if (this.#databases.has(id)) this.#heap().bytes[id + PAGER_EXCLUSIVE_MODE] = 1;
    return OK;
  }

  unlock(): number {
    return OK;
  }

  fileControl(): number {
    return NOTFOUND;
  }

  sectorSize(): number {
    return SECTOR_BYTES;
  }

  deviceCharacteristics(): number {
    return IOCAP_POWERSAFE_OVERWRITE;
  }

  /** Gives the files up without writing: for an instance that may not be trusted any more. */
  abandon(): void {
    for (const id of this.#files.keys()) this.close(id);
  }

  #file(id: number): VfsFile {
    const file = this.#files.get(id);
    if (file === undefined) throw new Error(`no open file ${id}`);
    return file;
  }

  /** The core passes offsets by address. Exact up to 2^53. */
  #int64(pointer: number): number {
    const { view } = this.#heap();
    return view.getUint32(pointer, true) + view.getInt32(pointer + 4, true) * 2 ** 32;
  }

  /** Nothing may be thrown through the core: its stack would not be unwound. */
  #attempt(failureCode: number, action: () => number): number {
    try {
      return action();
    } catch (error) {
      this.lastFailure = error;
      return isOutOfSpace(error) ? FULL : failureCode;
    }
  }
}

export function isOutOfSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || error.name === 'QuotaExceededError';
}
