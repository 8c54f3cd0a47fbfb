import type { BindParameter, BindValue, ColumnValue, RunResult, Statement } from '../driver.ts';
import type { SqliteExports } from './build.ts';
import type { Connection, Handle } from './connection.ts';
import type { Heap } from './heap.ts';
import { assignParameters } from './parameters.ts';
import { DONE, ROW } from './result-codes.ts';
import type { StatementPool } from './statement-pool.ts';
import { BLOB, FLOAT, INTEGER, STATIC, TEXT, TRANSIENT } from './storage-classes.ts';

type RowShape = 'object' | 'raw' | 'pluck';

/** What a statement needs of its driver. */
export interface StatementHost {
  readonly connection: Connection;
  readonly pool: StatementPool;
  /** Throws unless the database is open and its engine sound. */
  assertUsable(): void;
  /** The statement changed the schema. */
  schemaChanged(): void;
}

export class WasmStatement implements Statement {
  readonly source: string;
  readonly reader: boolean;
  readonly #host: StatementHost;
  readonly #exports: SqliteExports;
  readonly #heap: Heap;
  readonly #changesSchema: boolean;
  #handle: Handle;
  #shape: RowShape = 'object';
  #safeIntegers = false;
  #isIterating = false;

  /** Compiles at once, so that bad SQL fails here. */
  constructor(host: StatementHost, sql: string) {
    this.source = sql;
    this.#host = host;
    this.#exports = host.connection.instance.exports;
    this.#heap = host.connection.heap;
    this.#handle = host.pool.borrow(sql);
    this.reader = this.#handle.isReader;
    this.#changesSchema = changesSchema(sql);
    if (this.#handle.isExtra) host.pool.giveBack(this.#handle);
  }

  run(...parameters: BindParameter[]): RunResult {
    const { connection } = this.#host;
    const mark = this.#heap.mark();
    const handle = this.#start(parameters, STATIC);
    try {
      const before = connection.totalChanges;
      while (this.#step(handle));
      this.#reset(handle);
      const changed = connection.totalChanges !== before;
      return { changes: changed ? connection.changes : 0, lastInsertRowid: this.#lastInsertRowid() };
    } finally {
      this.#finish(handle, mark);
      if (this.#changesSchema) this.#host.schemaChanged();
    }
  }

  get(...parameters: BindParameter[]): unknown {
    this.#assertReader();
    const mark = this.#heap.mark();
    const handle = this.#start(parameters, STATIC);
    try {
      const row = this.#step(handle) ? this.#row(handle) : undefined;
      this.#reset(handle);
      return row;
    } finally {
      this.#finish(handle, mark);
    }
  }

  all(...parameters: BindParameter[]): unknown[] {
    this.#assertReader();
    const mark = this.#heap.mark();
    const handle = this.#start(parameters, STATIC);
    try {
      const rows: unknown[] = [];
      while (this.#step(handle)) rows.push(this.#row(handle));
      this.#reset(handle);
      return rows;
    } finally {
      this.#finish(handle, mark);
    }
  }

  iterate(...parameters: BindParameter[]): IterableIterator<unknown> {
    this.#assertReader();
    return this.#rows(parameters);
  }

  raw(on = true): this {
    return this.#setShape('raw', on);
  }

  pluck(on = true): this {
    return this.#setShape('pluck', on);
  }

  safeIntegers(on = true): this {
    this.#safeIntegers = on;
    return this;
  }

  columns(): readonly { readonly name: string }[] {
    this.#assertReader();
    const handle = this.#lease();
    const columns = this.#columnNames(handle).map((name) => ({ name }));
    if (handle.isExtra) this.#host.pool.giveBack(handle);
    return columns;
  }

  /** Takes its handle with the first row, so that an iterator nobody uses holds nothing. */
  *#rows(parameters: readonly BindParameter[]): IterableIterator<unknown> {
    const mark = this.#heap.mark();
    // Other statements run between two rows, so SQLite must keep its own copy of the parameters.
    const handle = this.#start(parameters, TRANSIENT);
    this.#heap.release(mark);
    this.#isIterating = true;
    try {
      while (this.#step(handle)) yield this.#row(handle);
    } finally {
      this.#isIterating = false;
      if (handle.isLive && this.#host.connection.isOpen) this.#exports.reset(handle.pointer);
      this.#host.pool.giveBack(handle);
    }
  }

  #lease(): Handle {
    if (!this.#handle.isLive || this.#handle.isLent) this.#handle = this.#host.pool.borrow(this.source);
    return this.#handle;
  }

  #start(parameters: readonly BindParameter[], destructor: number): Handle {
    this.#host.assertUsable();
    if (this.#isIterating) throw new TypeError('This statement is busy executing a query');
    const handle = this.#lease();
    handle.isLent = true;
    const mark = this.#heap.mark();
    try {
      const values = assignParameters(handle, parameters);
      for (let i = 0; i < values.length; i++) this.#bind(handle, i + 1, values[i], destructor);
    } catch (error) {
      this.#heap.release(mark);
      this.#host.pool.giveBack(handle);
      throw error;
    }
    return handle;
  }

  #finish(handle: Handle, mark: number): void {
    this.#heap.release(mark);
    this.#host.pool.giveBack(handle);
  }

  #bind(handle: Handle, index: number, value: BindValue, destructor: number): void {
    const exports = this.#exports;
    const { pointer } = handle;
    let code: number;
    if (typeof value === 'string') {
      const text = this.#heap.putText(value);
      code = exports.bind_text(pointer, index, text, this.#heap.lastLength, destructor);
    } else if (typeof value === 'number') {
      code = exports.bind_double(pointer, index, value);
    } else if (value === null || value === undefined) {
      code = exports.bind_null(pointer, index);
    } else if (typeof value === 'bigint') {
      if (BigInt.asIntN(64, value) !== value) throw new RangeError('The bound bigint is too big for SQLite');
      code = exports.bind_int64(pointer, index, Number(BigInt.asIntN(32, value)), Number(value >> 32n));
    } else if (value instanceof Uint8Array) {
      const blob = this.#heap.putBlob(value);
      code = exports.bind_blob(pointer, index, blob, this.#heap.lastLength, destructor);
    } else {
      throw new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null');
    }
    if (code !== 0) throw this.#host.connection.failure(code);
  }

  /** True for a row, false at the end. */
  #step(handle: Handle): boolean {
    const { connection } = this.#host;
    let code: number;
    try {
      code = this.#exports.step(handle.pointer);
    } catch (error) {
      throw connection.instance.poison(error);
    }
    if (code === ROW) return true;
    if (code === DONE) return false;
    const error = connection.failure(code);
    this.#exports.reset(handle.pointer);
    throw error;
  }

  #reset(handle: Handle): void {
    const { connection } = this.#host;
    const code = connection.guarded(() => this.#exports.reset(handle.pointer));
    if (code !== 0) throw connection.failure(code);
    connection.rethrow();
  }

  #row(handle: Handle): unknown {
    if (this.#shape === 'pluck') return this.#column(handle.pointer, 0);
    const names = this.#columnNames(handle);
    if (this.#shape === 'raw') {
      const row = new Array<ColumnValue>(names.length);
      for (let i = 0; i < names.length; i++) row[i] = this.#column(handle.pointer, i);
      return row;
    }
    const row: Record<string, ColumnValue> = {};
    for (let i = 0; i < names.length; i++) row[names[i] as string] = this.#column(handle.pointer, i);
    return row;
  }

  #column(pointer: number, index: number): ColumnValue {
    const exports = this.#exports;
    switch (exports.column_type(pointer, index)) {
      case INTEGER: {
        if (!this.#safeIntegers) return exports.column_double(pointer, index);
        const low = exports.column_int64(pointer, index);
        const high = exports.highHalf();
        return low >> 31 === high ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low >>> 0);
      }
      case FLOAT:
        return exports.column_double(pointer, index);
      case TEXT: {
        const text = exports.column_text(pointer, index);
        return this.#heap.text(text, exports.column_bytes(pointer, index));
      }
      case BLOB: {
        const blob = exports.column_blob(pointer, index);
        return this.#heap.blob(blob, exports.column_bytes(pointer, index));
      }
      default:
        return null;
    }
  }

  #columnNames(handle: Handle): readonly string[] {
    if (handle.columnNames !== undefined) return handle.columnNames;
    const count = this.#exports.column_count(handle.pointer);
    handle.columnNames = Array.from({ length: count }, (_, index) =>
      this.#heap.cString(this.#exports.column_name(handle.pointer, index)),
    );
    return handle.columnNames;
  }

  #lastInsertRowid(): number | bigint {
    const rowid = this.#host.connection.lastInsertRowid;
    return this.#safeIntegers ? BigInt(rowid) : rowid;
  }

  #setShape(shape: RowShape, on: boolean): this {
    this.#assertReader();
    this.#shape = on ? shape : 'object';
    return this;
  }

  #assertReader(): void {
    if (!this.reader) throw new TypeError('This statement does not return data. Use run() instead');
  }
}

function changesSchema(sql: string): boolean {
  return /^\s*(?:create|alter|drop|reindex|vacuum|attach|detach|analyze)\b/i.test(sql);
}
