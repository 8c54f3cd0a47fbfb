/**
 * The `where` of every repository: a value or conditions per field, all of which must hold. Fields and values may come
 * from outside, so anything that is not a column or does not have its type is refused, never ignored.
 */
import { and, eq, getTableColumns, gt, gte, isNotNull, isNull, lt, lte, sql, type Column, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { invalidInput } from './input.ts';
import { isJson } from './table-input.ts';

/** `contains` ignores the case of ASCII letters. */
export interface FieldConditions<V> {
  readonly eq?: V | null;
  readonly ne?: V | null;
  readonly gt?: V;
  readonly gte?: V;
  readonly lt?: V;
  readonly lte?: V;
  readonly in?: readonly V[];
  readonly contains?: V extends string ? string : never;
  readonly isNull?: boolean;
}

/** The fields that can be compared: all but JSON. */
export type ComparableField<T extends SQLiteTable> = {
  [K in keyof T['$inferSelect'] & string]: NonNullable<T['$inferSelect'][K]> extends string | number | boolean
    ? K
    : never;
}[keyof T['$inferSelect'] & string];

export type Where<T extends SQLiteTable> = {
  readonly [K in ComparableField<T>]?: T['$inferSelect'][K] | FieldConditions<NonNullable<T['$inferSelect'][K]>>;
};

export function whereToSql(table: SQLiteTable, where: object): SQL | undefined {
  const conditions = Object.entries(where).flatMap(([field, wanted]) => {
    const target = { field, column: comparableColumn(table, field, 'where') };
    return isConditions(wanted)
      ? Object.entries(wanted).map(([operator, value]) => conditionOf(target, operator, value))
      : [conditionOf(target, 'eq', wanted)];
  });
  return and(...conditions);
}

/** `clause` names the part of the query in the error. */
export function comparableColumn(table: SQLiteTable, field: string, clause: string): SQLiteColumn {
  const columns = getTableColumns(table);
  const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (!column) throw invalidInput(clause, [{ field, message: 'Unknown field' }]);
  if (isJson(column)) throw invalidInput(clause, [{ field, message: 'JSON cannot be compared' }]);
  return column;
}

/** Whether a value can be compared with the column's values. */
export function hasTypeOf(column: Column, value: unknown): value is string | number | boolean {
  return typeof value === column.dataType && !Number.isNaN(value);
}

interface Target {
  readonly field: string;
  readonly column: SQLiteColumn;
}

function isConditions(wanted: unknown): wanted is Readonly<Record<string, unknown>> {
  return typeof wanted === 'object' && wanted !== null;
}

const COMPARISONS: ReadonlyMap<string, (column: Column, value: unknown) => SQL> = new Map([
  ['gt', gt],
  ['gte', gte],
  ['lt', lt],
  ['lte', lte],
]);

function conditionOf(target: Target, operator: string, value: unknown): SQL {
  const { field, column } = target;
  const compare = COMPARISONS.get(operator);
  if (compare) return compare(column, typed(target, operator, value));
  switch (operator) {
    case 'eq':
      return value === null ? isNull(column) : eq(column, typed(target, operator, value));
    case 'ne':
      // IS NOT, so that rows without a value differ from any value.
      return value === null
        ? isNotNull(column)
        : sql`${column} is not ${bound(column, typed(target, operator, value))}`;
    case 'in':
      return oneOf(target, value);
    case 'contains':
      return containing(target, value);
    case 'isNull':
      if (typeof value !== 'boolean') throw invalidInput('where', [{ field, message: 'isNull is true or false' }]);
      return value ? isNull(column) : isNotNull(column);
    default:
      throw invalidInput('where', [{ field, message: `Unknown operator ${operator}` }]);
  }
}

function typed({ field, column }: Target, operator: string, value: unknown): string | number | boolean {
  if (hasTypeOf(column, value)) return value;
  throw invalidInput('where', [{ field, message: `${operator} needs a ${column.dataType}` }]);
}

function bound(column: SQLiteColumn, value: unknown): SQL {
  return sql`${sql.param(value, column)}`;
}

/** One parameter holds the whole list, so it may be of any length. */
function oneOf(target: Target, values: unknown): SQL {
  const { field, column } = target;
  if (!Array.isArray(values)) throw invalidInput('where', [{ field, message: 'in needs a list' }]);
  const list = values.map((value) => column.mapToDriverValue(typed(target, 'in', value)));
  return sql`${column} in (select value from json_each(${JSON.stringify(list)}))`;
}

function containing({ field, column }: Target, value: unknown): SQL {
  if (column.dataType !== 'string' || typeof value !== 'string') {
    throw invalidInput('where', [{ field, message: 'contains is for text' }]);
  }
  const pattern = `%${value.replaceAll(/[\\%_]/g, (wildcard) => `\\${wildcard}`)}%`;
  return sql`${column} like ${pattern} escape '\\'`;
}
