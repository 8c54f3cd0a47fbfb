/**
 * What a command changed, row by row with the values before and after, as text: the page keeps it, and sends it back to undo
 * the command, so that undoing outlives the leader. JSON has fewer types than SQLite, so numbers and bytes are marked.
 */
import { bytesToHex, hexToBytes, type SqlValue } from '@tributary/database/changes';
import { TabsError } from '../errors.ts';

export interface RowEdit {
  readonly table: string;
  /** In the order of the primary key. */
  readonly key: readonly SqlValue[];
  /** By column, without the key. Null where there was no row; of a row that stayed, only what differs. */
  readonly before: Cells | null;
  readonly after: Cells | null;
}

export type Cells = Readonly<Record<string, SqlValue>>;

const VERSION = 1;

/** Beyond this an edit is an import, and is not kept to be undone. */
const MAX_RECORD_LENGTH = 512 * 1024;

export function writeUndoRecord(edits: readonly RowEdit[]): string | undefined {
  if (edits.length === 0) return undefined;
  const rows = edits.map(({ table, key, before, after }) => [table, key.map(mark), markAll(before), markAll(after)]);
  const text = JSON.stringify([VERSION, rows]);
  return text.length > MAX_RECORD_LENGTH ? undefined : text;
}

export function readUndoRecord(text: string): RowEdit[] {
  try {
    const [version, rows] = JSON.parse(text) as [number, StoredRow[]];
    if (version !== VERSION) throw new TabsError('cannot_undo', `a record of version ${version} cannot be undone here`);
    return rows.map(([table, key, before, after]) => {
      return { table, key: key.map(unmark), before: unmarkAll(before), after: unmarkAll(after) };
    });
  } catch (error) {
    if (error instanceof TabsError) throw error;
    throw new TabsError('cannot_undo', 'this is no record of an edit', { cause: error });
  }
}

/** Texts and NULL are as they are. */
type Marked = null | string | readonly ['i' | 'r' | 'b', string];
type StoredRow = [table: string, key: Marked[], before: MarkedCells | null, after: MarkedCells | null];
type MarkedCells = Readonly<Record<string, Marked>>;

function markAll(cells: Cells | null): MarkedCells | null {
  return cells && Object.fromEntries(Object.entries(cells).map(([column, value]) => [column, mark(value)]));
}

function unmarkAll(cells: MarkedCells | null): Cells | null {
  return cells && Object.fromEntries(Object.entries(cells).map(([column, value]) => [column, unmark(value)]));
}

function mark(value: SqlValue): Marked {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return ['i', String(value)];
  return typeof value === 'number' ? ['r', String(value)] : ['b', bytesToHex(value)];
}

function unmark(marked: Marked): SqlValue {
  if (marked === null || typeof marked === 'string') return marked;
  const [type, text] = marked;
  if (type === 'i') return BigInt(text);
  if (type === 'r') return Number(text);
  return hexToBytes(text);
}
