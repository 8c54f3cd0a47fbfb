/** Cells of replicated tables by name, read and written as the app would. */
import type { AnyReplica } from '@tributary/database';
import { quoteName, type ReplicatedTable, type SqlValue } from '@tributary/database/changes';
import { compareValues } from '../../merge/index.ts';

export interface ReplicatedRow {
  readonly table: ReplicatedTable;
  readonly pk: Uint8Array;
  /** The packed key's values. */
  readonly key: readonly SqlValue[];
}

export interface ReplicatedCell extends ReplicatedRow {
  readonly column: string;
}

/** Undefined when the row is gone. */
export function readCell({ sqlite }: AnyReplica, { table, key, column }: ReplicatedCell): SqlValue | undefined {
  const sql = `SELECT ${quoteName(column)} FROM ${quoteName(table.name)} WHERE ${isRow(table)}`;
  return sqlite.prepare(sql).pluck().safeIntegers().get(key) as SqlValue | undefined;
}

/** Writes nothing where nothing differs, or where there is no row any more. */
export function writeCell(replica: AnyReplica, cell: ReplicatedCell, value: SqlValue): void {
  const current = readCell(replica, cell);
  if (current === undefined || isSameValue(current, value)) return;
  const { table, key, column } = cell;
  const sql = `UPDATE ${quoteName(table.name)} SET ${quoteName(column)} = ? WHERE ${isRow(table)}`;
  replica.sqlite.prepare(sql).run([value, ...key]);
}

/** With these cells; the others get their defaults. A row that is there has these cells written. */
export function restoreRow(replica: AnyReplica, row: ReplicatedRow, cells: ReadonlyMap<string, SqlValue>): void {
  const { table, key } = row;
  const exists = replica.sqlite.prepare(`SELECT 1 FROM ${quoteName(table.name)} WHERE ${isRow(table)}`).get(key);
  if (exists !== undefined) {
    for (const [column, value] of cells) writeCell(replica, { ...row, column }, value);
    return;
  }
  const columns = [...table.keyColumns, ...cells.keys()];
  const sql = `INSERT INTO ${quoteName(table.name)} (${columns.map(quoteName).join(', ')})
               VALUES (${columns.map(() => '?').join(', ')})`;
  replica.sqlite.prepare(sql).run([...key, ...cells.values()]);
}

/** The same value of the same storage class. */
export function isSameValue(one: SqlValue, other: SqlValue): boolean {
  return compareValues(one, other) === 0;
}

function isRow({ keyColumns }: ReplicatedTable): string {
  return keyColumns.map((column) => `${quoteName(column)} = ?`).join(' AND ');
}
