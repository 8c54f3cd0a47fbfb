/**
 * What people do with the values that lost. A resolution is an ordinary write of the value to its cell, and a mark on the
 * row of the conflict, in one transaction: both replicate like any other edit.
 *
 * What a conflict's winner has become since counts in its place, so that neither a merge nor a choice made by a rule undoes
 * what somebody has written on top of it.
 */
import type { AnyReplica, Statement } from '@tributary/database';
import type { SqlValue } from '@tributary/database/changes';
import { SyncError } from '../errors.ts';
import { CONFLICTS_TABLE } from './conflict-journal.ts';
import {
  CONFLICT_COLUMNS,
  recordOf,
  type ConflictRecord,
  type ConflictResolution,
  type StoredConflict,
} from './conflict-record.ts';
import { isSameValue, readCell, restoreRow, writeCell } from './replicated-cells.ts';
import { mergeTexts, type TextMerge } from './text-merge.ts';

/** A conflict as this device sees it. */
export interface ConflictView extends Omit<ConflictRecord, 'cell'> {
  readonly table: string;
  readonly key: readonly SqlValue[];
  readonly column: string;
  /** This device's own side; for one that is neither author, the winning one. */
  readonly localValue: SqlValue;
  readonly remoteValue: SqlValue;
  /** What the cell holds now; undefined when its row is gone. */
  readonly currentValue: SqlValue | undefined;
  /** Whether `merge` can make one text of the two. */
  readonly isMergeable: boolean;
}

export interface ConflictQuery {
  /** Only open ones by default. */
  readonly includeResolved?: boolean;
  /** 200 by default. */
  readonly limit?: number;
}

export interface ConflictResolverOptions {
  /** Who resolves: the id of a `users` row. */
  readonly resolvedBy?: string;
}

const DEFAULT_LIMIT = 200;

/**
 * @example
 * const conflicts = new ConflictResolver(replica, { resolvedBy: userId });
 * for (const { id } of conflicts.list()) conflicts.autoResolve(id);
 */
export class ConflictResolver {
  readonly #replica: AnyReplica;
  readonly #resolvedBy: string | null;

  constructor(replica: AnyReplica, { resolvedBy }: ConflictResolverOptions = {}) {
    this.#replica = replica;
    this.#resolvedBy = resolvedBy ?? null;
  }

  /** The oldest first. Those that this app cannot read are left out. */
  list({ includeResolved = false, limit = DEFAULT_LIMIT }: ConflictQuery = {}): ConflictView[] {
    if (!this.#hasTable()) return [];
    const records: ConflictRecord[] = [];
    for (const stored of this.#select(includeResolved ? 'true' : IS_OPEN).iterate() as Iterable<StoredConflict>) {
      if (records.length >= limit) break;
      const record = recordOf(this.#replica, stored);
      if (record) records.push(record);
    }
    return records.map((record) => this.#viewOf(this.#sidesOf(record)));
  }

  /**
   * Decides by a rule, and says what it did: a side that changed something wins over one that did not, two edits of a text
   * are merged where they go together, a value wins over none, and otherwise what won stays, as a deletion always does.
   */
  autoResolve(id: string): ConflictResolution {
    return this.#resolve(id, (conflict) => this.#decide(conflict));
  }

  /** The value of this device; where it is not an author, the one that won. */
  localWins(id: string): void {
    this.#resolve(id, (conflict) => this.#choose(conflict, 'local'));
  }

  remoteWins(id: string): void {
    this.#resolve(id, (conflict) => this.#choose(conflict, 'remote'));
  }

  /** Both, as one text. Where both changed the same place it has both, and is not clean. */
  merge(id: string): TextMerge {
    let merged: TextMerge | undefined;
    this.#resolve(id, (conflict) => {
      merged = this.#mergeOf(conflict);
      if (merged === undefined) throw new SyncError('not_mergeable', `the conflict ${id} is not between two texts`);
      return this.#write(conflict, merged.text, 'merged');
    });
    return merged as TextMerge;
  }

  /** What won stays, and nobody is asked again. */
  dismiss(id: string): void {
    this.#transaction(id, () => this.#close(id, 'dismissed'));
  }

  #resolve(id: string, act: (conflict: OpenConflict) => ConflictResolution): ConflictResolution {
    return this.#transaction(id, (stored) => {
      const record = recordOf(this.#replica, stored);
      if (record === undefined) {
        throw new SyncError('conflict_unreadable', `the conflict ${id} is about what this app does not know`);
      }
      const resolution = act(this.#sidesOf(record));
      this.#close(id, resolution);
      return resolution;
    });
  }

