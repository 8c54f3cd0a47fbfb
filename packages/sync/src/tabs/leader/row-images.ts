/**
 * What rows held before a command touched them, for undo. SQLite tells which rows are written, but not what was in them, so
 * temporary triggers hand the old row to JavaScript while a command runs. They live in this connection alone, and are
 * silent while others' changes are applied.
 */
import type { AnyReplica, Driver } from '@tributary/database';
import { quoteName, type ReplicatedTable, type SqlValue } from '@tributary/database/changes';
import { compareValues } from '../../merge/index.ts';
import type { Cells, RowEdit } from './undo-record.ts';

const KEEP_ROW = 'tributary_row_before';

/** SQLite's own limit for a function is 100 or more. */
const MAX_ARGUMENTS = 100;

export class RowImages {
  readonly #driver: Driver;
  readonly #tables = new Map<string, ReplicatedTable>();
  /** By table and key, what was there before; null for no row. */
  #images: Map<string, RowImage> | undefined;
  #isPrepared = false;

  constructor(replica: AnyReplica, tables: readonly string[]) {
    this.#driver = replica.sqlite;
    for (const name of tables) {
      const table = replica.replicatedTable(name);
      if (table && 2 + table.keyColumns.length + table.columns.size <= MAX_ARGUMENTS) this.#tables.set(name, table);
    }
    this.#driver.function(KEEP_ROW, { varargs: true, safeIntegers: true }, (table, existed, ...values) => {
      if (this.#images && typeof table === 'string') this.#keep(this.#images, table, existed === 1n, values);
      return null;
    });
  }

  /** Before the first edit, outside a transaction: replicas that only receive do without. */
  prepare(): void {
    if (this.#isPrepared) return;
    this.#driver.exec([...this.#tables.values()].map(triggersOf).join('\n'));
    this.#isPrepared = true;
  }

  /** Runs what edits, and says what that changed in replicated tables. */
  during<R>(body: () => R): { readonly result: R; readonly edits: RowEdit[] } {
    const images = new Map<string, RowImage>();
    this.#images = images;
    try {
      const result = body();
      this.#images = undefined;
      return { result, edits: [...images.values()].flatMap((image) => this.#editOf(image) ?? []) };
    } finally {
      this.#images = undefined;
    }
  }

  /** The row's columns outside its key; null where there is none. */
  read(table: ReplicatedTable, key: readonly SqlValue[]): Cells | null {
    const columns = [...table.columns.keys()];
    const selected = columns.length > 0 ? columns.map(quoteName).join(', ') : 'NULL';
    const isRow = table.keyColumns.map((column) => `${quoteName(column)} = ?`).join(' AND ');
    const row = this.#driver
      .prepare(`SELECT ${selected} FROM ${quoteName(table.name)} WHERE ${isRow}`)
      .raw()
      .safeIntegers()
      .get([...key]) as SqlValue[] | undefined;
    return row === undefined ? null : cellsOf(columns, row);
  }

  #keep(images: Map<string, RowImage>, name: string, existed: boolean, values: readonly SqlValue[]): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    const key = values.slice(0, table.keyColumns.length);
    const id = `${name} ${JSON.stringify(key, textOfValue)}`;
    if (images.has(id)) return;
    const before = existed ? cellsOf([...table.columns.keys()], values.slice(key.length)) : null;
    images.set(id, { table, key, before });
  }

  #editOf({ table, key, before }: RowImage): RowEdit | undefined {
    const after = this.read(table, key);
    if (before === null || after === null) {
      return before === after ? undefined : { table: table.name, key, before, after };
    }
    const changed = Object.keys(before).filter((column) => !isSame(before[column], after[column]));
    if (changed.length === 0) return undefined;
    return { table: table.name, key, before: pick(before, changed), after: pick(after, changed) };
  }
}

export function isSame(one: SqlValue | undefined, other: SqlValue | undefined): boolean {
  return one === undefined || other === undefined ? one === other : compareValues(one, other) === 0;
}

interface RowImage {
  readonly table: ReplicatedTable;
  readonly key: readonly SqlValue[];
  readonly before: Cells | null;
}

/** After an insert, because before it an upsert does not yet know what it will be. */
function triggersOf({ name, keyColumns, columns }: ReplicatedTable): string {
  const isOurs = 'WHEN crsql_internal_sync_bit() = 0';
  const old = [...keyColumns, ...columns.keys()].map((column) => `OLD.${quoteName(column)}`).join(', ');
  const key = keyColumns.map((column) => `NEW.${quoteName(column)}`).join(', ');
  const literal = `'${name.replaceAll("'", "''")}'`;
  const on = (event: string, values: string) =>
    `CREATE TEMP TRIGGER ${quoteName(`row_${event}:${name}`)} ${event} ON main.${quoteName(name)} ${isOurs}
     BEGIN SELECT ${KEEP_ROW}(${literal}, ${values}); END;`;
  return [on('AFTER INSERT', `0, ${key}`), on('BEFORE UPDATE', `1, ${old}`), on('BEFORE DELETE', `1, ${old}`)].join(
    '\n',
  );
}

function cellsOf(columns: readonly string[], values: readonly SqlValue[]): Cells {
  return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]));
}

function pick(cells: Cells, columns: readonly string[]): Cells {
  return Object.fromEntries(columns.map((column) => [column, cells[column] ?? null]));
}

function textOfValue(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
