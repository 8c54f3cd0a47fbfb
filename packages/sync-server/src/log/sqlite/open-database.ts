/** One process per file, every commit on disk: how the log's SQLite file is opened. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { accessAdvice } from '../../data-access.ts';
import { ServerError } from '../../errors.ts';
import { migrateLog } from './schema.ts';

/** For a moment in which the former owner is still about to end. */
const BUSY_TIMEOUT_MS = 500;

export function openLogDatabase(file: string): Database {
  const database = openFile(file);
  try {
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Taken by the first access and kept until close: two relays on one log would give one seq twice.
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    migrateLog(database, file);
  } catch (error) {
    database.close();
    throw faultOf(error, file);
  }
  return database;
}

function openFile(file: string): Database {
  try {
    if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return new SqliteDatabase(file);
  } catch (error) {
    throw faultOf(error, file);
  }
}

function faultOf(cause: unknown, file: string): Error {
  if (cause instanceof ServerError) return cause;
  const { code, message } = cause as Error & { code?: string };
  if (code?.startsWith('SQLITE_BUSY')) {
    const directory = path.dirname(file);
    return new ServerError('data_in_use', `the data directory ${directory} is in use by another process`, { cause });
  }
  return new ServerError('data_unusable', `cannot open ${file}: ${message}${accessAdvice(file)}`, { cause });
}