  #decide(conflict: OpenConflict): ConflictResolution {
    const { kind, baseValue, losingValue, currentValue, winner, loser } = conflict;
    if (kind === 'delete' || currentValue === undefined) return 'dismissed';
    if (baseValue !== undefined) {
      if (isSameValue(losingValue, baseValue)) return winner;
      if (isSameValue(currentValue, baseValue)) return this.#choose(conflict, loser);
      const merged = this.#mergeOf(conflict);
      if (merged?.isClean) return this.#write(conflict, merged.text, 'merged');
    }
    if (losingValue === null) return winner;
    return currentValue === null ? this.#choose(conflict, loser) : 'dismissed';
  }

  #choose(conflict: OpenConflict, side: Side): ConflictResolution {
    const { kind, winner, winningValue, losingValue } = conflict;
    if (kind === 'overwrite') return this.#write(conflict, side === winner ? winningValue : losingValue, side);
    if (side !== winner) this.#restore(conflict);
    return side;
  }

  #write({ cell }: OpenConflict, value: SqlValue, resolution: ConflictResolution): ConflictResolution {
    writeCell(this.#replica, cell, value);
    return resolution;
  }

  /** Undefined where there are no two texts that make sense as one. */
  #mergeOf(conflict: OpenConflict): TextMerge | undefined {
    if (!this.#isMergeable(conflict)) return undefined;
    const { winner, baseValue } = conflict;
    const [current, losing] = [conflict.currentValue as string, conflict.losingValue as string];
    const [local, remote] = winner === 'local' ? [current, losing] : [losing, current];
    return mergeTexts(typeof baseValue === 'string' ? baseValue : undefined, local, remote);
  }

  #isMergeable({ kind, cell, losingValue, currentValue }: OpenConflict): boolean {
    const areTexts = typeof losingValue === 'string' && typeof currentValue === 'string';
    return kind === 'overwrite' && areTexts && this.#replica.isMergeable(cell.table.name, cell.column);
  }

  /** The row comes back with everything that it lost by its deletion, the most recent where a cell lost more than once. */
  #restore({ id, cell }: OpenConflict): void {
    const lost = this.#select(`${IS_OPEN} AND kind = 'delete' AND table_name = ? AND row_key = ?`)
      .all(cell.table.name, cell.pk)
      .map((stored) => recordOf(this.#replica, stored as StoredConflict))
      .filter((record) => record !== undefined);
    const latestFirst = [
      ...lost.filter((record) => record.id === id),
      ...lost.filter((record) => record.id !== id).toReversed(),
    ];
    const cells = new Map<string, SqlValue>();
    for (const record of latestFirst) {
      if (cells.has(record.cell.column)) continue;
      cells.set(record.cell.column, record.losingValue);
      this.#close(record.id, this.#sidesOf(record).loser);
    }
    restoreRow(this.#replica, cell, cells);
  }

  #sidesOf(record: ConflictRecord): OpenConflict {
    const isLoser = record.losingSite === this.#replica.siteId && record.winningSite !== record.losingSite;
    const [winner, loser] = isLoser ? (['remote', 'local'] as const) : (['local', 'remote'] as const);
    return { ...record, winner, loser, currentValue: readCell(this.#replica, record.cell) };
  }

  #viewOf(conflict: OpenConflict): ConflictView {
    const { cell, winner, loser: _, ...record } = conflict;
    const { winningValue, losingValue } = record;
    const [localValue, remoteValue] = winner === 'local' ? [winningValue, losingValue] : [losingValue, winningValue];
    const { table, key, column } = cell;
    const isMergeable = this.#isMergeable(conflict);
    return { ...record, table: table.name, key, column, localValue, remoteValue, isMergeable };
  }

  #hasTable(): boolean {
    return this.#replica.replicatedTable(CONFLICTS_TABLE) !== undefined;
  }

  #transaction<R>(id: string, body: (stored: StoredConflict) => R): R {
    return this.#replica.transaction(() => {
      const stored = this.#hasTable() ? this.#select(`${IS_OPEN} AND id = ?`).get(id) : undefined;
      if (stored === undefined) throw new SyncError('conflict_not_found', `there is no open conflict ${id}`);
      return body(stored as StoredConflict);
    });
  }

  #select(condition: string): Statement {
    const sql = `SELECT ${CONFLICT_COLUMNS} FROM ${CONFLICTS_TABLE} WHERE ${condition} ORDER BY created_at, id`;
    return this.#replica.sqlite.prepare(sql).raw().safeIntegers();
  }

  #close(id: string, resolution: ConflictResolution): void {
    const now = this.#replica.now();
    this.#replica.sqlite.prepare(CLOSE).run(resolution, now, this.#resolvedBy, now, id);
  }
}

/** Seen from this device, with what the cell has become. */
interface OpenConflict extends ConflictRecord {
  readonly winner: Side;
  readonly loser: Side;
  readonly currentValue: SqlValue | undefined;
}

type Side = 'local' | 'remote';

const IS_OPEN = 'resolved_at IS NULL';

const CLOSE = `
  UPDATE ${CONFLICTS_TABLE} SET resolution = ?, resolved_at = ?, resolved_by = ?, updated_at = ? WHERE id = ?`;
