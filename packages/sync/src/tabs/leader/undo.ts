/**
 * Takes back what a command changed, and nothing that anybody wrote since: a cell gets its former value only where it still
 * holds what the command wrote, a row that was made goes only if it is as it was made, and one that was deleted comes back
 * only if nobody else brought it back. Undoing is an edit like any other, so what undoes it is redo.
 */
import type { AnyReplica } from '@tributary/database';
import { packKey, quoteName, type ReplicatedTable } from '@tributary/database/changes';
import { restoreRow, writeCell } from '../../client/conflicts/replicated-cells.ts';
import { isSame, type RowImages } from './row-images.ts';
import type { Cells, RowEdit } from './undo-record.ts';

export interface SkippedCell {
  readonly table: string;
  readonly key: readonly (string | number)[];
  /** Absent for the row as a whole. */
  readonly column?: string;
}

export interface UndoResult {
  /** Left as they are, because somebody has changed them since. */
  readonly skipped: readonly SkippedCell[];
}

/** Inside a transaction. */
export function undoEdits(replica: AnyReplica, images: RowImages, edits: readonly RowEdit[]): UndoResult {
  const skipped = edits.toReversed().flatMap((edit) => {
    const table = replica.replicatedTable(edit.table);
    return table === undefined ? [nameOf(edit)] : undoEdit({ replica, images, table, edit });
  });
  return { skipped };
}

interface UndoStep {
  readonly replica: AnyReplica;
  readonly images: RowImages;
  readonly table: ReplicatedTable;
  readonly edit: RowEdit;
}

function undoEdit({ replica, images, table, edit }: UndoStep): SkippedCell[] {
  const { key, before, after } = edit;
  const row = { table, key, pk: packKey(key) };
  const current = images.read(table, key);
  if (before === null) {
    if (after === null || current === null) return [];
    if (!holds(current, after)) return [nameOf(edit)];
    deleteRow(replica, table, key);
    return [];
  }
  if (after === null) {
    if (current !== null) return [nameOf(edit)];
    restoreRow(replica, row, new Map(Object.entries(before).filter(([column]) => table.columns.has(column))));
    return [];
  }
  if (current === null) return [nameOf(edit)];
  return Object.entries(before).flatMap(([column, value]) => {
    if (!isSame(current[column], after[column])) return [nameOf(edit, column)];
    writeCell(replica, { ...row, column }, value);
    return [];
  });
}

function holds(current: Cells, written: Cells): boolean {
  return Object.entries(written).every(([column, value]) => isSame(current[column], value));
}

function deleteRow({ sqlite }: AnyReplica, { name, keyColumns }: ReplicatedTable, key: RowEdit['key']): void {
  const isRow = keyColumns.map((column) => `${quoteName(column)} = ?`).join(' AND ');
  sqlite.prepare(`DELETE FROM ${quoteName(name)} WHERE ${isRow}`).run([...key]);
}

function nameOf({ table, key }: RowEdit, column?: string): SkippedCell {
  const names = key.map((part) => (typeof part === 'number' ? part : String(part)));
  return column === undefined ? { table, key: names } : { table, key: names, column };
}
