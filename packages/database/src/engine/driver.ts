/**
 * The one port to SQLite: synchronous, in better-sqlite3's shape, so that `drizzle-orm/better-sqlite3` and every layer
 * above run unchanged on each engine. `runDriverTests` (./testing) is the contract in executable form.
 *
 * Values keep their SQLite type both ways: a bound `number` is REAL and a bound `bigint` is INTEGER (column affinity
 * then applies, as for any SQL literal). Read back, INTEGER is a `number`, or a `bigint` in `safeIntegers` mode.
 */
export type BindValue = null | undefined | number | bigint | string | Uint8Array;

/** Positional values, an array of them, or one object of named values. */
export type BindParameter = BindValue | readonly BindValue[] | Readonly<Record<string, BindValue>>;

/** A value as SQLite stored it. `bigint` appears only in `safeIntegers` mode. */
export type ColumnValue = null | number | bigint | string | Uint8Array;

export interface RunResult {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

export interface Statement {
  readonly source: string;
  /** Whether the statement returns rows; `get`, `all` and `iterate` refuse one that does not. */
  readonly reader: boolean;
  run(...parameters: BindParameter[]): RunResult;
  get(...parameters: BindParameter[]): unknown;
  all(...parameters: BindParameter[]): unknown[];
  iterate(...parameters: BindParameter[]): IterableIterator<unknown>;
  /** Rows as arrays. */
  raw(on?: boolean): this;
  /** Rows as their first column. */
  pluck(on?: boolean): this;
  /** INTEGER as `bigint`, exact over the whole int64 range. */
  safeIntegers(on?: boolean): this;
  columns(): readonly { readonly name: string }[];
}

export type TransactionMode = 'deferred' | 'immediate' | 'exclusive';

/** Called inside another transaction it becomes a savepoint. An exception rolls back what it did, and only that. */
export type Transaction<A extends unknown[], R> = ((...args: A) => R) & {
  readonly [mode in TransactionMode | 'default']: (...args: A) => R;
};

export interface FunctionOptions {
  readonly deterministic?: boolean;
  readonly varargs?: boolean;
  readonly safeIntegers?: boolean;
}

export type SqlFunction = (...args: ColumnValue[]) => BindValue;

export interface RowUpdate {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly rowid: number;
}

export type EngineName = 'wasm' | 'native';

export interface Driver {
  readonly engine: EngineName;
  /** The path it was opened with, or `:memory:`. */
  readonly name: string;
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare(sql: string): Statement;
  exec(sql: string): this;
  pragma(source: string, options?: { readonly simple?: boolean }): unknown;
  transaction<A extends unknown[], R>(body: (...args: A) => R): Transaction<A, R>;
  function(name: string, options: FunctionOptions, body: SqlFunction): this;
  /**
   * The update hook: every row inserted, updated or deleted in an ordinary table, also by an applied change, before its
   * transaction commits. It knows the tables that exist when it is added; cr-sqlite's own tables are left out.
   * Returns what removes it.
   */
  onUpdate(listener: (update: RowUpdate) => void): () => void;
  /**
   * The authorizer's answer to "what does this query read?": table → columns. A superset where the engine cannot tell
   * exactly, never less, so that a live query is never stale.
   */
  readsOf(sql: string): ReadonlyMap<string, ReadonlySet<string>>;
  close(): void;
}

/** cr-sqlite's and SQLite's bookkeeping, which no application table may be named like. */
export function isInternalTable(table: string): boolean {
  return /__crsql_|^crsql_|^sqlite_/.test(table);
}
