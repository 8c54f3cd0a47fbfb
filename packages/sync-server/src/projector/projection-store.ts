/** The machinery's tables in PostgreSQL: cursors, the state of each row, what is in quarantine, and what has been counted. */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { LIVE, quoteName, type CloudPlace } from './cloud-place.ts';
import { inParts } from './in-parts.ts';
import type { RowFault } from './project-row.ts';
import { decodeStoredRow, type StoredRow } from './stored-row.ts';

export interface Cursor {
  readonly seq: number;
  /** The mark of that entry; 0 where nothing has been projected. */
  readonly mark: number;
}

export interface CursorMove extends Cursor {
  readonly workspaceId: string;
  readonly headSeq: number;
  /** When the first entry behind the cursor was stored; undefined where there is none. */
  readonly pendingSince: number | undefined;
  /** What there is more, or less, of. */
  readonly liveRows: number;
  readonly liveBytes: number;
}

export interface RowRef {
  readonly workspaceId: string;
  readonly table: string;
  readonly pk: Uint8Array;
}

export interface QuarantinedCell extends RowRef, RowFault {
  readonly siteId: string;
  readonly seq: number;
}

export interface UsageOfRun {
  readonly workspaceId: string;
  readonly mark: number;
  readonly lastSeq: number;
}

export interface UsageOfDay {
  readonly workspaceId: string;
  /** As YYYY-MM-DD. */
  readonly day: string;
  readonly entries: number;
  readonly changes: number;
  readonly bytes: number;
}

interface CursorRow {
  readonly workspace_id: string;
  readonly seq: bigint;
  readonly mark: bigint;
}

export class ProjectionStore {
  readonly #sync: string;

  constructor({ sync }: CloudPlace = LIVE) {
    this.#sync = quoteName(sync);
  }

  /** Locks the cursors until the transaction ends. Those that somebody else is moving right now are left out. */
  async claim(queries: CloudQueries, workspaceIds: readonly string[], { wait = false } = {}) {
    await queries.query(
      `INSERT INTO ${this.#sync}.cursors (workspace_id)
       SELECT id FROM unnest($1::text[]) AS id
       WHERE NOT EXISTS (SELECT 1 FROM ${this.#sync}.cursors WHERE workspace_id = id)
       ORDER BY id
       ON CONFLICT DO NOTHING`,
      [workspaceIds],
    );
    const rows = await queries.query<CursorRow>(
      `SELECT workspace_id, seq, mark FROM ${this.#sync}.cursors WHERE workspace_id = ANY ($1::text[])
       ORDER BY workspace_id FOR UPDATE ${wait ? '' : 'SKIP LOCKED'}`,
      [workspaceIds],
    );
    return cursorsOf(rows);
  }

  /** Without a lock: where the projections stand. */
  async cursors(queries: CloudQueries): Promise<ReadonlyMap<string, Cursor>> {
    return cursorsOf(await queries.query<CursorRow>(`SELECT workspace_id, seq, mark FROM ${this.#sync}.cursors`));
  }

  /** In the order of the refs; undefined for a row that was never heard of. */
  async loadRows(queries: CloudQueries, refs: readonly RowRef[]): Promise<(StoredRow | undefined)[]> {
    if (refs.length === 0) return [];
    // A join of thousands of keys would be planned as a scan of all rows, which grows with them; a look-up for each never is.
    const rows = await queries.query<{ state: Uint8Array | null }>(
      `SELECT (SELECT c.state FROM ${this.#sync}.row_clocks c
               WHERE c.workspace_id = k.workspace_id AND c.table_name = k.table_name AND c.row_key = k.row_key) AS state
       FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS k(workspace_id, table_name, row_key, i)
       ORDER BY k.i`,
      columnsOf(refs),
    );
    return rows.map(({ state }) => (state === null ? undefined : decodeStoredRow(state)));
  }

  async saveRows(queries: CloudQueries, rows: readonly (RowRef & { readonly state: Uint8Array })[]): Promise<void> {
    for (const part of inParts(rows, ({ state }) => state.length)) {
      await queries.query(
        `INSERT INTO ${this.#sync}.row_clocks (workspace_id, table_name, row_key, state)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
         ON CONFLICT (workspace_id, table_name, row_key) DO UPDATE SET state = excluded.state`,
        [...columnsOf(part), part.map(({ state }) => state)],
      );
    }
  }

