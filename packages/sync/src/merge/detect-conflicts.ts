/**
 * Which edits of this replica a batch from elsewhere contradicts. Two edits of one cell are in conflict when neither
 * author had seen the other's; the merge keeps one value, and the other would be gone without a word.
 *
 * The log makes that exact. What arrives now was not here before, so no own edit had seen it. And its author had seen an
 * own edit only if that was in the log by the batch's `base`: so an own edit that is not in the log yet, or that comes
 * after `base`, is in conflict with what the batch says about the same cell.
 *
 *          base                 own edit                 this batch
 *   ─────────●─────────────────────●──────────────────────────●─────▶ seq
 *            └ all that the author of the batch had seen
 *
 * Only cells that are still an own edit's count. One that somebody has overwritten knowingly is no longer at stake, and
 * one that lost has been written down when it did.
 */
import { SENTINEL, type Change, type SqlValue } from '@tributary/database/changes';
import { compareValues } from './compare-values.ts';
import { causalLength, fold, isAlive, type RowState } from './fold.ts';

/** A batch as the log delivers it. */
export interface DeliveredBatch {
  readonly siteId: Uint8Array;
  /** The last entry that the author had applied; undefined when that is not known, and nothing is then detected. */
  readonly base: number | undefined;
  /** Versions of the author up to this one were in the log before: they were looked at then. */
  readonly knownVersion: number;
  readonly changes: readonly Change[];
}

/** What the replica knows of its own edits, before the batch is applied. */
export interface OwnEdits {
  readonly siteId: Uint8Array;
  /** The row as it is stored here; undefined when nothing is known of it. */
  rowState(table: string, pk: Uint8Array): RowState | undefined;
  /** Where in the log an own version is; undefined while it is not known to be there. */
  seqOf(dbVersion: number): number | undefined;
}

/** One edit of a cell, as a side of a conflict. A deletion has no value. */
export interface Contender {
  readonly siteId: Uint8Array;
  readonly dbVersion: number;
  readonly val: SqlValue;
}

export interface Conflict {
  /** Whether the losing edit was overwritten by another value, or its row was deleted. */
  readonly kind: 'overwrite' | 'delete';
  readonly table: string;
  readonly pk: Uint8Array;
  readonly cid: string;
  readonly winner: Contender;
  readonly loser: Contender;
}

/** Looks at the state before the batch is applied: detect first, then apply. */
export function detectConflicts(batch: DeliveredBatch, own: OwnEdits): Conflict[] {
  const { base, knownVersion } = batch;
  if (base === undefined) return [];
  const conflicts = new Map<string, Conflict>();
  let row: RowAtStake | undefined;
  for (const change of batch.changes) {
    if (change.dbVersion <= knownVersion || isRemnant(change)) continue;
    if (row?.table !== change.table || !isSameKey(row.pk, change.pk)) row = lookUp(change, own, base);
    for (const conflict of conflictsOf(change, row)) {
      const key = keyOf(conflict);
      if (!conflicts.has(key)) conflicts.set(key, conflict);
    }
  }
  return [...conflicts.values()];
}

interface RowAtStake {
  readonly table: string;
  readonly pk: Uint8Array;
  readonly state: RowState;
  /** The own edits that the author of the batch had not seen. */
  readonly unseenCells: ReadonlyMap<string, Contender>;
  readonly unseenSentinel: Contender | undefined;
}

const NOTHING_STORED: RowState = { sentinel: undefined, cells: new Map() };

function lookUp({ table, pk }: Change, own: OwnEdits, base: number): RowAtStake {
  const state = own.rowState(table, pk) ?? NOTHING_STORED;
  const unseen = ({ siteId, dbVersion }: { siteId: Uint8Array; dbVersion: number }, val: SqlValue) => {
    if (!isSameKey(siteId, own.siteId)) return undefined;
    const seq = own.seqOf(dbVersion) ?? Infinity;
    return seq > base ? { siteId, dbVersion, val } : undefined;
  };
  const unseenCells = new Map<string, Contender>();
  for (const [cid, cell] of state.cells) {
    const edit = isRemnant(cell) ? undefined : unseen(cell, cell.val);
    if (edit) unseenCells.set(cid, edit);
  }
  return { table, pk, state, unseenCells, unseenSentinel: state.sentinel && unseen(state.sentinel, null) };
}

function conflictsOf(change: Change, row: RowAtStake): Conflict[] {
  const own = causalLength(row.state);
  if (change.cl > own) return isAlive(row.state) ? deletionsOf(change, row) : [];
  if (change.cid === SENTINEL) return [];
  return change.cl < own ? lostToOwnDeletion(change, row) : overwriteOf(change, row);
}

/** The batch deletes the row, or brings back one that was deleted elsewhere: own edits of its former life are gone. */
function deletionsOf(change: Change, row: RowAtStake): Conflict[] {
  const winner = contenderOf({ ...change, val: null });
  return [...row.unseenCells].map(([cid, loser]) => conflictOf({ kind: 'delete', change, cid, winner, loser }));
}

/** The batch edits a row that was deleted here, perhaps to be created anew. */
function lostToOwnDeletion(change: Change, { unseenSentinel }: RowAtStake): Conflict[] {
  if (unseenSentinel === undefined) return [];
  const loser = contenderOf(change);
  return [conflictOf({ kind: 'delete', change, cid: change.cid, winner: unseenSentinel, loser })];
}

function overwriteOf(change: Change, { state, unseenCells }: RowAtStake): Conflict[] {
  const unseen = unseenCells.get(change.cid);
  const cell = state.cells.get(change.cid);
  if (unseen === undefined || cell === undefined || compareValues(cell.val, change.val) === 0) return [];
  const incoming = contenderOf(change);
  const isOverwritten = fold(state, change) !== state;
  const [winner, loser] = isOverwritten ? [incoming, unseen] : [unseen, incoming];
  return [conflictOf({ kind: 'overwrite', change, cid: change.cid, winner, loser })];
}

function contenderOf({ siteId, dbVersion, val }: Change): Contender {
  return { siteId, dbVersion, val };
}

function conflictOf({ change, ...conflict }: Omit<Conflict, 'table' | 'pk'> & { readonly change: Change }): Conflict {
  return { table: change.table, pk: change.pk, ...conflict };
}

function keyOf({ table, pk, cid }: Conflict): string {
  return `${table}\0${cid}\0${String.fromCharCode(...pk)}`;
}

/**
 * What a former life of the row has left behind, where the deletion in between was missed: cr-sqlite keeps the value with
 * column version 0 and a new stamp, and pushes it as if it were an edit. It was lost when the row was deleted.
 */
function isRemnant({ colVersion }: { readonly colVersion: number }): boolean {
  return colVersion === 0;
}

function isSameKey(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
