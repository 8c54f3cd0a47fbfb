/**
 * What was written, told once for each commit. SQLite tells of rows before their transaction commits, but all that runs on
 * a replica is synchronous: once what runs is over, its transactions are, too.
 *
 * SQLite says which tables; where rows of a replicated table were only updated, cr-sqlite's clocks say which columns.
 *
 * What a failed `attempt` has written was rolled back, and is not told. Where others write and fail, they are told for
 * nothing, and a query that is run again finds nothing new.
 */
import type { Driver } from '@tributary/database';
import type { Clock } from '../../client/clock.ts';
import { ChangedColumns, type DatedReplica } from './changed-columns.ts';

/** The columns of each table; undefined: all of them, as rows came or went. */
export type Written = ReadonlyMap<string, ReadonlySet<string> | undefined>;

export class DirtyTables {
  readonly #driver: Driver;
  readonly #clock: Clock;
  readonly #committed: (written: Written) => void;
  readonly #columns: ChangedColumns;
  readonly #stopListening: () => void;
  /** Whether rows came or went, by table. */
  #touched = new Map<string, boolean>();
  #isScheduled = false;
  #shadows: ReadonlyMap<string, string> | undefined;

  constructor(replica: DatedReplica, clock: Clock, committed: (written: Written) => void) {
    this.#driver = replica.sqlite;
    this.#clock = clock;
    this.#committed = committed;
    this.#columns = new ChangedColumns(replica);
    this.#stopListening = this.#driver.onUpdate(({ operation, table }) => {
      if (operation !== 'update') this.#touched.set(table, true);
      else if (!this.#touched.has(table)) this.#touched.set(table, false);
      this.#schedule();
    });
  }

  /** For what is one transaction: takes back what it wrote when it throws. */
  attempt<R>(body: () => R): R {
    const before = new Map(this.#touched);
    try {
      return body();
    } catch (error) {
      this.#touched = before;
      throw error;
    }
  }

  /** Tells now, if no transaction is open. */
  flush(): void {
    if (this.#touched.size === 0 || !this.#driver.open || this.#driver.inTransaction) return;
    const written = new Map<string, ReadonlySet<string> | undefined>();
    for (const [table, hasOtherRows] of this.#touched) {
      const columns = this.#columns.take(table);
      written.set(this.#ownerOf(table), hasOtherRows ? undefined : columns);
    }
    this.#touched.clear();
    this.#committed(written);
  }

  close(): void {
    this.#stopListening();
    this.#touched.clear();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.defer(() => this.#due());
  }

  #due(): void {
    if (this.#driver.open && this.#driver.inTransaction) {
      this.#clock.yield(() => this.#due());
      return;
    }
    this.#isScheduled = false;
    this.flush();
  }

  /** A full-text index writes to tables of its own, which no query names. */
  #ownerOf(table: string): string {
    if (!/_(?:content|data|docsize|idx|config)$/.test(table)) return table;
    this.#shadows ??= shadowTables(this.#driver);
    return this.#shadows.get(table) ?? table;
  }
}

function shadowTables(driver: Driver): Map<string, string> {
  const rows = driver
    .prepare(`SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')`)
    .raw()
    .all() as [name: string, type: string][];
  const virtual = rows.filter(([, type]) => type === 'virtual').map(([name]) => name);
  const shadows = rows.filter(([, type]) => type === 'shadow').map(([name]) => name);
  return new Map(
    shadows.flatMap((shadow) => {
      const owners = virtual.filter((name) => shadow.startsWith(`${name}_`));
      const owner = owners.toSorted((a, b) => b.length - a.length)[0];
      return owner === undefined ? [] : [[shadow, owner] as const];
    }),
  );
}
