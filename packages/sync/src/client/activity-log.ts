import type { AnyReplica, Statement } from '@tributary/database';
import type { ApplyOutcome, Incoming } from './incoming/inbox.ts';

export const ACTIVITY_KINDS = [
  'connected',
  'disconnected',
  'pushed',
  'pulled',
  'rejected',
  'conflict',
  'blocked',
  'rotated',
  'epoch',
] as const;

export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

export interface Activity {
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  /** For people. */
  readonly message: string;
  readonly detail: unknown;
}

export interface ActivityQuery {
  readonly limit?: number;
  /** Older than the line of this id. */
  readonly before?: number;
}

const KEPT_LINES = 10_000;
const PRUNE_EVERY = 500;

/** What sync did, line by line, for people to read; kept across restarts, the oldest lines dropped. */
export class ActivityLog {
  readonly #replica: AnyReplica;
  readonly #insert: Statement;
  readonly #prune: Statement;
  readonly #read: Statement;

  constructor(replica: AnyReplica) {
    this.#replica = replica;
    const { sqlite } = replica;
    this.#insert = sqlite.prepare('INSERT INTO sync_activity (at, kind, message, detail) VALUES (?, ?, ?, ?)');
    this.#prune = sqlite.prepare('DELETE FROM sync_activity WHERE id <= (SELECT max(id) FROM sync_activity) - ?');
    this.#read = sqlite
      .prepare('SELECT id, at, kind, message, detail FROM sync_activity WHERE id < ? ORDER BY id DESC LIMIT ?')
      .raw();
  }

  add(kind: ActivityKind, message: string, detail?: unknown): void {
    const json = detail === undefined ? null : JSON.stringify(detail);
    const { lastInsertRowid } = this.#insert.run(this.#replica.now(), kind, message, json);
    // By the id, so that a process that never lives for long prunes, too.
    if (Number(lastInsertRowid) % PRUNE_EVERY === 0) this.#prune.run(KEPT_LINES);
  }

  /** What one transaction brought. */
  addApplied({ pulled, parked, conflicts }: ApplyOutcome, items: readonly Incoming[]): void {
    const acks = items.filter(({ kind }) => kind === 'ack').length;
    if (acks > 0) this.add('pushed', acks === 1 ? 'One batch is on the relay.' : `${acks} batches are on the relay.`);
    if (pulled > 0) this.add('pulled', `${pulled} changes of other devices.`, parked > 0 ? { parked } : undefined);
    for (const { kind, table, cid } of conflicts) {
      this.add('conflict', `Two devices changed ${table}.${cid} at once; one value was put aside.`, {
        kind,
        table,
        cid,
      });
    }
  }

  /** Newest first. */
  read({ limit = 100, before = Number.MAX_SAFE_INTEGER }: ActivityQuery = {}): Activity[] {
    const rows = this.#read.all(before, limit) as [number, number, ActivityKind, string, string | null][];
    return rows.map(([id, at, kind, message, detail]) => {
      return { id, at, kind, message, detail: detail === null ? undefined : (JSON.parse(detail) as unknown) };
    });
  }
}
