/**
 * The `orderBy` of every repository, and where a page goes on. Every order ends with the id, so it is total: a page
 * follows from the last row of the one before, whatever has been inserted meanwhile.
 */
import { and, asc, desc, eq, gt, isNotNull, isNull, lt, or, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { invalidInput } from './input.ts';
import { comparableColumn, hasTypeOf, type ComparableField } from './row-filter.ts';

export type Direction = 'asc' | 'desc';

type Ordering<T extends SQLiteTable> = { readonly [K in ComparableField<T>]?: Direction };

/** Several fields in one object, or a list of objects: the first decides, the next breaks its ties. */
export type OrderBy<T extends SQLiteTable> = Ordering<T> | readonly Ordering<T>[];

export interface OrderTerm {
  readonly field: string;
  readonly column: SQLiteColumn;
  readonly direction: Direction;
}

/** Without an order rows come by id, which for UUIDv7 is the order of creation. */
export function orderTerms(table: SQLiteTable, orderBy: object = {}): OrderTerm[] {
  const orderings = Array.isArray(orderBy) ? (orderBy as object[]) : [orderBy];
  const terms = orderings.flatMap(Object.entries).map(([field, direction]) => {
    if (direction !== 'asc' && direction !== 'desc') {
      throw invalidInput('orderBy', [{ field, message: 'The direction is asc or desc' }]);
    }
    return { field, column: comparableColumn(table, field, 'orderBy'), direction } satisfies OrderTerm;
  });
  const ofId = terms.findIndex(({ field }) => field === 'id');
  // Nothing is left to sort after the id, and a cursor must end with it.
  if (ofId !== -1) return terms.slice(0, ofId + 1);
  return [...terms, { ...termOfId(table), direction: terms.at(-1)?.direction ?? 'asc' }];
}

export function orderToSql(terms: readonly OrderTerm[]): SQL[] {
  return terms.map(({ column, direction }) => (direction === 'asc' ? asc(column) : desc(column)));
}

/** Names the last row of a page. Opaque, and good only for the order it was made in. */
export function cursorOf(terms: readonly OrderTerm[], row: Readonly<Record<string, unknown>>): string {
  return encodeURIComponent(JSON.stringify([signatureOf(terms), ...terms.map(({ field }) => row[field] ?? null)]));
}

/** The rows after the cursor. */
export function afterCursor(terms: readonly OrderTerm[], cursor: string): SQL | undefined {
  const [signature, ...values] = decoded(cursor);
  const fits =
    signature === signatureOf(terms) &&
    values.length === terms.length &&
    terms.every(({ column }, at) => values[at] === null || hasTypeOf(column, values[at]));
  if (!fits) throw invalidInput('after', [{ field: 'after', message: 'This cursor belongs to another query' }]);
  return rowsAfter(terms, values);
}

function termOfId(table: SQLiteTable) {
  return { field: 'id', column: comparableColumn(table, 'id', 'orderBy') };
}

function signatureOf(terms: readonly OrderTerm[]): string {
  return terms.map(({ field, direction }) => `${field} ${direction}`).join();
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const content: unknown = JSON.parse(decodeURIComponent(cursor));
    if (Array.isArray(content)) return content;
  } catch {
    // Refused below, like any other text that is no cursor.
  }
  throw invalidInput('after', [{ field: 'after', message: 'This is not a cursor' }]);
}

/** Later in the first term, or equal in it and later in the rest. */
function rowsAfter([term, ...rest]: readonly OrderTerm[], [value, ...values]: readonly unknown[]): SQL | undefined {
  if (!term) return undefined;
  const tied = rest.length > 0 ? and(equalTo(term, value), rowsAfter(rest, values)) : undefined;
  return or(beyond(term, value), tied);
}

function equalTo({ column }: OrderTerm, value: unknown): SQL {
  return value === null ? isNull(column) : eq(column, value);
}

/** SQLite sorts NULL below every value. */
function beyond({ column, direction }: OrderTerm, value: unknown): SQL | undefined {
  if (direction === 'asc') return value === null ? isNotNull(column) : gt(column, value);
  if (value === null) return undefined;
  return column.notNull ? lt(column, value) : or(lt(column, value), isNull(column));
}
