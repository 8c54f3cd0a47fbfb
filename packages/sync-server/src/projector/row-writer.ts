/**
 * Writes rows that have changed: their state, their typed rows, and what of them the typed tables cannot hold. All rows of a
 * table go in one statement. Where PostgreSQL refuses that, they are halved until the row is alone that it will not have;
 * that one is quarantined, and the others are not kept waiting.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CloudSchema, CloudTable } from '@tributary/database/cloud';
import { isAlive } from '@tributary/sync/merge';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import { hexOf, previewOf } from './cast-value.ts';
import type { CloudPlace } from './cloud-place.ts';
import { projectRow, type RowFault } from './project-row.ts';
import type { ProjectionStore, QuarantinedCell, RowRef } from './projection-store.ts';
import { encodeStoredRow, sizeOfValue, UNKNOWN_STORED_ROW, type StoredRow } from './stored-row.ts';
import { TableWriter, type RowToDelete, type RowToWrite } from './table-writer.ts';

export interface ChangedRow extends RowRef {
  /** What the typed tables hold; undefined where they never held the row. */
  readonly before: StoredRow | undefined;
  readonly after: StoredRow;
}

export interface WriteOptions {
  /** Row by row where it must be: slower, and to be used only once the quick way was refused. */
  readonly isCareful: boolean;
}

interface TableWork {
  readonly writer: TableWriter;
  readonly upserts: (RowToWrite & { readonly row: ChangedRow })[];
  readonly deletes: RowToDelete[];
}

type FaultsOfRow = Map<ChangedRow, readonly RowFault[]>;

export class RowWriter {
  readonly #store: ProjectionStore;
  readonly #tables: ReadonlyMap<string, { readonly table: CloudTable; readonly writer: TableWriter }>;

  constructor(store: ProjectionStore, { tables }: Pick<CloudSchema, 'tables'>, place: CloudPlace) {
    this.#store = store;
    this.#tables = new Map(
      Array.from(tables, ([name, table]) => [name, { table, writer: new TableWriter(table, place.app) }]),
    );
  }

  async write(queries: CloudQueries, rows: readonly ChangedRow[], { isCareful }: WriteOptions): Promise<void> {
    const faults: FaultsOfRow = new Map();
    const work = this.#sort(rows, faults);
    if (isCareful) {
      for (const { writer, upserts, deletes } of work) {
        await writer.delete(queries, deletes);
        await upsertCarefully(queries, writer, upserts, faults);
      }
      await this.#saveStates(queries, rows, faults);
      return;
    }
    // All faults are known already, so the states are encoded while PostgreSQL is busy with the rows.
    await Promise.all([writeTables(queries, work), nextTurn().then(() => this.#saveStates(queries, rows, faults))]);
  }

  async #saveStates(queries: CloudQueries, rows: readonly ChangedRow[], faults: FaultsOfRow): Promise<void> {
    await this.#quarantine(queries, rows, faults);
    const states = rows.map((row) => {
      const { workspaceId, table, pk, after } = row;
      const isFaulty = faults.has(row);
      return {
        workspaceId,
        table,
        pk,
        state: encodeStoredRow(after.isFaulty === isFaulty ? after : { ...after, isFaulty }),
      };
    });
    await this.#store.saveRows(queries, states);
  }

  #sort(rows: readonly ChangedRow[], faults: FaultsOfRow): readonly TableWork[] {
    const work = new Map<string, TableWork>();
    for (const row of rows) {
      const known = this.#tables.get(row.table);
      if (known === undefined) continue;
      let ofTable = work.get(row.table);
      if (ofTable === undefined) work.set(row.table, (ofTable = { writer: known.writer, upserts: [], deletes: [] }));
      addTo(ofTable, known.table, row, faults);
    }
    return [...work.values()];
  }

  async #quarantine(queries: CloudQueries, rows: readonly ChangedRow[], faults: FaultsOfRow): Promise<void> {
    const concerned = rows.filter((row) => row.before?.isFaulty === true || faults.has(row));
    const cells = Array.from(faults, ([row, found]) => found.map((fault) => quarantined(row, fault))).flat();
    await this.#store.quarantine(queries, concerned, cells);
  }
}

function addTo({ upserts, deletes }: TableWork, table: CloudTable, row: ChangedRow, faults: FaultsOfRow): void {
  const { workspaceId, pk, before, after } = row;
  const { key, values, extra, faults: found } = projectRow(table, pk, after);
  if (found.length > 0) faults.set(row, found);
  if (key === undefined) return;
  if (values === undefined) {
    if (before !== undefined && isAlive(before.state)) deletes.push({ workspaceId, key });
    return;
  }
  const updatedAt = new Date(after.storedAt).toISOString();
  const updatedBy = hexOf(after.siteId);
  upserts.push({ row, workspaceId, key, values, updatedBy, updatedAt, version: after.seq, extra });
}

async function writeTables(queries: CloudQueries, work: readonly TableWork[]): Promise<void> {
  for (const { writer, upserts, deletes } of work) {
    await writer.upsert(queries, upserts);
    await writer.delete(queries, deletes);
  }
}

async function upsertCarefully(
  queries: CloudQueries,
  writer: TableWriter,
  rows: TableWork['upserts'],
  faults: FaultsOfRow,
): Promise<void> {
  if (rows.length === 0) return;
  await queries.execute('SAVEPOINT rows');
  try {
    await writer.upsert(queries, rows);
    await queries.execute('RELEASE SAVEPOINT rows');
  } catch (error) {
    if (!(error instanceof CloudError) || error.retryable) throw error;
    await queries.execute('ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows');
    const [first] = rows;
    if (rows.length > 1 || first === undefined) {
      const half = rows.length >> 1;
      await upsertCarefully(queries, writer, rows.slice(0, half), faults);
      await upsertCarefully(queries, writer, rows.slice(half), faults);
      return;
    }
    // What it said before is not so any more.
    await writer.delete(queries, [first]);
    const refused: RowFault = { column: '', reason: 'row_refused', preview: previewOf(error.message) };
    faults.set(first.row, [...(faults.get(first.row) ?? []), refused]);
  }
}

function quarantined({ workspaceId, table, pk, after }: ChangedRow, fault: RowFault): QuarantinedCell {
  const { siteId } = after.state.cells.get(fault.column) ?? after;
  return { workspaceId, table, pk, ...fault, siteId: hexOf(siteId), seq: after.seq };
}

/** Roughly what a row takes, and whether it is there: for counting. */
export function sizeOf(row: StoredRow | undefined): { readonly rows: number; readonly bytes: number } {
  const { state } = row ?? UNKNOWN_STORED_ROW;
  if (!isAlive(state)) return { rows: 0, bytes: 0 };
  let bytes = 0;
  for (const { val } of state.cells.values()) {
    bytes += sizeOfValue(val);
  }
  return { rows: 1, bytes };
}
