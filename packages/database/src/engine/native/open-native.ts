import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { DatabaseError, isSqliteError, toDatabaseError } from '../../errors.ts';
import type { Driver } from '../driver.ts';
import { makeDurable } from '../durability.ts';
import { beginDatabase, type NewDatabase } from '../new-database.ts';
import { NodeVfs } from '../node/node-vfs.ts';
import { acquireOwnerLock } from '../node/owner-lock.ts';
import { isOutOfSpace, type VfsFile } from '../wasm/vfs.ts';
import { NativeDriver } from './native-driver.ts';

const require = createRequire(import.meta.url);

export interface OpenNativeOptions {
  readonly extensionPath?: string | undefined;
  /** Of a database that is made now; 0, nobody's, by default. */
  readonly applicationId?: number | undefined;
}

/** Opens `file` with better-sqlite3 and the cr-sqlite extension, or says which of the two is missing. */
export function openNative(file: string, { extensionPath, applicationId = 0 }: OpenNativeOptions = {}): Driver {
  const BetterSqlite = loadBetterSqlite();
  const extension = findExtension(extensionPath);
  const isMemory = file === ':memory:';
  const lock = isMemory ? undefined : acquireOwnerLock(file);
  try {
    const isReadOnly = !isMemory && beginFile({ path: file, applicationId }).isReadOnly;
    const db = construct(BetterSqlite, file);
    try {
      // SQLite's exclusive lock cannot be had on a file that may only be read, and there is nothing to make durable.
      if (!isMemory && !isReadOnly) makeDurable(db);
      configure(db, extension);
    } catch (error) {
      db.close();
      throw error;
    }
    return new NativeDriver(db, () => lock?.release());
  } catch (error) {
    lock?.release();
    throw toDatabaseError(error, `cannot open ${file}`);
  }
}

/** Why the native engine cannot be used here, or undefined where it can. */
export function nativeEngineFault(extensionPath?: string): DatabaseError | undefined {
  try {
    openNative(':memory:', { extensionPath }).close();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'engine_unavailable') return error;
    throw error;
  }
}

/** The package may be there without its compiled part, which it only looks for now. */
function construct(BetterSqlite: typeof BetterSqlite3, file: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite(file);
  } catch (error) {
    if (isSqliteError(error)) throw error;
    throw new DatabaseError('engine_unavailable', 'the native engine needs better-sqlite3, and it has not been built', {
      cause: error,
    });
  }
}

/** Closed again before SQLite opens the file: its locks are the process's, and end when any descriptor of it is closed. */
function beginFile(database: NewDatabase): { readonly isReadOnly: boolean } {
  const vfs = new NodeVfs();
  const file = openFile(vfs, database.path);
  try {
    beginDatabase(file, vfs, database);
    return { isReadOnly: file.readOnly };
  } finally {
    file.close();
  }
}

function openFile(vfs: NodeVfs, file: string): VfsFile {
  try {
    return vfs.open(file, { create: true, readOnly: false, deleteOnClose: false, isDatabase: false });
  } catch (error) {
    const code = isOutOfSpace(error) ? 'disk_full' : 'cannot_open';
    throw new DatabaseError(code, `cannot open ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function configure(db: BetterSqlite3.Database, extension: string): void {
  db.pragma('foreign_keys = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -32000');
  try {
    db.loadExtension(extension);
  } catch (error) {
    throw new DatabaseError('engine_unavailable', `cannot load the cr-sqlite extension ${extension}`, { cause: error });
  }
}

function loadBetterSqlite(): typeof BetterSqlite3 {
  try {
    return require('better-sqlite3') as typeof BetterSqlite3;
  } catch (error) {
    throw new DatabaseError('engine_unavailable', 'the native engine needs the package better-sqlite3', {
      cause: error,
    });
  }
}

function findExtension(extensionPath?: string): string {
  // oxlint-disable-next-line node/no-process-env -- the one setting that an app need not pass on
  const named = extensionPath || process.env['CRSQLITE_PATH'];
  const candidate = named || extensionOfPackage();
  if (candidate && isExtensionFile(candidate)) return candidate;
  const remedy = named ? `there is no ${named}` : 'set CRSQLITE_PATH to it';
  throw new DatabaseError('engine_unavailable', `the native engine needs the cr-sqlite extension: ${remedy}`);
}

/** SQLite adds the platform's suffix itself, so the path is usually given without one. */
function isExtensionFile(candidate: string): boolean {
  return ['', '.so', '.dylib', '.dll'].some((suffix) => existsSync(candidate + suffix));
}

/** Where the install script of @vlcn.io/crsqlite puts its download, when it was allowed to run. */
function extensionOfPackage(): string | undefined {
  try {
    return path.join(path.dirname(require.resolve('@vlcn.io/crsqlite')), 'dist', 'crsqlite');
  } catch {
    return undefined;
  }
}
