/** Rows as they cross between threads: arrays of values, compared by content. */
export type ColumnValue = null | number | bigint | string | Uint8Array;

export type Row = readonly ColumnValue[];

export function areSameRows(one: readonly Row[], other: readonly Row[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((row, index) => isSameRow(row, other[index] ?? []));
}

/** Equal for equal values only: texts are quoted, so nothing else looks like one. */
export function queryKey(sql: string, params: readonly ColumnValue[]): string {
  return `${sql}\n${params.map(keyOf).join()}`;
}

function isSameRow(one: Row, other: Row): boolean {
  if (one.length !== other.length) return false;
  return one.every((value, index) => isSame(value, other[index]));
}

function isSame(one: ColumnValue, other: ColumnValue | undefined): boolean {
  if (one === other) return true;
  if (!(one instanceof Uint8Array && other instanceof Uint8Array)) return false;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function keyOf(value: ColumnValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Uint8Array ? `x[${value.toString()}]` : String(value);
}
