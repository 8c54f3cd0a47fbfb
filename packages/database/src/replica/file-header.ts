/**
 * What a database file says about itself before SQLite has opened it. Opening is already a write, because cr-sqlite
 * creates its tables at once; so a file that is not ours, or that a newer app wrote, must be recognised from its header.
 *
 *   0..15   "SQLite format 3\0"
 *   60..63  user_version: how many migrations have been applied
 *   68..71  application_id: whose file it is
 */
import { DatabaseError } from '../errors.ts';

const HEADER_BYTES = 100;

/** "TRIB" */
export const APPLICATION_ID = 0x54524942;

const MAGIC = 'SQLite format 3\0';

/** Throws unless the file is empty, absent, or one that this code may open. */
export function checkFileHeader(header: Uint8Array, file: string, knownMigrations: number): void {
  if (header.length === 0) return;
  if (!hasMagic(header)) throw new DatabaseError('not_a_database', `${file} is not an SQLite database`);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const userVersion = view.getInt32(60);
  if (view.getInt32(68) !== APPLICATION_ID) {
    throw new DatabaseError('not_a_database', `${file} is an SQLite database of another application`);
  }
  checkVersion(userVersion, file, knownMigrations);
}

export function checkVersion(userVersion: number, file: string, knownMigrations: number): void {
  if (userVersion <= knownMigrations) return;
  throw new DatabaseError(
    'file_newer_than_app',
    `${file} has schema version ${userVersion}, and this app knows versions up to ${knownMigrations}: update the app`,
  );
}

function hasMagic(header: Uint8Array): boolean {
  if (header.length < HEADER_BYTES) return false;
  return Array.from(MAGIC).every((character, index) => header[index] === character.charCodeAt(0));
}
