/** A row of the projection from the state of its fold: a pure function of the state, the table, and nothing else. */
import { unpackKey, type SqlValue } from '@tributary/database/changes';
import type { CloudColumn, CloudTable } from '@tributary/database/cloud';
import { isAlive } from '@tributary/sync/merge';
import { CastFault, castValue, jsonOf, previewOf, storable, type CastFaultReason } from './cast-value.ts';
import type { StoredRow } from './stored-row.ts';

/** Something of a row that could not be projected as it is. */
export interface RowFault {
  /** Empty for the whole row. */
  readonly column: string;
  readonly reason: CastFaultReason;
  /** What it is, as people read it. */
  readonly preview: string;
}

/** Texts of the types of the columns. */
export type RowTexts = readonly (string | null)[];

export interface ProjectedRow {
  /** In the order of the table's key; undefined where the key cannot be said, and there is no row. */
  readonly key: RowTexts | undefined;
  /** In the order of the table's columns; undefined for a row that is deleted, or cannot be there. */
  readonly values: RowTexts | undefined;
  /** The columns that the server does not know, as JSON. */
  readonly extra: string | null;
  readonly faults: readonly RowFault[];
}

const NO_FAULTS: readonly RowFault[] = [];

export function projectRow(table: CloudTable, pk: Uint8Array, { state }: StoredRow): ProjectedRow {
  const faults: RowFault[] = [];
  const key = projectKey(table, pk, faults);
  if (!isAlive(state)) return { key, values: undefined, extra: null, faults: NO_FAULTS };
  if (key === undefined) return { key, values: undefined, extra: null, faults };
  const values = table.columns.map((column) => {
    const cell = state.cells.get(column.name);
    return cell === undefined ? textOfDefault(column) : project(cell.val, column, faults);
  });
  return { key, values, extra: extraOf(table, state.cells), faults };
}

function projectKey(table: CloudTable, pk: Uint8Array, faults: RowFault[]): RowTexts | undefined {
  const values = readKey(pk);
  if (values?.length !== table.key.length) {
    faults.push({ column: '', reason: 'key_unreadable', preview: previewOf(pk) });
    return undefined;
  }
  const key: (string | null)[] = [];
  for (const [index, column] of table.key.entries()) {
    const val = values[index] ?? null;
    const cast = val === null ? new CastFault('null_refused') : castValue(val, column.type);
    // Another text could be the key of another row: here nothing may stand in.
    if (cast instanceof CastFault) faults.push({ column: '', reason: cast.reason, preview: previewOf(val) });
    else key.push(cast);
  }
  return key.length === table.key.length ? key : undefined;
}

function readKey(pk: Uint8Array): SqlValue[] | undefined {
  try {
    return unpackKey(pk);
  } catch {
    return undefined;
  }
}

function project(val: SqlValue, column: CloudColumn, faults: RowFault[]): string | null {
  const cast = val === null && !column.isNullable ? new CastFault('null_refused') : castValue(val, column.type);
  if (!(cast instanceof CastFault)) return cast;
  faults.push({ column: column.name, reason: cast.reason, preview: previewOf(val) });
  return cast.instead ?? textOfDefault(column);
}

function textOfDefault({ default: value, type }: CloudColumn): string | null {
  const cast = castValue(value, type);
  return cast instanceof CastFault ? null : cast;
}

function extraOf(table: CloudTable, cells: StoredRow['state']['cells']): string | null {
  let extra: Record<string, unknown> | undefined;
  for (const [name, { val }] of cells) {
    if (!table.columns.some((column) => column.name === name)) (extra ??= {})[storable(name)] = jsonOf(val);
  }
  return extra === undefined ? null : JSON.stringify(extra);
}
