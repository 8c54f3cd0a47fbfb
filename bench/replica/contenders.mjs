/**
 * Who is measured: the replica on each engine that can be loaded here, and plain better-sqlite3, the reference, which has no
 * clocks, no other sites and no replica.
 */
import { createRequire } from 'node:module';
import { openDriver, openReplica } from '@tributary/database';

const require = createRequire(import.meta.url);

export const ENGINES = ['wasm', 'native'].filter(isAvailable);

/** Durable as a replica is: every commit is on disk when it returns. */
export function openReference(path) {
  const BetterSqlite = require('better-sqlite3');
  const db = new BetterSqlite(path);
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  return db;
}

function isAvailable(engine) {
  try {
    openDriver({ path: ':memory:', engine }).close();
    return true;
  } catch {
    return false;
  }
}

export const open = (engine, path, schema) => openReplica({ path, engine, schema });
