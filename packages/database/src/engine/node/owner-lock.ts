/**
 * One owner process per database file. SQLite's own locks cannot do this: the wasm engine has none, and a second writer
 * that honours only its own would silently lose edits. The lock is the kernel's, so a killed owner frees it at once; the
 * file `<database>-lock` that carries it also says who the owner is.
 *
 *   Linux           flock(2), taken by the `flock` program on a descriptor it inherits from us; the lock belongs to the
 *                   open file, so it stays ours when the program has ended
 *   macOS, Windows  O_EXLOCK, which libuv offers on both
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseError } from '../../errors.ts';

export interface OwnerLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly since: string;
}

/** How Linux, macOS and Windows each spell "lock it while opening it". */
const LOCK_WHILE_OPENING: Partial<Record<NodeJS.Platform, number>> = {
  darwin: 0x20 | 0x4, // O_EXLOCK | O_NONBLOCK
  win32: 0x10000000, // UV_FS_O_EXLOCK
};

const FLOCK_HELD = 1;

export function acquireOwnerLock(databasePath: string): OwnerLock {
  const lockPath = `${resolveLinks(databasePath)}-lock`;
  const descriptor = lockFile(lockPath, databasePath);
  describeHolder(descriptor);
  return {
    release() {
      // Removed while still held, or another's lock could be removed. Windows cannot, and keeps the empty file.
      if (process.platform !== 'win32') rmSync(lockPath, { force: true });
      closeSync(descriptor);
    },
  };
}

/** Two names of one file must share one lock. */
function resolveLinks(databasePath: string): string {
  try {
    return realpathSync(databasePath);
  } catch {
    return path.resolve(databasePath);
  }
}

function lockFile(lockPath: string, databasePath: string): number {
  for (;;) {
    const descriptor = openLockFile(lockPath, databasePath);
    if (process.platform === 'linux' && !flock(descriptor)) {
      closeSync(descriptor);
      throw heldByAnother(lockPath, databasePath);
    }
    if (isStillAt(descriptor, lockPath)) return descriptor;
    // The owner removed the file between our opening and locking it: what we hold is not what others will open.
    closeSync(descriptor);
  }
}

function openLockFile(lockPath: string, databasePath: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT | (LOCK_WHILE_OPENING[process.platform] ?? 0);
  try {
    return openSync(lockPath, flags, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EBUSY') throw heldByAnother(lockPath, databasePath);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new DatabaseError('read_only', `cannot write beside ${databasePath}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (code === 'ENOSPC') throw new DatabaseError('disk_full', `no space beside ${databasePath}`, { cause: error });
    throw new DatabaseError('cannot_open', `cannot open ${databasePath}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function flock(descriptor: number): boolean {
  const { error, status } = spawnSync('flock', ['-n', '-x', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  if (status === 0) return true;
  if (status === FLOCK_HELD) return false;
  throw new DatabaseError('lock_unavailable', 'the flock program (util-linux) is needed to lock a database file', {
    cause: error ?? new Error(`flock ended with status ${status}`),
  });
}

function isStillAt(descriptor: number, lockPath: string): boolean {
  try {
    return fstatSync(descriptor, { bigint: true }).ino === statSync(lockPath, { bigint: true }).ino;
  } catch {
    return false;
  }
}

function describeHolder(descriptor: number): void {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    command: path.basename(process.argv[1] ?? process.argv0),
    since: new Date().toISOString(),
  };
  ftruncateSync(descriptor, 0);
  writeSync(descriptor, JSON.stringify(holder), 0);
}

function heldByAnother(lockPath: string, databasePath: string): DatabaseError {
  return new DatabaseError('file_in_use', `${databasePath} is in use by ${nameHolder(lockPath)}`);
}

function nameHolder(lockPath: string): string {
  try {
    const { pid, host, command, since } = JSON.parse(readFileSync(lockPath, 'utf8')) as Holder;
    const who = pid === process.pid && host === hostname() ? 'this process' : `process ${pid} (${command}) on ${host}`;
    return `${who} since ${since}`;
  } catch {
    return 'another process';
  }
}
