/**
 * Which tables were written to, told once for each commit. SQLite tells of rows before their transaction commits, but all
 * that runs on a replica is synchronous: once what runs is over, its transactions are, too.
 *
 * What a failed `attempt` has written was rolled back, and is not told. Where others write and fail, they are told for
 * nothing, and a query that is run again finds nothing new.
 */
import type { Driver } from '@tributary/database';
import type { Clock } from '../../client/clock.ts';

export class DirtyTables {
  readonly #driver: Driver;
  readonly #clock: Clock;
  readonly #committed: (tables: ReadonlySet<string>) => void;
  readonly #stopListening: () => void;
  #written = new Set<string>();
  #isScheduled = false;
  #shadows: ReadonlyMap<string, string> | undefined;

  constructor(driver: Driver, clock: Clock, committed: (tables: ReadonlySet<string>) => void) {
    this.#driver = driver;
    this.#clock = clock;
    this.#committed = committed;
    this.#stopListening = driver.onUpdate(({ table }) => {
      this.#written.add(table);
      this.#schedule();
    });
  }

  /** For what is one transaction: takes back what it wrote when it throws. */
  attempt<R>(body: () => R): R {
    const before = new Set(this.#written);
    try {
      return body();
    } catch (error) {
      this.#written = before;
      throw error;
    }
  }

  /** Tells now, if no transaction is open. */
  flush(): void {
    if (this.#written.size === 0 || !this.#driver.open || this.#driver.inTransaction) return;
    const tables = new Set([...this.#written].map((table) => this.#ownerOf(table)));
    this.#written.clear();
    this.#committed(tables);
  }

  close(): void {
    this.#stopListening();
    this.#written.clear();
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
