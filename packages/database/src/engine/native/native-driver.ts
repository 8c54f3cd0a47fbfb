/**
 * The native engine: better-sqlite3 with the cr-sqlite extension. Statements are better-sqlite3's own; what it lacks,
 * an update hook and an authorizer, is made from temporary triggers and from EXPLAIN.
 */
import type BetterSqlite3 from 'better-sqlite3';
import type { Driver, FunctionOptions, RowUpdate, SqlFunction, Statement, Transaction } from '../driver.ts';
import { isInternalTable } from '../driver.ts';
import { quoteName } from '../quote-name.ts';
import { NativeStatement } from './native-statement.ts';
import { wordsOf } from './sql-words.ts';

interface Opcode {
  readonly opcode: string;
  readonly p2: number;
  readonly p3: number;
}

export class NativeDriver implements Driver {
  readonly engine = 'native';
  readonly name: string;
  readonly #db: BetterSqlite3.Database;
  readonly #onClosed: () => void;
  readonly #listeners = new Set<(update: RowUpdate) => void>();
  readonly #observed = new Set<string>();

  /** `onClosed` runs once the file handle is gone, to give up the owner lock. */
  constructor(db: BetterSqlite3.Database, onClosed: () => void = () => {}) {
    this.#db = db;
    this.name = db.name;
    this.#onClosed = onClosed;
  }

  get open(): boolean {
    return this.#db.open;
  }

  get inTransaction(): boolean {
    return this.#db.open && this.#db.inTransaction;
  }

  prepare(sql: string): Statement {
    return new NativeStatement(this.#db.prepare(sql));
  }

  exec(sql: string): this {
    this.#db.exec(sql);
    return this;
  }

  pragma(source: string, options?: { readonly simple?: boolean }): unknown {
    return this.#db.pragma(source, options);
  }

  transaction<A extends unknown[], R>(body: (...args: A) => R): Transaction<A, R> {
    return this.#db.transaction(body);
  }

  function(name: string, options: FunctionOptions, body: SqlFunction): this {
    this.#db.function(name, options, body as (...args: unknown[]) => unknown);
    return this;
  }

  onUpdate(listener: (update: RowUpdate) => void): () => void {
    this.#listeners.add(listener);
    this.#observeNewTables();
    return () => this.#listeners.delete(listener);
  }

  readsOf(sql: string): ReadonlyMap<string, ReadonlySet<string>> {
    const tables = this.#tablesOpenedBy(sql);
    return new Map([...tables].map((table) => [table, new Set(this.#columnsOf(table))]));
  }

  close(): void {
    if (!this.#db.open) return;
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    this.#db.exec('SELECT crsql_finalize()');
    this.#db.close();
    this.#onClosed();
  }

  /** Temporary triggers call back into JavaScript; they live in this connection only and leave the file alone. */
  #observeNewTables(): void {
    if (this.#observed.size === 0) {
      this.#db.function('tributary_row_updated', { directOnly: false }, (operation, table, rowid) => {
        this.#notify({
          operation: operation as RowUpdate['operation'],
          table: table as string,
          rowid: Number(rowid),
        });
        return null;
      });
    }
    for (const table of this.#ordinaryTables()) {
      if (this.#observed.has(table)) continue;
      this.#observed.add(table);
      const literal = `'${table.replaceAll("'", "''")}'`;
      for (const [operation, row] of [
        ['insert', 'NEW'],
        ['update', 'NEW'],
        ['delete', 'OLD'],
      ] as const) {
        this.#db.exec(
          `CREATE TEMP TRIGGER ${quoteName(`tributary_${operation}_${table}`)}
           AFTER ${operation} ON main.${quoteName(table)}
           BEGIN SELECT tributary_row_updated('${operation}', ${literal}, ${row}.rowid); END`,
        );
      }
    }
  }

  #notify(update: RowUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }

  #ordinaryTables(): string[] {
    const names = this.#db
      .prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0`)
      .pluck()
      .all() as string[];
    return names.filter((name) => !isInternalTable(name));
  }

  /** Root pages name ordinary tables exactly; a virtual table has none, so any that the text mentions counts. */
  #tablesOpenedBy(sql: string): Set<string> {
    const opcodes = this.#explain(sql);
    const rootPages = new Set(
      opcodes.filter(({ opcode, p3 }) => opcode === 'OpenRead' && p3 === 0).map(({ p2 }) => p2),
    );
    const schema = this.#db.prepare(`SELECT type, name, tbl_name, rootpage FROM sqlite_schema`).all() as {
      type: string;
      name: string;
      tbl_name: string;
      rootpage: number;
    }[];
    const usesVirtualTable = opcodes.some(({ opcode }) => opcode === 'VOpen');
    const mentioned = usesVirtualTable ? wordsOf(sql) : new Set<string>();
    return new Set(
      schema
        .filter(({ type, name, rootpage }) =>
          rootpage ? rootPages.has(rootpage) : type === 'table' && mentioned.has(name.toLowerCase()),
        )
        .map(({ tbl_name }) => tbl_name),
    );
  }

  /** better-sqlite3 insists on every parameter and does not say which there are, so they are learned from its complaints. */
  #explain(sql: string): Opcode[] {
    const explain = this.#db.prepare(`EXPLAIN ${sql}`);
    const positional: null[] = [];
    const named: Record<string, null> = {};
    for (;;) {
      try {
        return explain.all(...positional, ...(Object.keys(named).length > 0 ? [named] : [])) as Opcode[];
      } catch (error) {
        const message = (error as Error).message;
        const name = /^Missing named parameter "(.+)"$/.exec(message)?.[1];
        if (name !== undefined) named[name] = null;
        else if (message.startsWith('Missing named parameters')) named['?'] = null;
        else if (message.startsWith('Too few parameter')) positional.push(null);
        else throw error;
      }
    }
  }

  #columnsOf(table: string): string[] {
    return this.#db.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(table) as string[];
  }
}
