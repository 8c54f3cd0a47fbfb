/**
 * The fewest changes that say the same: of each cell the one that won, of each row its sentinel. A log's beginning can be
 * replaced by them, as a new replica that applies them ends up where the whole history would have led it.
 */
import { SENTINEL, type Change } from '@tributary/database/changes';
import { causalLength, fold, UNKNOWN_ROW, type RowState } from './fold.ts';

interface FoldedRow {
  readonly table: string;
  readonly pk: Uint8Array;
  state: RowState;
}

/** Rows come in the order in which they first appear. */
export function compact(changes: Iterable<Change>): Change[] {
  const rows = new Map<string, FoldedRow>();
  for (const change of changes) {
    const key = rowKey(change);
    const row = rows.get(key);
    if (row) row.state = fold(row.state, change);
    else rows.set(key, { table: change.table, pk: change.pk, state: fold(UNKNOWN_ROW, change) });
  }
  return [...rows.values()].flatMap(changesOf);
}

/** Packed keys are canonical, so equal bytes are equal keys. Latin-1 keeps one character for each byte. */
function rowKey({ table, pk }: Change): string {
  return `${table}\0${String.fromCharCode(...pk)}`;
}

function changesOf({ table, pk, state }: FoldedRow): Change[] {
  const cl = causalLength(state);
  const changes: Change[] = [];
  if (state.sentinel) changes.push({ ...state.sentinel, table, pk, cid: SENTINEL, val: null, cl });
  for (const [cid, cell] of state.cells) changes.push({ ...cell, table, pk, cid, cl });
  return changes;
}
