/** The rows that a part of the log touches: collected, then read from the cloud copy, then folded. */
import type { Change } from '@tributary/database/changes';
import { fold } from '@tributary/sync/merge';
import type { LogEntry } from '../log/log.ts';
import type { LogPortion } from './log-portion.ts';
import { UNKNOWN_STORED_ROW, type StoredRow } from './stored-row.ts';

export interface TouchedRow {
  readonly workspaceId: string;
  readonly table: string;
  readonly pk: Uint8Array;
  /** As it is stored; undefined where nothing is known of the row. */
  before: StoredRow | undefined;
  /** After the fold; the same object where nothing came of it. */
  after: StoredRow | undefined;
}

interface ChangeOfRow {
  readonly row: TouchedRow;
  readonly change: Change;
  readonly entry: LogEntry;
}

export class TouchedRows {
  readonly #rows = new Map<string, TouchedRow>();
  /** In the order of the log. */
  readonly #changes: ChangeOfRow[] = [];

  get all(): Iterable<TouchedRow> {
    return this.#rows.values();
  }

  collect(workspaceId: string, { entries }: LogPortion): void {
    for (const { entry, changes } of entries) {
      for (const change of changes ?? []) {
        this.#changes.push({ row: this.#rowOf(workspaceId, change), change, entry });
      }
    }
  }

  /** After `before` was set where something is stored. */
  fold(): void {
    for (const { row, change, entry } of this.#changes) {
      row.after = folded(row.after ?? row.before ?? UNKNOWN_STORED_ROW, change, entry);
    }
  }

  #rowOf(workspaceId: string, { table, pk }: Change): TouchedRow {
    const key = keyOf(workspaceId, table, pk);
    let row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, (row = { workspaceId, table, pk, before: undefined, after: undefined }));
    return row;
  }
}

function folded(row: StoredRow, change: Change, { seq, storedAt }: LogEntry): StoredRow {
  const state = fold(row.state, change);
  if (state === row.state) return row;
  return { state, seq, storedAt, siteId: change.siteId, isFaulty: row.isFaulty };
}

function keyOf(workspaceId: string, table: string, pk: Uint8Array): string {
  return `${workspaceId}\0${table}\0${Buffer.from(pk.buffer, pk.byteOffset, pk.byteLength).toString('latin1')}`;
}
