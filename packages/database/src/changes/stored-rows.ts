/**
 * What a replica holds of one row, in the shape that the fold takes: the clocks from cr-sqlite's clock table, the values
 * from the row itself. `crsql_changes` could say the same, but only by a scan.
 */
import type { Driver, Statement } from '../engine/driver.ts';
import { primaryKeyOf } from '../engine/table-info.ts';
import { quoteName } from '../engine/quote-name.ts';
import { SENTINEL, type SqlValue } from './change.ts';
import { unpackKey } from './packed-key.ts';
import type { ReplicatedTable } from './replicated-table.ts';

export interface StoredClock {
  readonly colVersion: number;
  /** Who made the edit. */
  readonly siteId: Uint8Array;
  /** When it was stored here; of an own edit, also the version it is pushed as. */
  readonly dbVersion: number;
  readonly seq: number;
}

export interface StoredCell extends StoredClock {
  readonly val: SqlValue;
}

export interface StoredRow {
  readonly sentinel: StoredClock | undefined;
  readonly cells: ReadonlyMap<string, StoredCell>;
}

export class StoredRows {
  readonly #driver: Driver;
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #statements = new Map<string, RowStatements>();

  constructor(driver: Driver, tables: ReadonlyMap<string, ReplicatedTable>) {
    this.#driver = driver;
    this.#tables = tables;
  }

  /** Undefined for a row that was never seen, and for a table that is unknown here. */
  find(table: string, pk: Uint8Array): StoredRow | undefined {
    const statements = this.#statementsOf(table);
    if (statements === undefined) return undefined;
    const key = unpackKey(pk);
    const clocks = statements.clocks.all(key) as ClockRow[];
    if (clocks.length === 0) return undefined;

    let sentinel: StoredClock | undefined;
    const cells = new Map<string, StoredCell>();
    const values = statements.values.get(key) as SqlValue[] | undefined;
    for (const [cid, colVersion, siteId, dbVersion, seq] of clocks) {
      const clock = { colVersion, siteId, dbVersion, seq };
      if (cid === SENTINEL) sentinel = clock;
      else cells.set(cid, { ...clock, val: values?.[statements.columns.indexOf(cid)] ?? null });
    }
    return { sentinel, cells };
  }

  #statementsOf(table: string): RowStatements | undefined {
    const known = this.#tables.get(table);
    if (known === undefined) return undefined;
    let statements = this.#statements.get(table);
    if (statements === undefined) {
      statements = prepareFor(this.#driver, known);
      this.#statements.set(table, statements);
    }
    return statements;
  }
}

interface RowStatements {
  readonly columns: readonly string[];
  readonly clocks: Statement;
  readonly values: Statement;
}

type ClockRow = [cid: string, colVersion: number, siteId: Uint8Array, dbVersion: number, seq: number];

function prepareFor(driver: Driver, { name, columns }: ReplicatedTable): RowStatements {
  const isThisRow = primaryKeyOf(driver, name)
    .map((column) => `${quoteName(column)} = ?`)
    .join(' AND ');
  const selected = columns.size > 0 ? [...columns.keys()].map(quoteName).join(', ') : 'NULL';
  return {
    columns: [...columns.keys()],
    clocks: driver
      .prepare(
        `SELECT c.col_name, CAST(c.col_version AS REAL), s.site_id, CAST(c.db_version AS REAL), CAST(c.seq AS REAL)
         FROM ${quoteName(`${name}__crsql_pks`)} p
         JOIN ${quoteName(`${name}__crsql_clock`)} c ON c.key = p.__crsql_key
         LEFT JOIN crsql_site_id s ON s.ordinal = c.site_id
         WHERE ${isThisRow}`,
      )
      .raw(),
    values: driver
      .prepare(`SELECT ${selected} FROM ${quoteName(name)} WHERE ${isThisRow}`)
      .raw()
      .safeIntegers(),
  };
}
