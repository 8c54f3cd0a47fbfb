/**
 * The CRDT on a page: how a row takes in a change, exactly as cr-sqlite does it. Pure, so that the projector, compaction
 * and conflict detection agree with every replica; real cr-sqlite is the oracle that the tests hold it to.
 *
 *   1  The greater causal length wins: odd is alive, even is deleted, so a delete beats any edit that had not seen it.
 *   2  Then, for each column, the greater column version.
 *   3  Then the greater value, by `compareValues`. Equal means no change, whoever wrote it.
 *
 * Folding is commutative, associative and idempotent once every change has arrived. In between, a row that came back
 * before its deletion was seen keeps its old cells at version 0 until newer ones replace them.
 */
import { SENTINEL, type Change, type SqlValue } from '@tributary/database/changes';
import { compareValues } from './compare-values.ts';

/** A clock: which edit the state comes from. */
export interface Clock {
  readonly colVersion: number;
  readonly siteId: Uint8Array;
  readonly dbVersion: number;
  readonly seq: number;
}

export interface Cell extends Clock {
  readonly val: SqlValue;
}

export interface RowState {
  /** The clock of the row's own existence; absent while it has been created once and never deleted. */
  readonly sentinel: Clock | undefined;
  /** By column. Empty for a deleted row. */
  readonly cells: ReadonlyMap<string, Cell>;
}

/** A row that nothing is known of. */
export const UNKNOWN_ROW: RowState = { sentinel: undefined, cells: new Map() };

/** 0 for an unknown row; otherwise odd is alive and even is deleted. */
export function causalLength({ sentinel, cells }: RowState): number {
  if (sentinel) return sentinel.colVersion;
  return cells.size > 0 ? 1 : 0;
}

export function isAlive(row: RowState): boolean {
  return causalLength(row) % 2 === 1;
}

/** The row after the change; the same object when the change is old news. The change must be one of this row. */
export function fold(row: RowState, change: Change): RowState {
  const { cl, cid } = change;
  const local = causalLength(row);
  if (cl < local) return row;
  if (cl % 2 === 0) return cl === local ? row : { sentinel: clockOf(change), cells: new Map() };
  if (cid === SENTINEL) return cl === local ? row : { sentinel: clockOf(change), cells: resurrect(row) };

  // A column may bring its row back before the sentinel that says so has arrived.
  const bringsBack = cl > local && !(local === 0 && cl === 1);
  const sentinel = bringsBack ? { ...clockOf(change), colVersion: cl } : row.sentinel;
  const cells = bringsBack ? resurrect(row) : row.cells;
  if (cl === local && !wins(change, cells.get(cid))) return row;
  return { sentinel, cells: new Map(cells).set(cid, { ...clockOf(change), val: change.val }) };
}

function wins(change: Change, cell: Cell | undefined): boolean {
  if (cell === undefined || change.colVersion > cell.colVersion) return true;
  return change.colVersion === cell.colVersion && compareValues(change.val, cell.val) > 0;
}

/** Cells that survive because the deletion between two lives was never seen: any cell of the new life beats them. */
function resurrect({ cells }: RowState): Map<string, Cell> {
  return new Map([...cells].map(([cid, cell]) => [cid, { ...cell, colVersion: 0 }]));
}

function clockOf({ colVersion, siteId, dbVersion, seq }: Change): Clock {
  return { colVersion, siteId, dbVersion, seq };
}
