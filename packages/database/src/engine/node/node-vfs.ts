/** The wasm core's files on Node's file system. Opening a database takes its owner lock; closing it gives the lock up. */
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Vfs, VfsFile, VfsOpenMode } from '../wasm/vfs.ts';
import { acquireOwnerLock, type OwnerLock } from './owner-lock.ts';

export class NodeVfs implements Vfs {
  readonly name = 'tributary-node';

  open(file: string | undefined, mode: VfsOpenMode): VfsFile {
    const target = file ?? path.join(tmpdir(), `tributary-${randomUUID()}`);
    const lock = mode.isDatabase ? acquireOwnerLock(target) : undefined;
    try {
      return new NodeFile(target, mode, lock);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  delete(file: string, { syncDirectory }: { readonly syncDirectory: boolean }): boolean {
    try {
      unlinkSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    if (syncDirectory) syncDirectoryOf(file);
    return true;
  }

  exists(file: string): boolean {
    return existsSync(file);
  }
}

class NodeFile implements VfsFile {
  readonly readOnly: boolean;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #deleteOnClose: boolean;
  readonly #lock: OwnerLock | undefined;
  /** A file's name is durable only once its directory is, and whoever made the file may have been killed before that. */
  #nameIsDurable = false;

  constructor(file: string, mode: VfsOpenMode, lock: OwnerLock | undefined) {
    this.#path = file;
    const { descriptor, readOnly } = openFile(file, mode);
    this.#descriptor = descriptor;
    this.readOnly = readOnly;
    this.#deleteOnClose = mode.deleteOnClose;
    this.#lock = lock;
  }

  read(into: Uint8Array, offset: number): number {
    let got = 0;
    while (got < into.length) {
      const count = readSync(this.#descriptor, into, got, into.length - got, offset + got);
      if (count === 0) break;
      got += count;
    }
    return got;
  }

  write(from: Uint8Array, offset: number): void {
    for (let put = 0; put < from.length;) {
      put += writeSync(this.#descriptor, from, put, from.length - put, offset + put);
    }
  }

  truncate(size: number): void {
    ftruncateSync(this.#descriptor, size);
  }

  sync(): void {
    fdatasyncSync(this.#descriptor);
    if (this.#nameIsDurable) return;
    syncDirectoryOf(this.#path);
    this.#nameIsDurable = true;
  }

  size(): number {
    return fstatSync(this.#descriptor).size;
  }

  close(): void {
    closeSync(this.#descriptor);
    if (this.#deleteOnClose) unlinkSync(this.#path);
    this.#lock?.release();
  }
}

function openFile(file: string, { create, readOnly }: VfsOpenMode): { descriptor: number; readOnly: boolean } {
  const access = readOnly ? constants.O_RDONLY : constants.O_RDWR;
  try {
    return { descriptor: openSync(file, access | (create ? constants.O_CREAT : 0), 0o644), readOnly };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (readOnly || (code !== 'EACCES' && code !== 'EROFS')) throw error;
    return { descriptor: openSync(file, constants.O_RDONLY), readOnly: true };
  }
}

/** Windows cannot open a directory, and makes names durable by itself. */
function syncDirectoryOf(file: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path.dirname(path.resolve(file)), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
