/**
 * The two files of a database, itself and its wal, open for synchronous access. Nobody else can open them meanwhile, in any
 * tab or worker: having them is owning the database. A killed owner loses them at once.
 */
import { DatabaseError } from '../../errors.ts';
import { DATABASE_FILE, inUse, openDatabaseDirectory, WAL_FILE } from './database-directory.ts';
import { isInUse, toStorageError } from './storage-errors.ts';

export interface DatabaseFiles {
  readonly database: FileSystemSyncAccessHandle;
  readonly wal: FileSystemSyncAccessHandle;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** Waits up to `waitMs` for another owner to let go, such as a tab that is just being closed. */
export async function acquireFiles(name: string, waitMs: number): Promise<DatabaseFiles> {
  const giveUpAt = performance.now() + waitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await openFiles(await openDatabaseDirectory(name));
    } catch (error) {
      if (!isInUse(error)) throw toStorageError(error, `cannot open ${name}`);
      if (performance.now() + pauseMs > giveUpAt) throw inUse(name, error);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Gives up the ownership. Harmless when it is already given up. */
export function releaseFiles({ database, wal }: DatabaseFiles): void {
  wal.close();
  database.close();
}

async function openFiles(directory: FileSystemDirectoryHandle): Promise<DatabaseFiles> {
  const database = await openFile(directory, DATABASE_FILE);
  try {
    return { database, wal: await openFile(directory, WAL_FILE) };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function openFile(directory: FileSystemDirectoryHandle, name: string): Promise<FileSystemSyncAccessHandle> {
  const file = await directory.getFileHandle(name, { create: true });
  if (!('createSyncAccessHandle' in file)) {
    throw new DatabaseError(
      'storage_unavailable',
      'files can be opened in a dedicated worker only: open the database there',
    );
  }
  return file.createSyncAccessHandle();
}
