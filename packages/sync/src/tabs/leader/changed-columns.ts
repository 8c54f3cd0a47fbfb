/**
 * Which columns of a table were changed since it was looked at, by cr-sqlite's clocks: each cell that is written, here or by
 * others' changes, is dated with a version above all that are stored.
 */
import type { AnyReplica, Statement } from '@tributary/database';
import { latestVersionSql, SENTINEL, touchedColumnsSql } from '@tributary/database/changes';

export type DatedReplica = Pick<AnyReplica, 'sqlite' | 'replicatedTable'>;

interface Clocks {
  readonly changedAfter: Statement;
  readonly latest: Statement;
}

export class ChangedColumns {
  readonly #replica: DatedReplica;
  /** Undefined for tables without clocks that tell. */
  readonly #clocks = new Map<string, Clocks | undefined>();
  readonly #seen = new Map<string, number>();

  constructor(replica: DatedReplica) {
    this.#replica = replica;
  }

  /** Since the last call for this table. Undefined where it cannot be told: any may be. */
  take(table: string): ReadonlySet<string> | undefined {
    if (!this.#clocks.has(table)) this.#clocks.set(table, this.#clocksOf(table));
    const clocks = this.#clocks.get(table);
    if (clocks === undefined) return undefined;
    const after = this.#seen.get(table);
    this.#seen.set(table, clocks.latest.get() as number);
    if (after === undefined) return undefined;
    const columns = clocks.changedAfter.all({ after }) as string[];
    return columns.includes(SENTINEL) ? undefined : new Set(columns);
  }

  #clocksOf(table: string): Clocks | undefined {
    const { sqlite } = this.#replica;
    if (this.#replica.replicatedTable(table) === undefined || this.#isPartlyGenerated(table)) return undefined;
    return {
      changedAfter: sqlite.prepare(touchedColumnsSql(table)).pluck(),
      latest: sqlite.prepare(latestVersionSql([table])).pluck(),
    };
  }

  /** A generated column changes with others, and has no clock of its own. */
  #isPartlyGenerated(table: string): boolean {
    const generated = this.#replica.sqlite.prepare('SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden > 1');
    return generated.get(table) !== undefined;
  }
}
