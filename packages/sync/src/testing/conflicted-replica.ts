/** A replica with conflicts in it, for tests of what becomes of them. */
import {
  openReplica,
  type AnyReplica,
  type EngineName,
  type Replica,
  type ReplicaSchema,
  type SqlValue,
} from '@tributary/database';
import { packKey } from '@tributary/database/changes';
import { testSchema } from '@tributary/database/testing';
import { onTestFinished } from 'vitest';
import { encodeValue } from '../client/conflicts/conflict-journal.ts';
import { ownChangesOf } from './notes-replica.ts';

const ITEMS = `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', body TEXT,
  settings TEXT NOT NULL DEFAULT '{}', n INTEGER, score REAL, data BLOB)`;
const LINKS = `CREATE TABLE links (source TEXT NOT NULL, target BLOB NOT NULL, "order" TEXT, PRIMARY KEY (target, source))`;
const CONFLICTS = `CREATE TABLE conflicts (id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL DEFAULT 'overwrite',
  table_name TEXT NOT NULL DEFAULT '', row_key BLOB, column_name TEXT NOT NULL DEFAULT '', winning_value TEXT,
  losing_value TEXT, base_value TEXT, winning_site TEXT NOT NULL DEFAULT '', losing_site TEXT NOT NULL DEFAULT '',
  resolution TEXT, resolved_at INTEGER, resolved_by TEXT, created_at INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL DEFAULT 0)`;

export const conflictedSchema: ReplicaSchema = {
  ...testSchema(['items', 'links', 'conflicts'], `${ITEMS}; ${LINKS}; ${CONFLICTS}`),
  mergeable: { items: ['title', 'body'] },
};

export const OTHER_SITE = 'ab'.repeat(16);
export const NOW = 7_000;

/** Closed when the test is over. */
export function openConflicted(engine: EngineName, schema = conflictedSchema): Replica {
  const replica = openReplica({ path: ':memory:', engine, schema, now: () => NOW });
  onTestFinished(() => replica.close());
  return replica;
}

export interface ConflictInit {
  readonly id?: string;
  readonly kind?: string;
  readonly table?: string;
  readonly key?: readonly SqlValue[] | Uint8Array;
  readonly column?: string;
  readonly winning?: SqlValue;
  readonly losing?: SqlValue;
  /** Not known by default. */
  readonly base?: SqlValue;
  readonly winningSite?: string;
  readonly losingSite?: string;
  readonly createdAt?: number;
}

/** By default the title of the item `a`, where this replica lost against another. */
export function addConflict(replica: AnyReplica, init: ConflictInit = {}): string {
  const { id = replica.newId(), kind = 'overwrite', table = 'items', key = ['a'], column = 'title', base } = init;
  const { winningSite = OTHER_SITE, losingSite = replica.siteId, createdAt = 1 } = init;
  replica.sqlite
    .prepare(
      `INSERT INTO conflicts (id, kind, table_name, row_key, column_name, winning_value, losing_value, base_value,
                              winning_site, losing_site, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      kind,
      table,
      key instanceof Uint8Array ? key : packKey(key),
      column,
      encodeValue(init.winning ?? null),
      encodeValue(init.losing ?? null),
      base === undefined ? null : encodeValue(base),
      winningSite,
      losingSite,
      createdAt,
    );
  return id;
}

/** Each gets all that the other one has written. */
export function exchange(one: AnyReplica, other: AnyReplica): void {
  const [fromOne, fromOther] = [ownChangesOf(one), ownChangesOf(other)];
  other.applyChanges(fromOne);
  one.applyChanges(fromOther);
}

export function readItem(replica: AnyReplica, column: string, id = 'a'): unknown {
  return replica.sqlite.prepare(`SELECT "${column}" FROM items WHERE id = ?`).safeIntegers().pluck().get(id);
}

export function readConflict(replica: AnyReplica, id: string): unknown {
  return replica.sqlite
    .prepare('SELECT resolution, resolved_at, resolved_by, updated_at FROM conflicts WHERE id = ?')
    .get(id);
}
