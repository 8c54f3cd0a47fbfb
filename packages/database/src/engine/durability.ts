/**
 * How both engines keep a database: `locking_mode=EXCLUSIVE, journal_mode=WAL, synchronous=FULL`. A commit appends the
 * pages that it changed to the `-wal` beside the file and flushes that once, and is on disk when it returns. Every 1,000
 * pages, and when it is closed, SQLite copies them into the database; a database that is closed has no wal.
 */
import { DatabaseError, isSqliteError } from '../errors.ts';
import type { Driver } from './driver.ts';

/** A wal that one large transaction has made larger is cut back to this: about twice what it is between two checkpoints. */
const WAL_BYTES = 8 * 2 ** 20;

/** A database in rollback mode, as former versions left them, becomes one in WAL mode here. */
export function makeDurable(driver: Pick<Driver, 'name' | 'pragma'>): void {
  driver.pragma('locking_mode = EXCLUSIVE');
  driver.pragma('synchronous = FULL');
  driver.pragma(`journal_size_limit = ${WAL_BYTES}`);
  try {
    const mode = driver.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') throw new DatabaseError('cannot_open', `${driver.name} is in journal mode ${String(mode)}`);
  } catch (error) {
    // A file that cannot be written is read in the mode that it is in.
    if (!isSqliteError(error) || !error.code.startsWith('SQLITE_READONLY')) throw error;
  }
}
