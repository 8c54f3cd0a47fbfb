/**
 * One process per directory of the embedded PostgreSQL, which has no lock of its own: two would write over each other. Like
 * the log's, the lock is that of an SQLite file: the kernel frees it when its owner dies, on every platform and without a
 * program to call. Beside it a file says who the owner is.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { ServerError } from '../../errors.ts';

export interface DirectoryLock {
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** For a moment in which the former owner is still about to end. */
const BUSY_TIMEOUT_MS = 500;

export function lockDirectory(directory: string): DirectoryLock {
  const ownerFile = `${directory}.owner.json`;
  const lock = takeLock(directory, ownerFile);
  const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(ownerFile, JSON.stringify(owner));
  return {
    release() {
      rmSync(ownerFile, { force: true });
      lock.close();
    },
  };
}

function takeLock(directory: string, ownerFile: string): Database {
  let lock: Database | undefined;
  try {
    mkdirSync(path.dirname(directory), { recursive: true, mode: 0o700 });
    lock = new SqliteDatabase(`${directory}.lock`);
    lock.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    lock.pragma('locking_mode = EXCLUSIVE');
    // Kept from the first write until close.
    lock.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (owner); COMMIT');
    return lock;
  } catch (cause) {
    lock?.close();
    const { code, message } = cause as Error & { code?: string };
    if (code?.startsWith('SQLITE_BUSY')) throw inUse(directory, ownerFile);
    throw new ServerError('data_unusable', `cannot lock ${directory}: ${message}`, { cause });
  }
}

function inUse(directory: string, ownerFile: string): ServerError {
  const whatToDo = 'stop it, or use another data directory; several servers need DATABASE_URL';
  return new ServerError('data_in_use', `${directory} is in use by ${nameOwner(ownerFile)}: ${whatToDo}`);
}

function nameOwner(ownerFile: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(ownerFile, 'utf8')) as Owner;
    const who = pid === process.pid && host === hostname() ? 'this process' : 'process';
    return `${who} ${pid} on ${host} since ${since}`;
  } catch {
    return 'another process';
  }
}
