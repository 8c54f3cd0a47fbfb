/**
 * A row of the `conflicts` table, understood. Peers write these rows, and a newer app may write of what this one does not
 * know: so a record is one whose table and column replicate here, whose key is a key of that table, and whose values the
 * column could hold. Anything else is unreadable, and nothing is ever written because of it.
 */
import type { AnyReplica } from '@tributary/database';
import { changeFault, keyHasTypes, SITE_ID_BYTES, unpackKey, type SqlValue } from '@tributary/database/changes';
import { CONFLICT_KINDS, CONFLICT_RESOLUTIONS } from '@tributary/database/schema';
import { CONFLICTS_TABLE, decodeValue } from './conflict-journal.ts';
import type { ReplicatedCell } from './replicated-cells.ts';

export type ConflictKind = (typeof CONFLICT_KINDS)[number];
export type ConflictResolution = (typeof CONFLICT_RESOLUTIONS)[number];

export interface ConflictRecord {
  readonly id: string;
  readonly kind: ConflictKind;
  readonly cell: ReplicatedCell;
  /** Of a deletion null. */
  readonly winningValue: SqlValue;
  readonly losingValue: SqlValue;
  /** What both authors had seen; undefined where that is not known. */
  readonly baseValue: SqlValue | undefined;
  /** Lower-case hex. */
  readonly winningSite: string;
  readonly losingSite: string;
  readonly createdAt: number;
  /** Undefined while it is open. */
  readonly resolution: ConflictResolution | undefined;
}

/** In the order of `StoredConflict`. */
export const CONFLICT_COLUMNS = `id, kind, table_name, row_key, column_name, winning_value, losing_value, base_value,
  winning_site, losing_site, CAST(created_at AS REAL), resolution, resolved_at IS NOT NULL`;

/** As SQLite gives it, of whatever type a peer may have written. */
export type StoredConflict = readonly [
  id: string,
  kind: unknown,
  tableName: unknown,
  rowKey: unknown,
  columnName: unknown,
  winningValue: unknown,
  losingValue: unknown,
  baseValue: unknown,
  winningSite: unknown,
  losingSite: unknown,
  createdAt: number | null,
  resolution: unknown,
  isResolved: number | bigint,
];

/** Undefined for one that is unreadable. */
export function recordOf(replica: AnyReplica, stored: StoredConflict): ConflictRecord | undefined {
  const [id, kind, tableName, rowKey, column, winning, losing, base, winningSite, losingSite, createdAt] = stored;
  const cell = cellOf(replica, tableName, rowKey, column);
  const knownKind = CONFLICT_KINDS.find((known) => known === kind);
  if (cell === undefined || knownKind === undefined) return undefined;
  const winningValue = knownKind === 'delete' ? null : fittingValue(cell, winning);
  const losingValue = fittingValue(cell, losing);
  if (winningValue === undefined || losingValue === undefined) return undefined;
  return {
    id,
    kind: knownKind,
    cell,
    winningValue,
    losingValue,
    baseValue: fittingValue(cell, base),
    winningSite: String(winningSite),
    losingSite: String(losingSite),
    createdAt: createdAt ?? 0,
    resolution: resolutionOf(stored),
  };
}

/** Resolved in a way that only a newer app knows, it counts as dismissed: somebody has dealt with it. */
function resolutionOf(stored: StoredConflict): ConflictResolution | undefined {
  const [resolution, isResolved] = [stored[11], stored[12]];
  if (Number(isResolved) === 0) return undefined;
  return CONFLICT_RESOLUTIONS.find((known) => known === resolution) ?? 'dismissed';
}

function cellOf(replica: AnyReplica, table: unknown, pk: unknown, column: unknown): ReplicatedCell | undefined {
  if (typeof table !== 'string' || typeof column !== 'string' || !(pk instanceof Uint8Array)) return undefined;
  const description = table === CONFLICTS_TABLE ? undefined : replica.replicatedTable(table);
  if (description === undefined || !description.columns.has(column)) return undefined;
  if (!keyHasTypes(pk, description.keyTypes)) return undefined;
  return { table: description, pk, key: unpackKey(pk), column };
}

/** Held to the same rules as a value that another site sends. */
function fittingValue({ table, pk, column }: ReplicatedCell, json: unknown): SqlValue | undefined {
  const val = typeof json === 'string' ? decodeValue(json) : undefined;
  if (val === undefined) return undefined;
  const change = { table: table.name, pk, cid: column, val, ...ANY_CLOCK };
  return changeFault(change, table) === undefined ? val : undefined;
}

const ANY_CLOCK = { colVersion: 1, dbVersion: 1, siteId: new Uint8Array(SITE_ID_BYTES), cl: 1, seq: 0 };
