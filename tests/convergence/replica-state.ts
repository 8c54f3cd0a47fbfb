/** What replicas must have in common once it is quiet. It is read on Node and in a browser alike. */
import type { Replica } from '@tributary/database';
import { siteIdToHex, type Change, type SqlValue } from '@tributary/database/changes';
import { EDITED_TABLES } from './sim-schema.mjs';

export interface ReplicaState {
  /** Everything people see, with types. */
  readonly rows: readonly string[];
  /** The clocks that decide merges. */
  readonly cells: readonly string[];
}

export interface SyncPosition {
  readonly epoch: string | null;
  readonly pullCursor: number;
  /** Own changes that are behind the push cursor, of which one is enough. */
  readonly unpushed: number;
}

export function stateOf(replica: Replica): ReplicaState {
  const rows = [...EDITED_TABLES, 'conflicts'].flatMap((table) => {
    const statement = replica.sqlite.prepare(`SELECT * FROM ${table}`).safeIntegers().raw();
    return (statement.all() as SqlValue[][]).map((row) => `${table}: ${row.map(typed).join(', ')}`).sort();
  });
  const cells = allChangesOf(replica).map(({ table, pk, cid, val, colVersion, cl }) =>
    [table, siteIdToHex(pk), cid, typed(val), colVersion, cl].join(' '),
  );
  return { rows, cells: cells.sort() };
}

/** The first of what differs; undefined where nothing does. */
export function stateDifference(one: ReplicaState, other: ReplicaState): string | undefined {
  const [expected, actual] = [JSON.stringify(one), JSON.stringify(other)];
  if (expected === actual) return undefined;
  let at = 0;
  while (expected[at] === actual[at]) at++;
  const around = (text: string) => `… ${text.slice(Math.max(0, at - 120), at + 120)}`;
  return `${around(expected)}\n${around(actual)}`;
}

export function allChangesOf(replica: Replica): Change[] {
  const all: Change[] = [];
  for (let after = 0; ;) {
    const { changes, upTo } = replica.allChanges({ after });
    if (changes.length === 0) return all;
    all.push(...changes);
    after = upTo;
  }
}

export function positionOf(replica: Replica): SyncPosition {
  const { epoch, pullCursor, pushCursor } = replica.sqlite
    .prepare('SELECT epoch, pull_cursor AS "pullCursor", push_cursor AS "pushCursor" FROM sync_state')
    .get() as { epoch: string | null; pullCursor: number; pushCursor: number };
  return { epoch, pullCursor, unpushed: replica.countOwnChanges(pushCursor, 1) };
}

/** Undefined where it has all of the log, and the log all of it. */
export function positionFault(
  { epoch, pullCursor, unpushed }: SyncPosition,
  log: { readonly epoch: string; readonly head: number },
): string | undefined {
  if (epoch !== log.epoch || pullCursor !== log.head) return `is at ${pullCursor} of ${log.head} in ${epoch}`;
  return unpushed > 0 ? 'has edits behind its push cursor' : undefined;
}

function typed(value: SqlValue): string {
  return value instanceof Uint8Array ? `blob ${siteIdToHex(value)}` : `${typeof value} ${String(value)}`;
}
