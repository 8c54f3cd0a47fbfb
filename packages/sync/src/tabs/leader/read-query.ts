/** Runs what pages ask with SQL, and refuses what would write. */
import type { Driver } from '@tributary/database';
import { TabsError } from '../errors.ts';
import type { Query } from '../messages.ts';
import type { Row } from '../rows.ts';

/** The columns that a query reads, by table. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>;

const CHECKED_QUERIES = 500;

export class ReadQueries {
  readonly #driver: Driver;
  /** Those that were looked at, with what they read. */
  readonly #checked = new Map<string, Reads>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  rows(query: Query): Row[] {
    const { sql, params } = query;
    this.readsOf(query);
    return this.#driver
      .prepare(sql)
      .raw()
      .all([...params]) as Row[];
  }

  /** Throws `read_only` for a statement that is no query. */
  readsOf(query: Query): Reads {
    const { sql } = query;
    const known = this.#checked.get(sql);
    if (known !== undefined) return known;
    if (!this.#isQuery(query)) throw new TabsError('read_only', `pages only read; this has to be a command: ${sql}`);
    const reads = this.#driver.readsOf(sql);
    if (this.#checked.size >= CHECKED_QUERIES) this.#checked.clear();
    this.#checked.set(sql, reads);
    return reads;
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
