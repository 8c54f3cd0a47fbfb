/**
 * Reads what `crsql_changes` would say, straight from the clock tables. The virtual table compiles a union over every
 * CRR each time it is asked, which with the workspace's tables takes a millisecond to find one edit; here only the tables
 * that were written to are read, by statements that stay compiled.
 *
 * A bound number that stands alone beside an indexed column makes a SQLite with STAT4, as better-sqlite3's, compile the
 * statement anew for each value; `+ 0` keeps it from looking.
 */
import type { Driver, Statement } from '../engine/driver.ts';
import { quoteName } from '../engine/quote-name.ts';
import { primaryKeyOf } from '../engine/table-info.ts';
import { SENTINEL, type Change, type SqlValue } from './change.ts';
import type { ReplicatedTable } from './replicated-table.ts';

export interface VersionWindow {
  /** The last version of the window. */
  readonly upTo: number;
  /** Those that were written to in it. */
  readonly tables: ReadonlySet<string>;
}

export interface WindowOptions {
  readonly after: number;
  readonly until: number;
  /** Versions are added while they fit; one larger version comes alone. */
  readonly maxCells: number;
}

export class ChangeReader {
  readonly #driver: Driver;
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #names: readonly string[];
  readonly #nextVersions: Statement | undefined;
  readonly #statements = new Map<string, TableStatements>();

  constructor(driver: Driver, tables: ReadonlyMap<string, ReplicatedTable>) {
    this.#driver = driver;
    this.#tables = tables;
    this.#names = [...tables.keys()];
    this.#nextVersions = tables.size > 0 ? driver.prepare(nextVersionsSql(this.#names)).raw() : undefined;
  }

  /** The next versions with cells of any site; undefined when there are none. */
  nextWindow({ after, until, maxCells }: WindowOptions): VersionWindow | undefined {
    const counts = (this.#nextVersions?.all({ after, limit: maxCells + 1 }) ?? []) as VersionCount[];
    const tables = new Set<string>();
    let upTo: number | undefined;
    let cells = 0;
    for (const version of groupByVersion(counts)) {
      if (version.dbVersion > until) break;
      cells += version.cells;
      if (upTo !== undefined && cells > maxCells) break;
      upTo = version.dbVersion;
      for (const index of version.tables) tables.add(this.#names[index] as string);
    }
    return upTo === undefined ? undefined : { upTo, tables };
  }

  /** The window's changes in order of version and `seq`: of this site, or of all. */
  read(after: number, { upTo, tables }: VersionWindow, authors: 'own' | 'all'): Change[] {
    const bounds = { after, upTo };
    const changes: Change[] = [];
    for (const name of tables) {
      for (const row of this.#statementsOf(name)[authors].all(bounds) as ChangeRow[]) changes.push(changeOf(name, row));
    }
    return tables.size > 1 ? changes.sort((a, b) => a.dbVersion - b.dbVersion || a.seq - b.seq) : changes;
  }

  #statementsOf(name: string): TableStatements {
    let statements = this.#statements.get(name);
    if (statements === undefined) {
      const table = this.#tables.get(name) as ReplicatedTable;
      const prepare = (condition: string) =>
        this.#driver
          .prepare(rangeSql(this.#driver, table, condition))
          .raw()
          .safeIntegers();
      statements = { own: prepare('AND +c.site_id = 0'), all: prepare('') };
      this.#statements.set(name, statements);
    }
    return statements;
  }
}

interface TableStatements {
  readonly own: Statement;
  readonly all: Statement;
}

type VersionCount = [table: number, dbVersion: number, cells: number];

interface Version {
  readonly dbVersion: number;
  cells: number;
  readonly tables: number[];
}

/** They come in order of version. */
function groupByVersion(counts: readonly VersionCount[]): Version[] {
  const versions: Version[] = [];
  for (const [table, dbVersion, cells] of counts) {
    const last = versions.at(-1);
    if (last?.dbVersion === dbVersion) {
      last.cells += cells;
      last.tables.push(table);
    } else {
      versions.push({ dbVersion, cells, tables: [table] });
    }
  }
  return versions;
}

function nextVersionsSql(names: readonly string[]): string {
  const perTable = names.map(
    (name, index) => `SELECT ${index}, db_version, count(*) FROM (
                        SELECT db_version FROM ${clockTable(name)}
                        WHERE db_version > $after + 0 ORDER BY db_version LIMIT $limit + 0)
                      GROUP BY db_version`,
  );
  return `${perTable.join(' UNION ALL ')} ORDER BY 2`;
}

type ChangeRow = [Uint8Array, string, SqlValue, number, number, number, number, Uint8Array];

function changeOf(table: string, [pk, cid, val, colVersion, dbVersion, cl, seq, siteId]: ChangeRow): Change {
  return { table, pk, cid, val, colVersion, dbVersion, siteId, cl, seq };
}

/** Clocks are read as REAL, which is exact up to MAX_DB_VERSION and spares a bigint each; the value keeps its own type. */
function rangeSql(driver: Driver, { name, columns }: ReplicatedTable, condition: string): string {
  const key = primaryKeyOf(driver, name).map(quoteName);
  const isSameRow = key.map((column) => `t.${column} = p.${column}`).join(' AND ');
  const cases = [...columns.keys()].map((column) => `WHEN ${quoteText(column)} THEN t.${quoteName(column)}`);
  const value = cases.length > 0 ? `CASE c.col_name ${cases.join(' ')} END` : 'NULL';
  return `SELECT crsql_pack_columns(${key.map((column) => `p.${column}`).join(', ')}), c.col_name, ${value},
                 CAST(c.col_version AS REAL), CAST(c.db_version AS REAL),
                 CAST(coalesce(s.col_version, 1) AS REAL), CAST(c.seq AS REAL), i.site_id
          FROM ${clockTable(name)} c
          CROSS JOIN ${quoteName(`${name}__crsql_pks`)} p ON p.__crsql_key = c.key
          LEFT JOIN ${quoteName(name)} t ON ${isSameRow}
          LEFT JOIN ${clockTable(name)} s ON s.key = c.key AND s.col_name = ${quoteText(SENTINEL)}
          LEFT JOIN crsql_site_id i ON i.ordinal = c.site_id
          WHERE c.db_version > $after + 0 AND c.db_version <= $upTo + 0 ${condition}
          ORDER BY c.db_version, c.seq`;
}

function clockTable(name: string): string {
  return quoteName(`${name}__crsql_clock`);
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