  /** Of these rows, nothing else is in quarantine from now on. */
  async quarantine(queries: CloudQueries, rows: readonly RowRef[], cells: readonly QuarantinedCell[]): Promise<void> {
    if (rows.length > 0) {
      await queries.query(
        `DELETE FROM ${this.#sync}.quarantine q
         USING unnest($1::text[], $2::text[], $3::bytea[]) AS k(workspace_id, table_name, row_key)
         WHERE q.workspace_id = k.workspace_id AND q.table_name = k.table_name AND q.row_key = k.row_key`,
        columnsOf(rows),
      );
    }
    if (cells.length === 0) return;
    await queries.query(
      `INSERT INTO ${this.#sync}.quarantine
         (workspace_id, table_name, row_key, column_name, reason, value, site_id, seq)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
       ON CONFLICT (workspace_id, table_name, row_key, column_name)
       DO UPDATE SET reason = excluded.reason, value = excluded.value, site_id = excluded.site_id, seq = excluded.seq`,
      [
        ...columnsOf(cells),
        cells.map(({ column }) => column),
        cells.map(({ reason }) => reason),
        cells.map(({ preview }) => preview),
        cells.map(({ siteId }) => siteId),
        cells.map(({ seq }) => seq),
      ],
    );
  }

  /** Up to which entry of these runs usage has been counted; a run that is not there has not been begun. */
  async countedRuns(queries: CloudQueries, runs: readonly Omit<UsageOfRun, 'lastSeq'>[]): Promise<UsageOfRun[]> {
    const rows = await queries.query<{ workspace_id: string; mark: bigint; last_seq: bigint }>(
      `SELECT workspace_id, mark, last_seq FROM ${this.#sync}.counted_runs
       JOIN unnest($1::text[], $2::bigint[]) AS r(workspace_id, mark) USING (workspace_id, mark)`,
      [runs.map(({ workspaceId }) => workspaceId), runs.map(({ mark }) => mark)],
    );
    return rows.map(({ workspace_id: workspaceId, mark, last_seq: lastSeq }) => ({
      workspaceId,
      mark: Number(mark),
      lastSeq: Number(lastSeq),
    }));
  }

  async count(queries: CloudQueries, runs: readonly UsageOfRun[], days: readonly UsageOfDay[]): Promise<void> {
    if (runs.length === 0) return;
    await queries.query(
      `INSERT INTO ${this.#sync}.counted_runs AS known (workspace_id, mark, last_seq)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
       ON CONFLICT (workspace_id, mark) DO UPDATE SET last_seq = greatest(known.last_seq, excluded.last_seq)`,
      [runs.map(({ workspaceId }) => workspaceId), runs.map(({ mark }) => mark), runs.map(({ lastSeq }) => lastSeq)],
    );
    await queries.query(
      `INSERT INTO billing.usage_days AS known (workspace_id, day, entries, changes, bytes)
       SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[])
       ON CONFLICT (workspace_id, day) DO UPDATE SET
         entries = known.entries + excluded.entries,
         changes = known.changes + excluded.changes,
         bytes = known.bytes + excluded.bytes`,
      [
        days.map(({ workspaceId }) => workspaceId),
        days.map(({ day }) => day),
        days.map(({ entries }) => entries),
        days.map(({ changes }) => changes),
        days.map(({ bytes }) => bytes),
      ],
    );
  }

  async moveCursors(queries: CloudQueries, moves: readonly CursorMove[]): Promise<void> {
    await queries.query(
      `UPDATE ${this.#sync}.cursors c SET
         seq = m.seq, mark = m.mark, head_seq = m.head_seq, pending_since = m.pending_since, checked_at = now(),
         live_rows = c.live_rows + m.live_rows, live_bytes = c.live_bytes + m.live_bytes
       FROM json_to_recordset($1::json) AS m(
         workspace_id text, seq bigint, mark bigint, head_seq bigint, pending_since timestamptz,
         live_rows bigint, live_bytes bigint)
       WHERE c.workspace_id = m.workspace_id`,
      [JSON.stringify(moves.map(recordOfMove))],
    );
  }
}

function cursorsOf(rows: readonly CursorRow[]): Map<string, Cursor> {
  return new Map(rows.map(({ workspace_id: id, seq, mark }) => [id, { seq: Number(seq), mark: Number(mark) }]));
}

function columnsOf(refs: readonly RowRef[]): [string[], string[], Uint8Array[]] {
  return [refs.map(({ workspaceId }) => workspaceId), refs.map(({ table }) => table), refs.map(({ pk }) => pk)];
}

function recordOfMove({ workspaceId, seq, mark, headSeq, pendingSince, liveRows, liveBytes }: CursorMove): object {
  return {
    workspace_id: workspaceId,
    seq,
    mark,
    head_seq: headSeq,
    pending_since: pendingSince === undefined ? null : new Date(pendingSince).toISOString(),
    live_rows: liveRows,
    live_bytes: liveBytes,
  };
}
