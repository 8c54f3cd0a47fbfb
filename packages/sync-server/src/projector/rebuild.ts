/**
 * Folds the log once more, beside the projection that people read, and compares the two. What differs is replaced in one
 * transaction for each workspace; until then, and for everybody who is reading then, the old rows are there. Nothing is
 * renamed, so views and grants that somebody has made on the tables stay as they are.
 *
 * A row that the log does not hold is kept unless it is asked to be pruned: a log may have been lost.
 */
import { randomBytes } from 'node:crypto';
import type { CloudSchema, CloudTable } from '@tributary/database/cloud';
import type { CloudDatabase, CloudQueries } from '../cloud/cloud-database.ts';
import type { Log } from '../log/log.ts';
import { isSearchable } from '../search/documents.ts';
import { queueWorkspace } from '../search/search-queue.ts';
import { LIVE, quoteName, type CloudPlace } from './cloud-place.ts';
import { Projection } from './projection.ts';
import { sizeOf } from './row-writer.ts';
import { decodeStoredRow } from './stored-row.ts';

export interface RebuildOptions {
  readonly log: Pick<Log, 'read' | 'markAt' | 'workspaces'>;
  readonly cloud: CloudDatabase;
  readonly schema: Pick<CloudSchema, 'tables'>;
  /** All of them by default. */
  readonly workspaceIds?: readonly string[] | undefined;
  /** Delete rows that the log does not hold. */
  readonly prune?: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildProgress {
  readonly workspaceId: string;
  /** Folded so far, and where the log ended when that began. */
  readonly seq: number;
  readonly head: number;
}

export interface RebuiltWorkspace {
  readonly workspaceId: string;
  /** The last entry that both projections held when they were compared. */
  readonly seq: number;
  /** The live rows were what the log says they should be. */
  readonly wasEqual: boolean;
  readonly tables: readonly RebuiltTable[];
}

/** A table that was not as the log says. */
export interface RebuiltTable {
  readonly table: string;
  /** Rows that were missing or different. */
  readonly replaced: number;
  /** Rows that the log does not hold. */
  readonly surplus: number;
}

/** A table of the projection, and what names one of its rows. */
interface ComparedTable {
  readonly name: string;
  readonly schema: 'app' | 'sync';
  /** After the workspace. */
  readonly key: readonly string[];
  /** The others that the projection writes: all that is compared. */
  readonly columns: readonly string[];
  /** Written as well, but worded by PostgreSQL. */
  readonly unequal?: readonly string[];
}

export async function rebuildProjection(options: RebuildOptions): Promise<readonly RebuiltWorkspace[]> {
  const { cloud, log, schema } = options;
  const name = `shadow_${randomBytes(6).toString('hex')}`;
  const shadow: CloudPlace = { app: name, sync: name };
  const tables = comparedTables(schema);
  await cloud.transaction((queries) => createShadow(queries, name, tables));
  try {
    const rebuild = new WorkspaceRebuild(options, shadow, tables);
    const rebuilt: RebuiltWorkspace[] = [];
    for (const { workspaceId, head } of await log.workspaces()) {
      if (options.workspaceIds?.includes(workspaceId) === false) continue;
      rebuilt.push(await rebuild.run(workspaceId, head));
    }
    return rebuilt;
  } finally {
    await cloud.execute(`DROP SCHEMA ${quoteName(name)} CASCADE`);
  }
}

/** Emptying the tables takes longer than folding a small workspace. */
const CLEARED_AFTER_ENTRIES = 10_000;

class WorkspaceRebuild {
  readonly #options: RebuildOptions;
  readonly #tables: readonly ComparedTable[];
  readonly #shadow: string;
  readonly #live: Projection;
  readonly #anew: Projection;
  #foldedEntries = 0;

  constructor(options: RebuildOptions, shadow: CloudPlace, tables: readonly ComparedTable[]) {
    this.#options = options;
    this.#tables = tables;
    this.#shadow = quoteName(shadow.app);
    this.#live = new Projection(options);
    this.#anew = new Projection({ ...options, place: shadow });
  }

