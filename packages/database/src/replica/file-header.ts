/**
 * What a database file says about itself before SQLite has opened it. Opening is already a write, because cr-sqlite
 * creates its tables at once; so a file that is not ours, or that a newer app wrote, must be recognised from its header.
 *
 *   0..15   "SQLite format 3\0"
 *   60..63  user_version: how many migrations have been applied, see `SchemaVersion`
 *   68..71  application_id: whose file it is
 */
import { isBlank } from '../engine/new-database.ts';
import { DatabaseError } from '../errors.ts';

/** How many migrations of each kind; in `user_version` the local-only tables' are the upper half. */
export interface SchemaVersion {
  readonly localOnly: number;
  readonly app: number;
}

const HEADER_BYTES = 100;

/** "TRIB" */
export const APPLICATION_ID = 0x54524942;

const MAGIC = 'SQLite format 3\0';

/** Throws unless the file is absent, holds nothing yet, or is one that this code may open. */
export function checkFileHeader(header: Uint8Array, file: string, known: SchemaVersion): void {
  if (isBlank(header)) return;
  if (!hasMagic(header)) throw new DatabaseError('not_a_database', `${file} is not an SQLite database`);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getInt32(68) !== APPLICATION_ID) {
    throw new DatabaseError('not_a_database', `${file} is an SQLite database of another application`);
  }
  checkVersion(toSchemaVersion(view.getInt32(60)), file, known);
}

export function checkVersion(version: SchemaVersion, file: string, known: SchemaVersion): void {
  if (version.app <= known.app && version.localOnly <= known.localOnly) return;
  const show = ({ app, localOnly }: SchemaVersion) => `${app}.${localOnly}`;
  throw new DatabaseError(
    'file_newer_than_app',
    `${file} has schema version ${show(version)}, and this app knows versions up to ${show(known)}: update the app`,
  );
}

export function toSchemaVersion(userVersion: number): SchemaVersion {
  return { localOnly: userVersion >>> 16, app: userVersion & 0xffff };
}

export function toUserVersion({ localOnly, app }: SchemaVersion): number {
  return (localOnly << 16) | app;
}

function hasMagic(header: Uint8Array): boolean {
  if (header.length < HEADER_BYTES) return false;
  return Array.from(MAGIC).every((character, index) => header[index] === character.charCodeAt(0));
}
