/**
 * What the journal of conflicts must hold, worked out without the log: every edit is an event that remembers which events
 * its author had seen, and two edits are concurrent when neither is among what the other had seen. What a replica has seen
 * is kept in the replica, in a table of the simulation's own, so that it is rolled back and lost exactly as the rows are.
 */
import type { Replica } from '@tributary/database';
import { SENTINEL, siteIdToHex, type Change, type SqlValue } from '@tributary/database/changes';
import { causalLength, compareValues, fold, isAlive, UNKNOWN_ROW, type RowState } from '@tributary/sync/merge';

export interface ExpectedConflict {
  readonly kind: 'overwrite' | 'delete';
  readonly table: string;
  readonly rowKey: string;
  readonly column: string;
  readonly winner: Side;
  readonly loser: Side;
}

export interface Side {
  readonly siteId: string;
  readonly dbVersion: number;
  readonly val: SqlValue;
}

export class ConflictModel {
  /** By site and version. */
  readonly #seenBy = new Map<string, ReadonlySet<string>>();
  readonly #expected = new Map<string, ExpectedConflict>();

  /** Pairs of edits of which one is lost, each pair once. */
  get expected(): readonly ExpectedConflict[] {
    return [...this.#expected.values()];
  }

  /** After an edit was committed. */
  edited(replica: Replica): void {
    this.#prepare(replica);
    const event = eventOf(replica.siteId, replica.latestVersion);
    const seen = replica.sqlite.prepare('SELECT event FROM sim_seen').pluck().all() as string[];
    this.#seenBy.set(event, new Set(seen));
    this.#see(replica, event);
  }

  /** Before a replica applies changes of other sites, in the transaction that does. */
  applying(replica: Replica, changes: readonly Change[]): void {
    this.#prepare(replica);
    const contested = new Set<string>();
    for (const change of changes) {
      if (change.table === 'conflicts') continue;
      for (const conflict of this.#lossesOf(replica, change)) {
        const { table, rowKey, column, winner, loser } = conflict;
        const cell = [table, rowKey, column].join('|');
        if (contested.has(cell)) continue;
        contested.add(cell);
        const edits = [eventOf(winner.siteId, winner.dbVersion), eventOf(loser.siteId, loser.dbVersion)];
        this.#expected.set([table, rowKey, column, conflict.kind, ...edits.sort()].join('|'), conflict);
      }
    }
    for (const { siteId, dbVersion } of changes) this.#see(replica, eventOf(siteIdToHex(siteId), dbVersion));
  }

  #lossesOf(replica: Replica, change: Change): ExpectedConflict[] {
    const row: RowState = replica.rowState(change.table, change.pk) ?? UNKNOWN_ROW;
    const incoming = sideOf(change);
    const isUnseen = (site: Uint8Array, dbVersion: number) =>
      siteIdToHex(site) === replica.siteId && this.#areConcurrent(eventOf(replica.siteId, dbVersion), incoming);
    const conflict = (kind: ExpectedConflict['kind'], column: string, winner: Side, loser: Side): ExpectedConflict => {
      return { kind, table: change.table, rowKey: siteIdToHex(change.pk), column, winner, loser };
    };

    const here = causalLength(row);
    if (change.cl > here) {
      if (!isAlive(row)) return [];
      const deletion = { ...incoming, val: null };
      return [...row.cells]
        .filter(([, cell]) => isUnseen(cell.siteId, cell.dbVersion))
        .map(([cid, cell]) => conflict('delete', cid, deletion, sideOf(cell)));
    }
    if (change.cid === SENTINEL) return [];
    if (change.cl < here) {
      const { sentinel } = row;
      if (sentinel === undefined || !isUnseen(sentinel.siteId, sentinel.dbVersion)) return [];
      return [conflict('delete', change.cid, sideOf({ ...sentinel, val: null }), incoming)];
    }
    const cell = row.cells.get(change.cid);
    if (cell === undefined || !isUnseen(cell.siteId, cell.dbVersion)) return [];
    if (compareValues(cell.val, change.val) === 0) return [];
    const isLost = fold(row, change) !== row;
    const [winner, loser] = isLost ? [incoming, sideOf(cell)] : [sideOf(cell), incoming];
    return [conflict('overwrite', change.cid, winner, loser)];
  }

  #areConcurrent(own: string, { siteId, dbVersion }: Side): boolean {
    const incoming = eventOf(siteId, dbVersion);
    const [seenByOwn, seenByIncoming] = [this.#seenBy.get(own), this.#seenBy.get(incoming)];
    if (seenByOwn === undefined || seenByIncoming === undefined) return false;
    return !seenByOwn.has(incoming) && !seenByIncoming.has(own);
  }

  #prepare({ sqlite }: Replica): void {
    sqlite.exec('CREATE TABLE IF NOT EXISTS sim_seen (event TEXT PRIMARY KEY) WITHOUT ROWID');
  }

  #see({ sqlite }: Replica, event: string): void {
    sqlite.prepare('INSERT OR IGNORE INTO sim_seen VALUES (?)').run(event);
  }
}

function eventOf(siteId: string, dbVersion: number): string {
  return `${siteId} ${dbVersion}`;
}

function sideOf({ siteId, dbVersion, val }: Pick<Change, 'siteId' | 'dbVersion' | 'val'>): Side {
  return { siteId: siteIdToHex(siteId), dbVersion, val };
}
