/**
 * The changes of a replica: its own ones out, other sites' in. With its neighbours in this folder it is the only code
 * that knows `crsql_changes` and cr-sqlite's clock tables.
 */
import type { Driver, Statement } from '../engine/driver.ts';
import { quoteName } from '../engine/quote-name.ts';
import { DatabaseError, toDatabaseError } from '../errors.ts';
import { ChangeReader } from './change-reader.ts';
import { SENTINEL, type Change } from './change.ts';
import { assertWellFormed, changeFault } from './change-rules.ts';
import { ParkedCells } from './parked-cells.ts';
import { describeReplicatedTable, type ReplicatedTable } from './replicated-table.ts';
import { StoredRows, type StoredRow } from './stored-rows.ts';
import { latestVersionSql } from './touched-rows.ts';

export interface ChangesRead {
  /** In order of version, and of `seq` within one; every version is complete. */
  readonly changes: readonly Change[];
  /** The version up to which changes have now been read: where to go on. */
  readonly upTo: number;
}

export interface ApplyResult {
  readonly applied: number;
  /** Cells kept for a newer version of this app. */
  readonly parked: number;
}

export interface ReadOptions {
  /** The push cursor: only later versions are read … */
  readonly after: number;
  /** … and none above this one. */
  readonly until?: number;
  /** Versions are added while they fit; one larger version comes alone. */
  readonly maxCells?: number;
}

const DEFAULT_MAX_CELLS = 2_000;

/**
 * The author's version decides nothing here, and cr-sqlite would go on counting from it: one author with a version near the
 * end would leave none to anybody. Below every version of this replica, it makes the stored one the next of its own.
 */
const APPLIED_VERSION = 1;

export class ChangeStore {
  readonly #driver: Driver;
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #parked: ParkedCells;
  readonly #rows: StoredRows;
  readonly #reader: ChangeReader;
  readonly #insert: Statement;
  readonly #countOwn: Statement | undefined;
  readonly #latestVersion: Statement;
  readonly #dbVersion: Statement;

  constructor(driver: Driver, replicated: readonly string[]) {
    this.#driver = driver;
    this.#tables = new Map(replicated.map((name) => [name, describeReplicatedTable(driver, name)]));
    this.#parked = new ParkedCells(driver);
    this.#insert = driver.prepare(
      `INSERT INTO crsql_changes ("table", pk, cid, val, col_version, db_version, site_id, cl, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#reader = new ChangeReader(driver, this.#tables);
    this.#rows = new StoredRows(driver, this.#tables);
    this.#countOwn = replicated.length > 0 ? driver.prepare(countOwnSql(replicated)).pluck() : undefined;
    this.#latestVersion = driver.prepare(latestVersionSql(replicated)).pluck();
    this.#dbVersion = driver.prepare('SELECT crsql_db_version()').pluck();
  }

  /** The version of the latest transaction here, own or applied. */
  get dbVersion(): number {
    return this.#dbVersion.get() as number;
  }

  /** The latest version of what is stored, own or applied. Unlike `dbVersion` it never runs ahead. */
  get latestVersion(): number {
    return this.#latestVersion.get() as number;
  }

  /** The cost is that of the cells after the cursor, whatever the size of the database. */
  readOwn(options: ReadOptions): ChangesRead {
    return this.#read(options, 'own');
  }

  /** Own and applied ones alike, each with its author. */
  readAll(options: ReadOptions): ChangesRead {
    return this.#read(options, 'all');
  }

  /** How many own cells there are after a version; counts no further than `limit`. */
  countOwn(after: number, limit: number): number {
    return (this.#countOwn?.get({ after, limit }) ?? 0) as number;
  }

  /** Undefined for a table that does not replicate here. */
  describe(table: string): ReplicatedTable | undefined {
    return this.#tables.get(table);
  }

  /** The row as the fold sees it; undefined when nothing is known of it. */
  rowState(table: string, pk: Uint8Array): StoredRow | undefined {
    return this.#rows.find(table, pk);
  }

  /** All or nothing, in a transaction of its own or in the caller's. */
  apply(changes: readonly Change[]): ApplyResult {
    for (const change of changes) assertWellFormed(change, this.#tables.get(change.table));
    let parked = 0;
    this.#atomically(() => {
      for (const change of changes) {
        if (this.#knows(change.table, change.cid)) this.#insertChange(change);
        else {
          this.#parked.add(change);
          parked++;
        }
      }
    });
    return { applied: changes.length - parked, parked };
  }

  /**
   * After a migration: what was parked for the tables and columns that it brought. Only now can it be held against their
   * types, and a cell that does not fit is dropped: refusing it would keep the replica from opening for ever.
   */
  applyParked(): number {
    let applied = 0;
    this.#atomically(() => {
      for (const change of this.#parked.take((table, cid) => this.#knows(table, cid))) {
        if (changeFault(change, this.#tables.get(change.table)) !== undefined) continue;
        this.#insertChange(change);
        applied++;
      }
    });
    return applied;
  }

  get parkedCount(): number {
    return this.#parked.count();
  }

  parkedChanges(): Change[] {
    return this.#parked.all();
  }

  #atomically(body: () => void): void {
    try {
      this.#driver.transaction(body).immediate();
    } catch (error) {
      const known = toDatabaseError(error, 'cannot apply changes');
      if (known instanceof DatabaseError) throw known;
      throw new DatabaseError('apply_failed', `cannot apply changes: ${(error as Error).message}`, { cause: error });
    }
  }

  #insertChange({ table, pk, cid, val, colVersion, siteId, cl, seq }: Change): void {
    this.#insert.run(table, pk, cid, val, colVersion, APPLIED_VERSION, siteId, cl, seq);
  }

  #knows(table: string, cid: string): boolean {
    const known = this.#tables.get(table);
    return known !== undefined && (cid === SENTINEL || known.columns.has(cid));
  }

  #read({ after, until = Infinity, maxCells = DEFAULT_MAX_CELLS }: ReadOptions, authors: 'own' | 'all'): ChangesRead {
    for (let from = after; ;) {
      const window = this.#reader.nextWindow({ after: from, until, maxCells });
      if (window === undefined) return { changes: [], upTo: from };
      const changes = this.#reader.read(from, window, authors);
      if (changes.length > 0) return { changes, upTo: window.upTo };
      from = window.upTo;
    }
  }
}

function countOwnSql(replicated: readonly string[]): string {
  const perTable = replicated.map(
    (table) => `SELECT * FROM (SELECT 1 FROM ${quoteName(`${table}__crsql_clock`)}
                WHERE db_version > $after + 0 AND +site_id = 0 LIMIT $limit + 0)`,
  );
  return `SELECT count(*) FROM (${perTable.join(' UNION ALL ')})`;
}
