/**
 * What the client must not lose, in the replica's own local tables, so that it commits together with the rows it speaks
 * of: how far the replica has got with the log, and where in the log its own versions are.
 */
import type { AnyReplica, Statement } from '@tributary/database';

/** Where a replica is in the life of one log. */
export interface SyncPosition {
  /** Undefined while it has never pulled. */
  readonly epoch: string | undefined;
  readonly pullCursor: number;
  readonly cursorMark: number;
  readonly pushCursor: number;
  readonly settledVersion: number;
  readonly refillVersion: number | undefined;
  readonly lastSyncedAt: number | undefined;
}

/** Own versions that were all made when the same entry of the log was the last one applied. */
export interface BaseRange {
  /** Undefined when it is not known in this life of the log. */
  readonly base: number | undefined;
  /** The range ends with this version. */
  readonly until: number;
}

const START: SyncPosition = {
  epoch: undefined,
  pullCursor: 0,
  cursorMark: 0,
  pushCursor: 0,
  settledVersion: 0,
  refillVersion: undefined,
  lastSyncedAt: undefined,
};

export class SyncStore {
  readonly #replica: AnyReplica;
  readonly #workspaceId: string;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #position: SyncPosition;
  #lastAck: { readonly dbVersion: number; readonly seq: number } | undefined;

  constructor(replica: AnyReplica, workspaceId: string) {
    this.#replica = replica;
    this.#workspaceId = workspaceId;
    this.#statements = prepareStatements(replica);
    this.#position = this.#read();
    this.#lastAck = this.#readLastAck();
  }

  /** As of the last commit; inside `transaction`, as written so far. */
  get position(): SyncPosition {
    return this.#position;
  }

  /** All or nothing, here and in the replica. */
  transaction<R>(body: () => R): R {
    const [position, lastAck] = [this.#position, this.#lastAck];
    try {
      return this.#replica.transaction(body);
    } catch (error) {
      this.#position = position;
      this.#lastAck = lastAck;
      throw error;
    }
  }

  update(changed: Partial<SyncPosition>): void {
    this.#position = { ...this.#position, ...changed };
    const { epoch, pullCursor, cursorMark, pushCursor, settledVersion, refillVersion, lastSyncedAt } = this.#position;
    this.#statements.write.run(
      this.#workspaceId,
      epoch ?? null,
      pullCursor,
      cursorMark,
      pushCursor,
      settledVersion,
      refillVersion ?? null,
      lastSyncedAt ?? null,
    );
  }