  async run(workspaceId: string, head: number): Promise<RebuiltWorkspace> {
    await this.#fold(workspaceId, head);
    const rebuilt = await this.#options.cloud.transaction((queries) => this.#compare(queries, workspaceId));
    this.#foldedEntries += rebuilt.seq;
    if (this.#foldedEntries >= CLEARED_AFTER_ENTRIES) await this.#clear();
    return rebuilt;
  }

  /** While the live projection goes on. */
  async #fold(workspaceId: string, head: number): Promise<void> {
    for (let isBehind = head > 0; isBehind;) {
      const stand = (await this.#anew.advance(new Map([[workspaceId, head]]), { until: head })).get(workspaceId);
      const seq = stand?.seq ?? 0;
      this.#options.onProgress?.({ workspaceId, seq, head });
      isBehind = stand?.pendingSince !== undefined && seq < head;
    }
  }

  /** The live projection waits, and both are brought to the same entry. */
  async #compare(queries: CloudQueries, workspaceId: string): Promise<RebuiltWorkspace> {
    const seq = await this.#level(queries, workspaceId);
    const tables: RebuiltTable[] = [];
    for (const table of this.#tables) {
      if (await this.#isEqual(queries, table, workspaceId)) continue;
      tables.push(await this.#replace(queries, table, workspaceId));
    }
    await this.#takeFigures(queries, workspaceId);
    if (tables.length > 0 && isSearchable(this.#options.schema)) await queueWorkspace(queries, workspaceId);
    return { workspaceId, seq, wasEqual: tables.length === 0, tables };
  }

  async #level(queries: CloudQueries, workspaceId: string): Promise<number> {
    for (;;) {
      const live = await this.#seqOf(queries, this.#live, workspaceId);
      const anew = await this.#seqOf(queries, this.#anew, workspaceId);
      if (live === anew) return live;
      const [behind, ahead] = live < anew ? [this.#live, this.#anew] : [this.#anew, this.#live];
      const [from, until] = [Math.min(live, anew), Math.max(live, anew)];
      const stands = await behind.advanceWithin(queries, new Map([[workspaceId, until]]), { until, isCareful: true });
      if (stands.get(workspaceId)?.seq !== from) continue;
      // The log was set back since the other one has read it: it goes back as well.
      await ahead.advanceWithin(queries, new Map([[workspaceId, from]]), { until: from, isCareful: true });
    }
  }

  async #seqOf(queries: CloudQueries, projection: Projection, workspaceId: string): Promise<number> {
    const cursors = await projection.store.claim(queries, [workspaceId], { wait: true });
    return cursors.get(workspaceId)?.seq ?? 0;
  }

  async #isEqual(queries: CloudQueries, table: ComparedTable, workspaceId: string): Promise<boolean> {
    const [live, anew] = [liveName(table), `${this.#shadow}.${quoteName(table.name)}`];
    const [digests] = await queries.query<{ live: string; anew: string }>(
      `SELECT ${digestOf(live, table)} AS live, ${digestOf(anew, table)} AS anew`,
      [workspaceId],
    );
    return digests !== undefined && digests.live === digests.anew;
  }

  async #replace(queries: CloudQueries, table: ComparedTable, workspaceId: string): Promise<RebuiltTable> {
    const [live, anew] = [liveName(table), `${this.#shadow}.${quoteName(table.name)}`];
    const ofSameRow = ['workspace_id', ...table.key].map((name) => `l.${quoteName(name)} = s.${quoteName(name)}`);
    const isSameRow = ofSameRow.join(' AND ');
    const columns = ['workspace_id', ...table.key, ...table.columns, ...(table.unequal ?? [])].map(quoteName);
    const isSurplus = `l.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM ${anew} s WHERE ${isSameRow})`;
    const surplus = await queries.query<{ n: bigint }>(`SELECT count(*) AS n FROM ${live} l WHERE ${isSurplus}`, [
      workspaceId,
    ]);
    if (this.#options.prune === true) await queries.query(`DELETE FROM ${live} l WHERE ${isSurplus}`, [workspaceId]);
    await queries.query(
      `DELETE FROM ${live} l USING ${anew} s
       WHERE l.workspace_id = $1 AND ${isSameRow} AND ${rowText('l', table)} <> ${rowText('s', table)}`,
      [workspaceId],
    );
    const inserted = await queries.queryTable(
      `INSERT INTO ${live} (${columns.join(', ')}) SELECT ${columns.map((name) => `s.${name}`).join(', ')} FROM ${anew} s
       WHERE s.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM ${live} l WHERE ${isSameRow})`,
      [workspaceId],
    );
    return { table: table.name, replaced: inserted.affectedRows ?? 0, surplus: Number(surplus[0]?.n ?? 0) };
  }

  /** How much there is, and nothing in quarantine of a row that is sound. */
  async #takeFigures(queries: CloudQueries, workspaceId: string): Promise<void> {
    await queries.query(
      `DELETE FROM sync.quarantine l WHERE l.workspace_id = $1
         AND EXISTS (SELECT 1 FROM ${this.#shadow}.row_clocks c
           WHERE c.workspace_id = $1 AND c.table_name = l.table_name AND c.row_key = l.row_key)
         AND NOT EXISTS (SELECT 1 FROM ${this.#shadow}.quarantine s
           WHERE s.workspace_id = $1 AND s.table_name = l.table_name AND s.row_key = l.row_key
             AND s.column_name = l.column_name)`,
      [workspaceId],
    );
    const kept = await surplusFigures(queries, workspaceId, `${this.#shadow}.row_clocks`);
    await queries.query(
      `UPDATE sync.cursors l SET live_rows = s.live_rows + $2, live_bytes = s.live_bytes + $3
       FROM ${this.#shadow}.cursors s WHERE l.workspace_id = $1 AND s.workspace_id = $1`,
      [workspaceId, kept.rows, kept.bytes],
    );
  }

  /** So that there is never much more than one workspace beside the live ones. */
  async #clear(): Promise<void> {
    this.#foldedEntries = 0;
    const names = [...this.#tables, CURSORS].map(({ name }) => `${this.#shadow}.${quoteName(name)}`);
    await this.#options.cloud.execute(`TRUNCATE ${names.join(', ')}`);
  }
}

const ROW_CLOCKS: ComparedTable = {
  name: 'row_clocks',
  schema: 'sync',
  key: ['table_name', 'row_key'],
  columns: ['state'],
};

const QUARANTINE: ComparedTable = {
  name: 'quarantine',
  schema: 'sync',
  key: ['table_name', 'row_key', 'column_name'],
  columns: ['reason', 'site_id', 'seq'],
  unequal: ['value'],
};

const CURSORS = { name: 'cursors', schema: 'sync' } as const;

const PROVENANCE = ['_updated_by', '_updated_at', '_version', '_extra'];

function comparedTables({ tables }: Pick<CloudSchema, 'tables'>): ComparedTable[] {
  const typed = Array.from(tables.values(), ({ name, key, columns }: CloudTable): ComparedTable => {
    const own = columns.map((column) => column.name);
    return { name, schema: 'app', key: key.map((column) => column.name), columns: [...own, ...PROVENANCE] };
  });
  return [...typed, ROW_CLOCKS, QUARANTINE];
}

/** With their constraints and indexes: what they refuse has to be refused here as well. */
async function createShadow(queries: CloudQueries, name: string, tables: readonly ComparedTable[]): Promise<void> {
  await queries.execute(`CREATE SCHEMA ${quoteName(name)}`);
  for (const table of [...tables, CURSORS]) {
    const anew = `${quoteName(name)}.${quoteName(table.name)}`;
    await queries.execute(`CREATE UNLOGGED TABLE ${anew} (LIKE ${liveName(table)} INCLUDING ALL)`);
  }
}

/** What is kept though the log does not hold it. */
async function surplusFigures(
  queries: CloudQueries,
  workspaceId: string,
  clocks: string,
): Promise<{ rows: number; bytes: number }> {
  const sum = { rows: 0, bytes: 0 };
  let [table, pk] = ['', new Uint8Array(0)];
  for (;;) {
    const page = await queries.query<{ table_name: string; row_key: Uint8Array<ArrayBuffer>; state: Uint8Array }>(
      `SELECT table_name, row_key, state FROM sync.row_clocks l
       WHERE workspace_id = $1 AND (table_name, row_key) > ($2, $3) AND NOT EXISTS (SELECT 1 FROM ${clocks} s
         WHERE s.workspace_id = $1 AND s.table_name = l.table_name AND s.row_key = l.row_key)
       ORDER BY table_name, row_key LIMIT 1000`,
      [workspaceId, table, pk],
    );
    for (const { state } of page) {
      const { rows, bytes } = sizeOf(decodeStoredRow(state));
      sum.rows += rows;
      sum.bytes += bytes;
    }
    const last = page.at(-1);
    if (last === undefined) return sum;
    [table, pk] = [last.table_name, last.row_key];
  }
}

function liveName({ schema, name }: Pick<ComparedTable, 'schema' | 'name'>): string {
  return `${quoteName(LIVE[schema])}.${quoteName(name)}`;
}

/** The same for the same rows, in whatever order they lie. */
function digestOf(name: string, table: ComparedTable): string {
  return `(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(${rowText('t', table)}, 0)::numeric), 0)
           FROM ${name} t WHERE t.workspace_id = $1)`;
}

function rowText(alias: string, { key, columns }: ComparedTable): string {
  return `ROW(${[...key, ...columns].map((name) => `${alias}.${quoteName(name)}`).join(', ')})::text`;
}
