/**
 * The wasm engine: better-sqlite3's surface over the synchronous cr-sqlite build, for any Vfs.
 *
 * File databases are `journal_mode=WAL, locking_mode=EXCLUSIVE, synchronous=FULL`: a commit is on disk when it returns.
 */
import { makeDurable } from '../durability.ts';
import type { Driver, FunctionOptions, RowUpdate, SqlFunction, Statement, Transaction } from '../driver.ts';
import { isInternalTable } from '../driver.ts';
import { beginningDatabase } from '../new-database.ts';
import { createTransaction } from '../transaction.ts';
import { Connection } from './connection.ts';
import { WasmInstance } from './instance.ts';
import { StatementPool } from './statement-pool.ts';
import type { Vfs } from './vfs.ts';
import { WasmStatement, type StatementHost } from './wasm-statement.ts';

export interface WasmDriverOptions {
  readonly module: WebAssembly.Module;
  readonly vfs: Vfs;
  /** A path as the Vfs understands it, or `:memory:`. */
  readonly path: string;
  /** Of a database that is made now; 0, nobody's, by default. */
  readonly applicationId?: number | undefined;
}

const POOLED_STATEMENTS = 256;
const AUTHORIZE_READ = 20;
const OPERATIONS: Readonly<Record<number, RowUpdate['operation']>> = { 18: 'insert', 23: 'update', 9: 'delete' };

export class WasmDriver implements Driver, StatementHost {
  readonly engine = 'wasm';
  readonly name: string;
  readonly connection: Connection;
  readonly pool: StatementPool;
  readonly #listeners = new Set<(update: RowUpdate) => void>();
  #reads: Map<string, Set<string>> | undefined;
  #hasAuthorizer = false;

  constructor({ module, vfs, path, applicationId = 0 }: WasmDriverOptions) {
    this.name = path;
    const instance = new WasmInstance(module, beginningDatabase(vfs, { path, applicationId }));
    this.connection = new Connection(instance);
    this.pool = new StatementPool(this.connection, POOLED_STATEMENTS);
    const isMemory = path === ':memory:';
    try {
      this.connection.open(path, isMemory ? undefined : vfs.name);
      this.exec('PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000');
      if (!isMemory) makeDurable(this);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get open(): boolean {
    return this.connection.isOpen;
  }

  get inTransaction(): boolean {
    return this.connection.inTransaction;
  }

  prepare(sql: string): Statement {
    this.assertUsable();
    return new WasmStatement(this, sql);
  }

  exec(sql: string): this {
    this.assertUsable();
    this.connection.exec(sql);
    this.pool.clear();
    return this;
  }

  pragma(source: string, options?: { readonly simple?: boolean }): unknown {
    const statement = this.prepare(`PRAGMA ${source}`);
    if (!statement.reader) {
      statement.run();
      return options?.simple ? undefined : [];
    }
    return options?.simple ? statement.pluck().get() : statement.all();
  }

  transaction<A extends unknown[], R>(body: (...args: A) => R): Transaction<A, R> {
    return createTransaction(this, body);
  }

  function(name: string, options: FunctionOptions, body: SqlFunction): this {
    this.assertUsable();
    const { deterministic = false, varargs = false, safeIntegers = false } = options;
    this.connection.createFunction({ name, body, deterministic, varargs, safeIntegers });
    return this;
  }

  onUpdate(listener: (update: RowUpdate) => void): () => void {
    if (this.#listeners.size === 0) {
      this.connection.instance.callbacks.updated = (operation, table, rowid) => this.#updated(operation, table, rowid);
      this.connection.installUpdateHook();
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readsOf(sql: string): ReadonlyMap<string, ReadonlySet<string>> {
    this.assertUsable();
    if (!this.#hasAuthorizer) {
      this.connection.instance.callbacks.authorize = (action, table, column) => this.#authorize(action, table, column);
      this.connection.installAuthorizer();
      this.#hasAuthorizer = true;
    }
    const reads = new Map<string, Set<string>>();
    this.#reads = reads;
    try {
      this.connection.finalize(this.connection.compile(sql));
    } finally {
      this.#reads = undefined;
    }
    return reads;
  }

  close(): void {
    if (this.connection.instance.isPoisoned) {
      this.connection.abandon();
      return;
    }
    if (!this.open) return;
    if (this.inTransaction) this.exec('ROLLBACK');
    // cr-sqlite holds statements of its own, and SQLite does not close while any is open.
    this.exec('SELECT crsql_finalize()');
    this.pool.clear();
    this.connection.close();
  }

  assertUsable(): void {
    if (!this.open) throw new TypeError('The database connection is not open');
    this.connection.instance.assertSound();
  }

  schemaChanged(): void {
    this.pool.clear();
  }

  #updated(operation: number, table: number, rowid: number): void {
    if (this.#listeners.size === 0) return;
    try {
      const name = this.connection.heap.cString(table);
      if (isInternalTable(name)) return;
      const update = { operation: OPERATIONS[operation] ?? 'update', table: name, rowid };
      for (const listener of this.#listeners) listener(update);
    } catch (error) {
      this.connection.keep(error);
    }
  }

  #authorize(action: number, table: number, column: number): number {
    if (action !== AUTHORIZE_READ || this.#reads === undefined) return 0;
    const name = this.connection.heap.cString(table);
    const columns = this.#reads.get(name) ?? new Set();
    if (column !== 0) columns.add(this.connection.heap.cString(column));
    this.#reads.set(name, columns);
    return 0;
  }
}
