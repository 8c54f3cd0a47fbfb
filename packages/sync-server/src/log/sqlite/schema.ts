/**
 * The tables of the log. The version of a file is its `user_version`: how many of these steps it has seen. A step that was
 * released is never edited.
 */
import type { Database } from 'better-sqlite3';
import { ServerError } from '../../errors.ts';

/** "trib", so that another program's database is not taken for a log. */
export const APPLICATION_ID = 0x74726962;

/**
 * An entry's position is `workspace number << 32 | seq`: a workspace's entries are one range of integers, read and written
 * without a second index.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE workspaces (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     epoch TEXT NOT NULL
   ) STRICT;
   CREATE TABLE entries (
     position INTEGER PRIMARY KEY,
     site_id BLOB NOT NULL,
     known_version INTEGER NOT NULL,
     mark INTEGER NOT NULL,
     stored_at INTEGER NOT NULL,
     payload BLOB NOT NULL
   ) STRICT;
   CREATE TABLE sites (
     workspace INTEGER NOT NULL,
     site_id BLOB NOT NULL,
     version INTEGER NOT NULL,
     seq INTEGER NOT NULL,
     PRIMARY KEY (workspace, site_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE unknown_names (
     workspace INTEGER NOT NULL,
     name TEXT NOT NULL,
     PRIMARY KEY (workspace, name)
   ) STRICT, WITHOUT ROWID;`,
];

/** The newest that this program knows. */
export const LOG_VERSION = STEPS.length;

export function migrateLog(database: Database, path: string): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  const applicationId = database.pragma('application_id', { simple: true }) as number;
  if (applicationId !== APPLICATION_ID && (applicationId !== 0 || !isEmpty(database))) {
    throw new ServerError('data_unusable', `${path} is a database of another program`);
  }
  if (version > STEPS.length) {
    throw new ServerError(
      'data_too_new',
      `${path} has version ${version} of the log, and this server knows ${STEPS.length}`,
    );
  }
  if (version === STEPS.length) return;
  database.transaction(() => {
    for (const step of STEPS.slice(version)) database.exec(step);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${STEPS.length}`);
  })();
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}
