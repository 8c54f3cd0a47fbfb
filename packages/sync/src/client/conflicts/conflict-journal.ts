/**
 * Writes down what lost: a row for each edit that is gone, and for the site that it lost against. The rows are ordinary rows
 * of the replicated `conflicts` table, so every device learns of them; their ids follow from the lost edit, so it is one
 * row, with the same content, however many replicas notice it.
 */
import { bytesToHex, hexToBytes, type SqlValue } from '@tributary/database/changes';
import type { AnyReplica, Statement } from '@tributary/database';
import { v5 as uuidV5 } from 'uuid';
import type { Conflict, Contender } from '../../merge/index.ts';

/** Whether a lost value of this column is worth keeping. */
export type IsJournalled = (table: string, column: string) => boolean;

/** Timestamps of every row change with each edit; nobody mourns them. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['created_at', 'updated_at']);

/** An edit by the place where this replica has, or had, it: its author, and the version it was stored as here. */
export type StoredEdit = Pick<Contender, 'siteId' | 'dbVersion'>;

export const CONFLICTS_TABLE = 'conflicts';

export const journalsEverything: IsJournalled = (table, column) =>
  table !== CONFLICTS_TABLE && !BOOKKEEPING.has(column);

export class ConflictJournal {
  readonly #replica: AnyReplica;
  readonly #insert: Statement | undefined;

  constructor(replica: AnyReplica) {
    this.#replica = replica;
    this.#insert = hasTable(replica) ? replica.sqlite.prepare(INSERT) : undefined;
  }

  /**
   * Inside the transaction that applies the batch, before it is applied. An app without the table keeps only a line of
   * activity. `isShared` says of an edit whether the other author had seen it too.
   */
  record(conflicts: readonly Conflict[], isShared: (edit: StoredEdit) => boolean): void {
    for (const conflict of conflicts) {
      const { kind, table, pk, cid, winner, loser } = conflict;
      const now = this.#replica.now();
      const lostEdit = [bytesToHex(loser.siteId), String(loser.dbVersion)];
      this.#insert?.run(
        conflictId([kind, table, bytesToHex(pk), cid, ...lostEdit, bytesToHex(winner.siteId)]),
        kind,
        table,
        pk,
        cid,
        encodeValue(winner.val),
        encodeValue(loser.val),
        this.#baseOf(conflict, isShared),
        bytesToHex(winner.siteId),
        bytesToHex(loser.siteId),
        now,
        now,
      );
    }
  }

  /** What the cell held before this replica edited it, if that is what the other author had before it, too. */
  #baseOf({ table, pk, cid }: Conflict, isShared: (edit: StoredEdit) => boolean): string | null {
    const former = this.#replica.formerValue(table, pk, cid);
    const isBase = former !== undefined && (former.edit === undefined || isShared(former.edit));
    return isBase ? encodeValue(former.val) : null;
  }
}

function hasTable({ sqlite }: AnyReplica): boolean {
  return (
    sqlite.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(CONFLICTS_TABLE) !== undefined
  );
}

/** Found again, the conflict is the same one, resolved or not; only its base may be news. */
const INSERT = `
  INSERT INTO conflicts (id, kind, table_name, row_key, column_name, winning_value, losing_value, base_value,
                         winning_site, losing_site, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET base_value = excluded.base_value
    WHERE base_value IS NULL AND excluded.base_value IS NOT NULL`;

const NAMESPACE = '6f1d7c52-3f0e-5a3b-9a0c-2f7d1f1b8a11';

function conflictId(parts: readonly string[]): string {
  return uuidV5(JSON.stringify(parts), NAMESPACE);
}

/** Typed JSON: text as it is, NULL as null, anything else as an object that names its type. */
export function encodeValue(val: SqlValue): string {
  if (val === null || typeof val === 'string') return JSON.stringify(val);
  if (typeof val === 'bigint') return JSON.stringify({ integer: String(val) });
  if (typeof val === 'number') return JSON.stringify({ real: String(val) });
  return JSON.stringify({ blob: bytesToHex(val) });
}

/** Undefined for what is not such JSON: a peer may have written anything. */
export function decodeValue(json: string): SqlValue | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (value === null || typeof value === 'string') return value;
  const { integer, real, blob } = Object(value) as { integer?: unknown; real?: unknown; blob?: unknown };
  if (typeof integer === 'string') return integerOf(integer);
  if (typeof real === 'string') return realOf(real);
  return typeof blob === 'string' && /^(?:[0-9a-f]{2})*$/.test(blob) ? hexToBytes(blob) : undefined;
}

function integerOf(digits: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function realOf(digits: string): number | undefined {
  const value = Number(digits);
  return digits.trim() === '' || Number.isNaN(value) ? undefined : value;
}
