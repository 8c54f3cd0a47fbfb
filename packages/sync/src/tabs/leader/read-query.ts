/** Runs what pages ask with SQL, and refuses what would write. */
import type { Driver } from '@tributary/database';
import { TabsError } from '../errors.ts';
import type { Query } from '../messages.ts';
import type { Row } from '../rows.ts';

const CHECKED_QUERIES = 500;

export class ReadQueries {
  readonly #driver: Driver;
  /** Those that were looked at, with the tables that they read. */
  readonly #checked = new Map<string, ReadonlySet<string>>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  rows(query: Query): Row[] {
    const { sql, params } = query;
    this.tablesOf(query);
    return this.#driver
      .prepare(sql)
      .raw()
      .all([...params]) as Row[];
  }

  /** Throws `read_only` for a statement that is no query. */
  tablesOf(query: Query): ReadonlySet<string> {
    const { sql } = query;
    const known = this.#checked.get(sql);
    if (known !== undefined) return known;
    if (!this.#isQuery(query)) throw new TabsError('read_only', `pages only read; this has to be a command: ${sql}`);
    const tables = new Set(this.#driver.readsOf(sql).keys());
    if (this.#checked.size >= CHECKED_QUERIES) this.#checked.clear();
    this.#checked.set(sql, tables);
    return tables;
  }

  /** `WITH` may begin an insert, too, so SQLite is asked whether its program opens the database for writing. */
  #isQuery({ sql, params }: Query): boolean {
    if (!/^\s*(?:select|values|with)\b/i.test(sql)) return false;
    const program = this.#driver
      .prepare(`EXPLAIN ${sql}`)
      .raw()
      .all([...params]) as Opcode[];
    return !program.some(([, opcode, , p2]) => opcode === 'Transaction' && p2 !== 0);
  }
}

type Opcode = [address: number, opcode: string, p1: number, p2: number];
