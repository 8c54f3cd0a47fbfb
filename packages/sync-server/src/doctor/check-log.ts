/** The log of a server that is not running: whole, of a version that is known, and how much there is of it. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { bytesText, plural } from '../cli/output/quantities.ts';
import { APPLICATION_ID, LOG_VERSION } from '../log/sqlite/schema.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

/** For a moment in which the former owner is still about to end. */
const BUSY_TIMEOUT_MS = 500;

const RESTORE = 'move log.db and log.db-wal away, and put a backup there; devices send what it lacks';

/** The file is not brought to a newer version by being looked at. */
export function checkLog(directory: string): Finding {
  const file = path.join(directory, 'log.db');
  if (!existsSync(file)) return note('log', 'there is none yet');
  let database: Database | undefined;
  try {
    database = new SqliteDatabase(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    // Alone, and closed in good order, it leaves nothing beside the file that a server would stumble over.
    database.pragma('locking_mode = EXCLUSIVE');
    return findingOf(database, file);
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    if (code.startsWith('SQLITE_BUSY')) return inUse(directory);
    return wrong('log', `${file} cannot be read: ${message}`, RESTORE);
  } finally {
    database?.close();
  }
}

function findingOf(database: Database, file: string): Finding {
  const number = (pragma: string): number => Number(database.pragma(pragma, { simple: true }));
  if (number('application_id') !== APPLICATION_ID) {
    return wrong('log', `${file} is a database of another program`, 'name the right directory with --data');
  }
  if (number('user_version') > LOG_VERSION) {
    return wrong('log', `${file} was written by a newer version`, 'run the newer version');
  }
  const faults = database.pragma('quick_check(1)', { simple: true });
  if (faults !== 'ok') return wrong('log', `${file} is damaged: ${String(faults)}`, RESTORE);
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const counts = `${plural(count('workspaces'), 'workspace')}, ${plural(count('entries'), 'entry', 'entries')}`;
  return ok('log', `whole: ${bytesText(statSync(file).size)}, ${counts}`);
}

function inUse(directory: string): Finding {
  return wrong(
    'log',
    `${directory} is in use by another process, and no server answers there`,
    'end the program that has log.db open (fuser, lsof), or wait for a server that is just starting',
  );
}
