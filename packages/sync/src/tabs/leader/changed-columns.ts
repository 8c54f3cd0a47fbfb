/**
 * Which columns of a table were changed since it was looked at, by cr-sqlite's clocks: each cell that is written, here or by
 * others' changes, is dated with a version above all that are stored. (`crsql_db_version()` is no such version: it may run
 * ahead of them, and come back.)
 */
import type { Driver, Statement } from '@tributary/database';
import { quoteName, SENTINEL } from '@tributary/database/changes';

interface Clocks {
  readonly changedAfter: Statement;
  readonly latest: Statement;
}

export class ChangedColumns {
  readonly #driver: Driver;
  /** Undefined for tables without clocks that tell. */
  readonly #clocks = new Map<string, Clocks | undefined>();
  readonly #seen = new Map<string, number>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** Since the last call for this table. Undefined where it cannot be told: any may be. */
  take(table: string): ReadonlySet<string> | undefined {
    if (!this.#clocks.has(table)) this.#clocks.set(table, this.#findClocks(table));
    const clocks = this.#clocks.get(table);
    if (clocks === undefined) return undefined;
    const seen = this.#seen.get(table);
    this.#seen.set(table, (clocks.latest.get() as number | null) ?? 0);
    if (seen === undefined) return undefined;
    const columns = clocks.changedAfter.all(seen) as string[];
    return columns.includes(SENTINEL) ? undefined : new Set(columns);
  }

  /** A generated column changes with others, and has no clock of its own. */
  #findClocks(table: string): Clocks | undefined {
    const name = `${table}__crsql_clock`;
    const doTell = this.#driver
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM pragma_table_info($clocks))
            AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo($table) WHERE hidden > 1)`,
      )
      .pluck()
      .get({ clocks: name, table });
    if (doTell !== 1) return undefined;
    const clocks = quoteName(name);
    return {
      changedAfter: this.#driver.prepare(`SELECT DISTINCT col_name FROM ${clocks} WHERE db_version > ?`).pluck(),
      latest: this.#driver.prepare(`SELECT max(db_version) FROM ${clocks}`).pluck(),
    };
  }
}