  /**
   * Own versions up to this one are on the relay's disk, the last of them as this entry. An acknowledgement that comes
   * after that of a later version still says where this one is.
   */
  recordAck(dbVersion: number, seq: number, ackedAt: number): void {
    this.#statements.addAck.run(dbVersion, seq, ackedAt);
    if (dbVersion <= (this.#lastAck?.dbVersion ?? 0)) return;
    this.#lastAck = { dbVersion, seq };
    if (dbVersion <= this.#position.pushCursor) return;
    this.#statements.dropBases.run(dbVersion);
    this.update({ pushCursor: dbVersion });
  }

  /** Where in the log an own version is: 0 if everybody knows it, undefined if it is not known to be there. */
  seqOf(dbVersion: number): number | undefined {
    if (dbVersion <= this.#position.settledVersion) return 0;
    if (dbVersion > this.#position.pushCursor) return undefined;
    return this.#statements.seqOf.get(dbVersion) as number | undefined;
  }

  /** The last own version that is in the log, and its entry. */
  get lastAck(): { readonly dbVersion: number; readonly seq: number } | undefined {
    return this.#lastAck;
  }

  /** Before the first entry after `version` is applied: own edits up to here were made at the present pull cursor. */
  markBase(version: number): void {
    this.#statements.addBase.run(version, this.#position.pullCursor);
  }

  /**
   * The entry that had been applied when a version was stored here, so another site's cell of that version came with it
   * or earlier; undefined when it is not known. Of versions that nobody waits for any more it may be a later entry.
   */
  appliedBy(dbVersion: number): number | undefined {
    return this.baseAfter(dbVersion - 1).base;
  }

  /** Up to this version the base of every own edit is settled: marked, or in the log already. */
  get markedVersion(): number {
    const marked = this.#statements.lastBase.get() as number | null;
    return Math.max(marked ?? 0, this.#position.pushCursor);
  }

  /** The base of the own edits that follow a version. */
  baseAfter(version: number): BaseRange {
    const { settledVersion, pullCursor } = this.#position;
    if (version < settledVersion) return { base: undefined, until: settledVersion };
    const range = this.#statements.baseAfter.get(version) as [until: number, base: number | null] | undefined;
    return range ? { base: range[1] ?? undefined, until: range[0] } : { base: pullCursor, until: Infinity };
  }

  /** The log has begun a new life: positions in the former one mean nothing any more. */
  beginEpoch(epoch: string, refillVersion: number | undefined): void {
    const { settledVersion, pushCursor } = this.#position;
    this.#forget();
    if (refillVersion !== undefined) this.#statements.addBase.run(refillVersion, null);
    this.update({
      epoch,
      pullCursor: 0,
      cursorMark: 0,
      settledVersion: Math.max(settledVersion, pushCursor),
      refillVersion,
    });
  }

  /** The log does not hold own versions above this one, although it had said so: they are to be pushed again. */
  retractAcks(version: number): void {
    const { pushCursor } = this.#position;
    this.#statements.dropAcksAfter.run(version);
    // On which entries they were based is forgotten.
    this.#statements.addBase.run(pushCursor, null);
    this.#lastAck = this.#readLastAck();
    this.update({ pushCursor: Math.min(pushCursor, version) });
  }

  /** The replica has become another site, whose changes the relay has none of. */
  beginSite(): void {
    const { settledVersion, pushCursor } = this.#position;
    this.#statements.dropAcks.run();
    this.#lastAck = undefined;
    this.update({ pushCursor: 0, settledVersion: Math.max(settledVersion, pushCursor) });
  }

  #forget(): void {
    this.#statements.dropAcks.run();
    this.#statements.dropBases.run(Number.MAX_SAFE_INTEGER);
    this.#lastAck = undefined;
  }

  #read(): SyncPosition {
    const row = this.#statements.read.get(this.#workspaceId) as PositionRow | undefined;
    if (row === undefined) return START;
    const [epoch, pullCursor, cursorMark, pushCursor, settledVersion, refillVersion, lastSyncedAt] = row;
    return {
      epoch: epoch ?? undefined,
      pullCursor,
      cursorMark,
      pushCursor,
      settledVersion,
      refillVersion: refillVersion ?? undefined,
      lastSyncedAt: lastSyncedAt ?? undefined,
    };
  }

  #readLastAck(): { readonly dbVersion: number; readonly seq: number } | undefined {
    const row = this.#statements.lastAck.get() as [dbVersion: number, seq: number] | undefined;
    return row && { dbVersion: row[0], seq: row[1] };
  }
}

type PositionRow = [string | null, number, number, number, number, number | null, number | null];

function prepareStatements({ sqlite }: AnyReplica) {
  const raw = (sql: string): Statement => sqlite.prepare(sql).raw();
  return {
    read: raw(
      `SELECT epoch, pull_cursor, cursor_mark, push_cursor, settled_version, refill_version, last_synced_at
       FROM sync_state WHERE workspace_id = ?`,
    ),
    write: sqlite.prepare(
      `INSERT OR REPLACE INTO sync_state (workspace_id, epoch, pull_cursor, cursor_mark, push_cursor, settled_version,
                                          refill_version, last_synced_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addAck: sqlite.prepare(
      `INSERT INTO sync_acks (db_version, seq, acked_at) VALUES (?, ?, ?)
       ON CONFLICT (db_version) DO UPDATE SET seq = min(seq, excluded.seq)`,
    ),
    dropAcksAfter: sqlite.prepare('DELETE FROM sync_acks WHERE db_version > ?'),
    dropAcks: sqlite.prepare('DELETE FROM sync_acks'),
    seqOf: sqlite.prepare('SELECT seq FROM sync_acks WHERE db_version >= ? ORDER BY db_version LIMIT 1').pluck(),
    lastAck: raw('SELECT db_version, seq FROM sync_acks ORDER BY db_version DESC LIMIT 1'),
    lastBase: sqlite.prepare('SELECT max(db_version) FROM sync_bases').pluck(),
    addBase: sqlite.prepare('INSERT OR IGNORE INTO sync_bases (db_version, base) VALUES (?, ?)'),
    baseAfter: raw('SELECT db_version, base FROM sync_bases WHERE db_version > ? ORDER BY db_version LIMIT 1'),
    dropBases: sqlite.prepare('DELETE FROM sync_bases WHERE db_version <= ?'),
  };
}
