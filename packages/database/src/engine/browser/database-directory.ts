/**
 * Where the databases of an origin are, in its private file system (OPFS):
 *
 *   tributary/<name>/database
 *   tributary/<name>/wal
 *
 * A name is spelled in lower-case ASCII, every other byte as `%xx`: so any name is a legal one on every platform, and two
 * names never meet in one directory, even where the system below ignores case.
 */
import { DatabaseError } from '../../errors.ts';
import { isInUse, isMissing, toStorageError } from './storage-errors.ts';

const HOME = 'tributary';
export const DATABASE_FILE = 'database';
export const WAL_FILE = 'wal';

/** As long as a file name may be. */
const MAX_SPELLED_LENGTH = 255;
const PLAIN = /^[a-z0-9_-]$/;

/** Creates the directory where there is none. */
export async function openDatabaseDirectory(name: string): Promise<FileSystemDirectoryHandle> {
  const home = await (await openRoot()).getDirectoryHandle(HOME, { create: true });
  return home.getDirectoryHandle(spellName(name), { create: true });
}

/** The databases stored in this browser for this origin, sorted by name. */
export async function listBrowserDatabases(): Promise<string[]> {
  try {
    const home = await findDirectory(await openRoot(), HOME);
    if (home === undefined) return [];
    const names: string[] = [];
    for await (const [spelled, entry] of home.entries()) {
      if (entry.kind === 'directory' && (await hasDatabase(entry))) names.push(decodeURIComponent(spelled));
    }
    return names.sort();
  } catch (error) {
    throw toStorageError(error, 'cannot list the databases');
  }
}

/** Deletes a database for good, with every edit that was not synced. Returns false when there is none of this name. */
export async function deleteBrowserDatabase(name: string): Promise<boolean> {
  const spelled = spellName(name);
  try {
    const home = await findDirectory(await openRoot(), HOME);
    const directory = home && (await findDirectory(home, spelled));
    if (!home || !directory) return false;
    // The database goes first: without its wal it would lack what was committed last, and a wal without it is nothing.
    const existed = await removeFile(directory, DATABASE_FILE);
    await home.removeEntry(spelled, { recursive: true });
    return existed;
  } catch (error) {
    if (isInUse(error)) throw inUse(name, error);
    throw toStorageError(error, `cannot delete ${name}`);
  }
}

export function inUse(name: string, cause: unknown): DatabaseError {
  const message = `${name} is in use by another tab or worker, or by this one`;
  return new DatabaseError('file_in_use', message, { cause });
}

async function openRoot(): Promise<FileSystemDirectoryHandle> {
  const storage = navigator.storage as Partial<StorageManager> | undefined;
  if (storage?.getDirectory === undefined) {
    throw new DatabaseError(
      'storage_unavailable',
      'this page has no private file system: it needs a current browser, and https or localhost',
    );
  }
  return storage.getDirectory();
}

function spellName(name: string): string {
  const bytes = [...new TextEncoder().encode(name)];
  const spelled = bytes.map((byte) => spellByte(byte)).join('');
  if (spelled !== '' && spelled.length <= MAX_SPELLED_LENGTH) return spelled;
  const fault = name === '' ? 'the name of a database is empty' : `the name of a database is too long: ${name}`;
  throw new DatabaseError('cannot_open', fault);
}

function spellByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return PLAIN.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
}

async function hasDatabase(directory: FileSystemDirectoryHandle): Promise<boolean> {
  return (await orUndefined(directory.getFileHandle(DATABASE_FILE))) !== undefined;
}

async function findDirectory(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle | undefined> {
  return orUndefined(parent.getDirectoryHandle(name));
}

async function removeFile(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return (await orUndefined(directory.removeEntry(name).then(() => true))) ?? false;
}

async function orUndefined<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
