import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { DatabaseError, isSqliteError, toDatabaseError } from '../../errors.ts';
import type { Driver } from '../driver.ts';
import { acquireOwnerLock } from '../node/owner-lock.ts';
import { NativeDriver } from './native-driver.ts';

const require = createRequire(import.meta.url);

/** Opens `path` with better-sqlite3 and the cr-sqlite extension, or says which of the two is missing. */
export function openNative(file: string, extensionPath?: string): Driver {
  const BetterSqlite = loadBetterSqlite();
  const extension = findExtension(extensionPath);
  const isMemory = file === ':memory:';
  const lock = isMemory ? undefined : acquireOwnerLock(file);
  try {
    const db = construct(BetterSqlite, file);
    try {
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
    openNative(':memory:', extensionPath).close();
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

/** The same durability as the wasm engine's: every commit is on disk when it returns. */
function configure(db: BetterSqlite3.Database, extension: string): void {
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = PERSIST');
  db.pragma('synchronous = FULL');
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
