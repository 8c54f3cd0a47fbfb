import type { Driver } from './driver.ts';

export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  /** Place in the primary key, from 1; 0 outside it. */
  readonly pk: number;
}

export function columnsOf(driver: Driver, table: string): ColumnInfo[] {
  return driver
    .prepare('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)')
    .all(table) as ColumnInfo[];
}

/** The columns of the primary key in key order, as cr-sqlite packs them. */
export function primaryKeyOf(driver: Driver, table: string): string[] {
  return columnsOf(driver, table)
    .filter(({ pk }) => pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map(({ name }) => name);
}
