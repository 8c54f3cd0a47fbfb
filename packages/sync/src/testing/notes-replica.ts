/** A small replica for tests, and what it takes to hand its changes to another one as the log would. */
import { openReplica, type AnyReplica, type Change, type Replica, type SqlValue } from '@tributary/database';
import { testSchema } from '@tributary/database/testing';
import { onTestFinished } from 'vitest';

const NOTES = `CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, title TEXT, body TEXT, size INTEGER, data BLOB)`;
const LINKS = `CREATE TABLE links (source TEXT NOT NULL, target TEXT NOT NULL, kind TEXT, PRIMARY KEY (source, target))`;
const WORDS = `CREATE TABLE words (id TEXT PRIMARY KEY NOT NULL, text BLOB)`;

export const notesSchema = testSchema(['notes', 'links', 'words'], `${NOTES}; ${LINKS}; ${WORDS}`);

export interface NotesReplicaOptions {
  readonly path?: string;
  readonly now?: () => number;
  readonly schema?: ReturnType<typeof testSchema>;
  /** To have two replicas of one site, as after a copy of the file. */
  readonly siteId?: Uint8Array;
}

/** Closed when the test is over, unless the test does so itself. */
export function openNotes({ path = ':memory:', now, schema = notesSchema, siteId }: NotesReplicaOptions = {}): Replica {
  const replica = openReplica({
    path,
    engine: 'wasm',
    schema,
    now: now ?? (() => 1_000),
    ...(siteId && { randomBytes: () => siteId }),
  });
  onTestFinished(() => {
    if (replica.sqlite.open) replica.close();
  });
  if (siteId) replica.rotateSiteId();
  return replica;
}

/** One transaction. */
export function writeNote(replica: AnyReplica, id: string, columns: Readonly<Record<string, SqlValue>>): void {
  const names = Object.keys(columns);
  const updates = names.map((name) => `${name} = excluded.${name}`);
  replica.sqlite
    .prepare(
      `INSERT INTO notes (${['id', ...names].join(', ')}) VALUES (${['?', ...names.map(() => '?')].join(', ')})
       ON CONFLICT DO ${names.length > 0 ? `UPDATE SET ${updates.join(', ')}` : 'NOTHING'}`,
    )
    .run(id, ...Object.values(columns));
}

/** One transaction, of one cell. */
export function writeWord(replica: AnyReplica, id: string, text: SqlValue): void {
  replica.sqlite
    .prepare('INSERT INTO words VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text')
    .run(id, text);
}

export function deleteNote(replica: AnyReplica, id: string): void {
  replica.sqlite.prepare('DELETE FROM notes WHERE id = ?').run(id);
}

export function readWord(replica: AnyReplica, id: string): unknown {
  return replica.sqlite.prepare('SELECT text FROM words WHERE id = ?').pluck().get(id);
}

export function ownChangesOf(replica: AnyReplica, after = 0, until = Infinity): Change[] {
  return [...replica.ownChanges({ after, until, maxCells: 1_000_000 }).changes];
}

export function siteIdOf(replica: AnyReplica): Uint8Array {
  return Uint8Array.from(Buffer.from(replica.siteId, 'hex'));
}
