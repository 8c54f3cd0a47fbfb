/**
 * How a database begins: with one page of ours, written and flushed before SQLite opens the file. It is an empty database
 * that is in WAL mode already and carries its application id.
 *
 * Begun by SQLite it would be in rollback mode first, because cr-sqlite creates its tables while it is being opened, and
 * be switched afterwards. That needs a journal, and a crash in between leaves a database that nobody recognises. So every
 * step after this page is an ordinary transaction in the WAL. All of the page that is not zero lies within one sector: a
 * crash leaves it whole or blank, and a blank one is begun again.
 *
 * So is one whose maker was killed before its first migration: cr-sqlite makes its tables in several transactions, and
 * refuses what it finds half made. Nothing of anybody's is in it yet.
 */
import { DatabaseError } from '../errors.ts';
import { isOutOfSpace, type Vfs, type VfsFile } from './wasm/vfs.ts';

export interface NewDatabase {
  readonly path: string;
  readonly applicationId: number;
}

const PAGE_BYTES = 4096;
const MAGIC = 'SQLite format 3\0';
const WAL_MODE = 2;
const UTF_8 = 1;
const LEAF_OF_A_TABLE = 0x0d;
const USER_VERSION_AT = 60;
const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Begins the database in a file that holds nothing yet. A wal beside such a file belongs to one that is gone. */
export function beginDatabase(file: VfsFile, vfs: Vfs, { path, applicationId }: NewDatabase): void {
  if (file.readOnly) return;
  try {
    if (!holdsNothing(file) && !isHalfMade(file, vfs, { path, applicationId })) return;
    vfs.delete(walOf(path), { syncDirectory: true });
    file.write(createFirstPage(applicationId), 0);
    file.sync();
  } catch (error) {
    const code = isOutOfSpace(error) ? 'disk_full' : 'io_error';
    throw new DatabaseError(code, `cannot create ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The Vfs, with the database begun as soon as it is opened, and thereby owned. */
export function beginningDatabase(vfs: Vfs, database: NewDatabase): Vfs {
  return {
    name: vfs.name,
    open(path, mode) {
      const file = vfs.open(path, mode);
      try {
        if (path === database.path) beginDatabase(file, vfs, database);
      } catch (error) {
        file.close();
        throw error;
      }
      return file;
    },
    delete: (path, mode) => vfs.delete(path, mode),
    exists: (path) => vfs.exists(path),
  };
}

/** What SQLite calls the file beside a database that its commits go into. */
export function walOf(path: string): string {
  return `${path}-wal`;
}

/** Nothing but zeros, as before the first page and where a crash has kept it from the disk. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** As `PRAGMA journal_mode = WAL` makes it of an empty file. */
export function createFirstPage(applicationId: number): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  const view = new DataView(page.buffer);
  page.set(new TextEncoder().encode(MAGIC));
  view.setUint16(16, PAGE_BYTES);
  page.set([WAL_MODE, WAL_MODE], 18);
  page.set([64, 32, 32], 21); // fixed fractions of a page
  view.setUint32(28, 1); // pages in the file
  view.setUint32(56, UTF_8);
  view.setInt32(68, applicationId);
  page[100] = LEAF_OF_A_TABLE;
  view.setUint16(105, PAGE_BYTES); // where its cells begin: there are none
  return page;
}

function holdsNothing(file: VfsFile): boolean {
  if (file.size() > PAGE_BYTES) return false;
  const page = new Uint8Array(PAGE_BYTES);
  return isBlank(page.subarray(0, file.read(page, 0)));
}

/**
 * Whether nothing has reached the file but our page, and no page in the wal has the version that the first migration sets.
 * A database without an application id need not have migrations.
 */
function isHalfMade(file: VfsFile, vfs: Vfs, { path, applicationId }: NewDatabase): boolean {
  if (applicationId === 0 || file.size() !== PAGE_BYTES || !vfs.exists(walOf(path))) return false;
  const page = new Uint8Array(PAGE_BYTES);
  file.read(page, 0);
  if (!createFirstPage(applicationId).every((byte, at) => byte === page[at])) return false;
  const wal = vfs.open(walOf(path), { create: false, readOnly: true, deleteOnClose: false, isDatabase: false });
  try {
    return !hasVersion(wal);
  } finally {
    wal.close();
  }
}

function hasVersion(wal: VfsFile): boolean {
  const start = new Uint8Array(FRAME_HEADER_BYTES + 64);
  const view = new DataView(start.buffer);
  const size = wal.size();
  for (let at = WAL_HEADER_BYTES; at < size; at += FRAME_HEADER_BYTES + PAGE_BYTES) {
    start.fill(0);
    wal.read(start, at);
    const pageNumber = view.getUint32(0);
    if (pageNumber === 1 && view.getUint32(FRAME_HEADER_BYTES + USER_VERSION_AT) !== 0) return true;
  }
  return false;
}
