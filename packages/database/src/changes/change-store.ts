/**
 * The changes of a replica: its own ones out, other sites' in. With its neighbours in this folder it is the only code
 * that knows `crsql_changes` and cr-sqlite's clock tables.
 */
import type { Driver, Statement } from '../engine/driver.ts';
import { quoteName } from '../engine/quote-name.ts';
import { DatabaseError, toDatabaseError } from '../errors.ts';
import { readSiteId } from './site-id.ts';
import { SENTINEL, type Change, type SqlValue } from './change.ts';
import { assertWellFormed, changeFault } from './change-rules.ts';
import { ParkedCells } from './parked-cells.ts';
import { describeReplicatedTable, type ReplicatedTable } from './replicated-table.ts';

export interface OwnChanges {
  /** In order of version, and of `seq` within one; every version is complete. */
  readonly changes: readonly Change[];
  /** The version up to which this replica's own changes have now been read: the next push cursor. */
  readonly upTo: number;
}

export interface ApplyResult {
  readonly applied: number;
  /** Cells kept for a newer version of this app. */
  readonly parked: number;
}

export interface ReadOptions {
  /** The push cursor: only later versions are read. */
  readonly after: number;
  /** Versions are added while they fit; one larger version comes alone. */
  readonly maxCells?: number;
}

const DEFAULT_MAX_CELLS = 2_000;

export class ChangeStore {
  readonly #driver: Driver;
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #parked: ParkedCells;
  readonly #readRange: Statement;
  readonly #insert: Statement;
  readonly #nextVersions: Statement | undefined;
  readonly #dbVersion: Statement;

  constructor(driver: Driver, replicated: readonly string[]) {
    this.#driver = driver;
    this.#tables = new Map(replicated.map((name) => [name, describeReplicatedTable(driver, name)]));
    this.#parked = new ParkedCells(driver);
    this.#insert = driver.prepare(
      `INSERT INTO crsql_changes ("table", pk, cid, val, col_version, db_version, site_id, cl, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // Clocks are read as REAL, which is exact up to MAX_DB_VERSION and spares a bigint each; `val` keeps its own type.
    this.#readRange = driver
      .prepare(
        `SELECT "table", pk, cid, val, CAST(col_version AS REAL), CAST(db_version AS REAL),
                CAST(cl AS REAL), CAST(seq AS REAL)
         FROM crsql_changes WHERE db_version > ? AND db_version <= ? AND site_id = ?
         ORDER BY db_version, seq`,
      )
      .raw()
      .safeIntegers();
    this.#nextVersions = replicated.length > 0 ? driver.prepare(nextVersionsSql(replicated)).raw() : undefined;
    this.#dbVersion = driver.prepare('SELECT crsql_db_version()').pluck();
  }

  /** The version of the latest transaction here, own or applied. */
  get dbVersion(): number {
    return this.#dbVersion.get() as number;
  }

  /** The cost is that of the cells after the cursor, whatever the size of the database. */
  readOwn({ after, maxCells = DEFAULT_MAX_CELLS }: ReadOptions): OwnChanges {
    const siteId = readSiteId(this.#driver);
    for (let from = after; ;) {
      const upTo = this.#endOfWindow(from, maxCells);
      if (upTo === undefined) return { changes: [], upTo: from };
      const rows = this.#readRange.all(from, upTo, siteId) as ChangeRow[];
      if (rows.length > 0) return { changes: rows.map((row) => changeOf(row, siteId)), upTo };
      from = upTo;
    }
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

  #atomically(body: () => void): void {
    try {
      this.#driver.transaction(body).immediate();
    } catch (error) {
      const known = toDatabaseError(error, 'cannot apply changes');
      if (known instanceof DatabaseError) throw known;
      throw new DatabaseError('apply_failed', `cannot apply changes: ${(error as Error).message}`, { cause: error });
    }
  }

  #insertChange({ table, pk, cid, val, colVersion, dbVersion, siteId, cl, seq }: Change): void {
    this.#insert.run(table, pk, cid, val, colVersion, dbVersion, siteId, cl, seq);
  }

  #knows(table: string, cid: string): boolean {
    const known = this.#tables.get(table);
    return known !== undefined && (cid === SENTINEL || known.columns.has(cid));
  }

  /** The last version of those that together hold at most `maxCells` cells, of any site. */
  #endOfWindow(from: number, maxCells: number): number | undefined {
    let end: number | undefined;
    let cells = 0;
    const versions = (this.#nextVersions?.all({ from, limit: maxCells + 1 }) ?? []) as [
      version: number,
      cells: number,
    ][];
    for (const [version, count] of versions) {
      cells += count;
      if (end !== undefined && cells > maxCells) break;
      end = version;
    }
    return end;
  }
}

type ChangeRow = [string, Uint8Array, string, SqlValue, number, number, number, number];

function changeOf([table, pk, cid, val, colVersion, dbVersion, cl, seq]: ChangeRow, siteId: Uint8Array): Change {
  return { table, pk, cid, val, colVersion, dbVersion, siteId, cl, seq };
}

/**
 * How many cells each of the next versions holds, straight from the clock tables' index on db_version: `crsql_changes`
 * would sort everything after the cursor first.
 */
function nextVersionsSql(replicated: readonly string[]): string {
  const perTable = replicated.map(
    (table) => `SELECT * FROM (SELECT db_version FROM ${quoteName(`${table}__crsql_clock`)}
                WHERE db_version > $from ORDER BY db_version LIMIT $limit)`,
  );
  return `SELECT db_version, count(*) FROM (${perTable.join(' UNION ALL ')}) GROUP BY db_version ORDER BY db_version`;
}
