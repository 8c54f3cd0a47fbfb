/** Reading rows of one table: filter, order, trash, limits and pages. */
import { and, count, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { limitField } from './field-rules.ts';
import { parseInput } from './input.ts';
import { comparableColumn, whereToSql, type Where } from './row-filter.ts';
import { afterCursor, cursorOf, orderTerms, orderToSql, type OrderBy } from './row-order.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

/** Whether rows in the trash are part of the answer. */
export type Trash = 'without' | 'with' | 'only';

export interface CountQuery<T extends SQLiteTable> {
  readonly where?: Where<T>;
  /** `without` by default. */
  readonly trash?: Trash;
}

export interface RowQuery<T extends SQLiteTable> extends CountQuery<T> {
  readonly orderBy?: OrderBy<T>;
  readonly limit?: number;
  readonly offset?: number;
}

export interface PageQuery<T extends SQLiteTable> extends CountQuery<T> {
  readonly orderBy?: OrderBy<T>;
  /** 50 by default, 1,000 at most. */
  readonly pageSize?: number;
  /** The `next` of the page before, with the same `orderBy`. */
  readonly after?: string;
}

export interface Page<R> {
  readonly items: readonly R[];
  /** Absent on the last page. */
  readonly next?: string;
}

type UntypedRow = Readonly<Record<string, unknown>>;

export class RowReader {
  readonly #replica: WorkspaceReplica;
  readonly #table: SQLiteTable;
  readonly #deletedAt: SQLiteColumn;

  constructor(replica: WorkspaceReplica, table: SQLiteTable) {
    this.#replica = replica;
    this.#table = table;
    this.#deletedAt = comparableColumn(table, 'deletedAt', 'trash');
  }

  find(query: unknown): UntypedRow[] {
    const { where, trash, orderBy, limit, offset } = parseInput(rowQuery, query, 'the query');
    return this.#select(this.#condition(where, trash))
      .orderBy(...orderToSql(orderTerms(this.#table, orderBy)))
      .limit(limit ?? NO_LIMIT)
      .offset(offset)
      .all();
  }

  count(query: unknown): number {
    const { where, trash } = parseInput(countQuery, query, 'the query');
    const condition = this.#condition(where, trash);
    return this.#replica.db.select({ rows: count() }).from(this.#table).where(condition).get()?.rows ?? 0;
  }

  page(query: unknown): Page<UntypedRow> {
    const { where, trash, orderBy, pageSize, after } = parseInput(pageQuery, query, 'the query');
    const terms = orderTerms(this.#table, orderBy);
    const start = after === undefined ? undefined : afterCursor(terms, after);
    // One row more than the page tells whether there is another.
    const rows = this.#select(and(this.#condition(where, trash), start))
      .orderBy(...orderToSql(terms))
      .limit(pageSize + 1)
      .all();
    const items = rows.slice(0, pageSize);
    const last = items.at(-1);
    return rows.length > pageSize && last ? { items, next: cursorOf(terms, last) } : { items };
  }

  #select(condition: SQL | undefined) {
    return this.#replica.db.select().from(this.#table).where(condition).$dynamic();
  }

  #condition(where: object, trash: Trash): SQL | undefined {
    return and(whereToSql(this.#table, where), this.#trashCondition(trash));
  }

  #trashCondition(trash: Trash): SQL | undefined {
    if (trash === 'with') return undefined;
    return trash === 'only' ? isNotNull(this.#deletedAt) : isNull(this.#deletedAt);
  }
}

/** SQLite has no OFFSET without a LIMIT. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

export const trashField = rule.withDefault(rule.oneOf(['without', 'with', 'only']), 'without');

const orderField = rule.optional(rule.checkedBy(isOrder));

const countFields = { where: rule.withDefault(rule.anyObject, {}), trash: trashField };

const countQuery = rule.object(countFields);

const rowQuery = rule.object({
  ...countFields,
  orderBy: orderField,
  limit: rule.optional(limitField),
  offset: rule.withDefault(rule.integer({ min: 0 }), 0),
});

const pageQuery = rule.object({
  ...countFields,
  orderBy: orderField,
  pageSize: rule.withDefault(rule.integer({ min: 1, max: MAX_PAGE_SIZE }), DEFAULT_PAGE_SIZE),
  after: rule.optional(rule.text()),
});

function isOrder(orderBy: unknown): orderBy is object {
  const orderings = Array.isArray(orderBy) ? orderBy : [orderBy];
  return orderings.every((ordering) => 'value' in rule.anyObject(ordering));
}
