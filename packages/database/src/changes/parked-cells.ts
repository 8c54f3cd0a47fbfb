import type { Driver, Statement } from '../engine/driver.ts';
import type { Change, SqlValue } from './change.ts';

/**
 * Cells for tables and columns that this app does not know yet, kept until it does. Of each site the latest cell is
 * enough: a site's later cell always wins over its earlier one.
 */
export class ParkedCells {
  readonly #driver: Driver;
  readonly #add: Statement;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#add = driver.prepare(
      `INSERT INTO sync_parked (table_name, pk, cid, site_id, val, col_version, db_version, cl, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (table_name, pk, cid, site_id) DO UPDATE
         SET val = excluded.val, col_version = excluded.col_version, db_version = excluded.db_version,
             cl = excluded.cl, seq = excluded.seq
         WHERE (excluded.cl, excluded.col_version) >= (cl, col_version)`,
    );
  }

  add({ table, pk, cid, siteId, val, colVersion, dbVersion, cl, seq }: Change): void {
    this.#add.run(table, pk, cid, siteId, val, colVersion, dbVersion, cl, seq);
  }

  /** Removes and returns the cells of what has become known, one table and column at a time. */
  *take(isKnown: (table: string, cid: string) => boolean): Iterable<Change> {
    const kinds = this.#driver.prepare('SELECT DISTINCT table_name, cid FROM sync_parked').raw().all();
    for (const [table, cid] of kinds as [string, string][]) {
      if (isKnown(table, cid)) yield* this.#takeCells(table, cid);
    }
  }

  all(): Change[] {
    const kinds = this.#driver.prepare('SELECT DISTINCT table_name, cid FROM sync_parked').raw().all();
    return (kinds as [string, string][]).flatMap(([table, cid]) => this.#cellsOf(table, cid));
  }

  count(): number {
    return this.#driver.prepare('SELECT count(*) FROM sync_parked').pluck().get() as number;
  }

  #takeCells(table: string, cid: string): Change[] {
    const cells = this.#cellsOf(table, cid);
    this.#driver.prepare('DELETE FROM sync_parked WHERE table_name = ? AND cid = ?').run(table, cid);
    return cells;
  }

  #cellsOf(table: string, cid: string): Change[] {
    const rows = this.#driver
      .prepare(
        `SELECT pk, site_id, val, CAST(col_version AS REAL), CAST(db_version AS REAL), CAST(cl AS REAL), CAST(seq AS REAL)
         FROM sync_parked WHERE table_name = ? AND cid = ? ORDER BY db_version, seq`,
      )
      .raw()
      .safeIntegers()
      .all(table, cid) as [Uint8Array, Uint8Array, SqlValue, number, number, number, number][];
    return rows.map(([pk, siteId, val, colVersion, dbVersion, cl, seq]) => {
      return { table, pk, cid, siteId, val, colVersion, dbVersion, cl, seq };
    });
  }
}
