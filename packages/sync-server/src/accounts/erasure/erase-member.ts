/**
 * A member's own rows go from a workspace that lives on. Two things have to happen, in this order:
 *
 *   1. The server deletes the rows, as a site of its own, by changes like any other: whoever syncs next drops them. That is
 *      kept for ever, so that no device that comes back later brings them to life; it says the keys of the rows, no more.
 *   2. The entries that have brought the rows are rewritten without them. Such an entry keeps its place, its author, its
 *      versions and its mark, and a replica that reads it later only reads less. One that held nothing else is left empty.
 *
 * In the other order a device that syncs in between would keep what it has and never hear of it again. After a crash all of
 * it is done once more: what is deleted already is not deleted again, and what is gone is not found.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { SENTINEL, SITE_ID_BYTES, type Change } from '@tributary/database/changes';
import { decodeBatch, encodeBatch, type Batch } from '@tributary/sync/protocol';
import type { Log, LogEntry, ReplacedPayload } from '../../log/log.ts';
import { PersonalRows, type FoundRow } from './personal-rows.ts';
import type { PersonalTables } from './personal-tables.ts';

export interface MemberErasure {
  readonly id: string;
  readonly workspaceId: string;
  readonly memberId: string;
}

export interface EraseMemberOptions {
  readonly log: Log;
  readonly tables: PersonalTables;
  /** Ends the sessions of the workspace, stores what was pushed, and lets nobody in until it is released. */
  readonly closeWorkspace: (workspaceId: string) => Promise<() => void>;
  /** The log of the workspace ends with the entry `head` now. */
  readonly stored: (workspaceId: string, head: number) => void;
}

export interface ErasedMember {
  readonly rows: readonly FoundRow[];
  /** The last entry that deletes some of them; 0 where there are none. */
  readonly deletedBy: number;
  readonly rewritten: number;
}

const READ = { maxEntries: 100, maxBytes: 256 * 1024 };
/** So that reading and writing never keep the event loop from others for long. */
const CHANGES_PER_TURN = 500;
const REPLACED_BYTES_AT_ONCE = 256 * 1024;
const SUSPECTS_AT_ONCE = 50;
const DELETES_PER_ENTRY = 500;

export async function eraseMember(erasure: MemberErasure, options: EraseMemberOptions): Promise<ErasedMember> {
  const { log } = options;
  const isThere = (await log.workspaces()).some(({ workspaceId }) => workspaceId === erasure.workspaceId);
  if (!isThere) return { rows: [], deletedBy: 0, rewritten: 0 };
  const work = new MemberWork(erasure, options);
  // What arrives meanwhile may be about the rows, too.
  while (await work.readOn()) {
    await work.deleteRows();
    await work.rewrite();
  }
  return work.result;
}

class MemberWork {
  readonly #erasure: MemberErasure;
  readonly #options: EraseMemberOptions;
  readonly #siteId: Uint8Array;
  readonly #rows: PersonalRows;
  /** Up to where the log was read. */
  #seq = 0;
  /** Entries with rows that may be the member's. */
  readonly #suspects: number[] = [];
  /** The causal lengths by which rows were deleted. */
  readonly #deleted = new Map<string, number>();
  #deletedBy = 0;
  #rewritten = 0;

  constructor(erasure: MemberErasure, options: EraseMemberOptions) {
    this.#erasure = erasure;
    this.#options = options;
    this.#siteId = siteOf(erasure);
    this.#rows = new PersonalRows(options.tables, erasure.memberId);
  }

  get result(): ErasedMember {
    return { rows: this.#rows.find(), deletedBy: this.#deletedBy, rewritten: this.#rewritten };
  }

  /** To the end; returns whether there was anything about such rows. */
  async readOn(): Promise<boolean> {
    const { log } = this.#options;
    const suspects = this.#suspects.length;
    for (let changes = 0; ;) {
      const entries = await log.read(this.#erasure.workspaceId, { ...READ, after: this.#seq });
      const last = entries.at(-1);
      if (last === undefined) return this.#suspects.length > suspects;
      for (const entry of entries) {
        changes += this.#see(entry);
        if (changes < CHANGES_PER_TURN) continue;
        changes = 0;
        await nextTurn();
      }
      this.#seq = last.seq;
    }
  }

  /** Those that nobody has deleted for good. */
  async deleteRows(): Promise<void> {
    const left = this.#rows.find().filter((row) => (this.#deleted.get(PersonalRows.keyOf(row)) ?? 0) < deadAfter(row));
    if (left.length === 0) return;
    const { closeWorkspace, log, stored } = this.#options;
    const { workspaceId } = this.#erasure;
    const release = await closeWorkspace(workspaceId);
    try {
      for (let from = 0; from < left.length; from += DELETES_PER_ENTRY) {
        const rows = left.slice(from, from + DELETES_PER_ENTRY);
        const { version } = await log.siteHead(workspaceId, this.#siteId);
        const toVersion = version + 1;
        const append = { workspaceId, siteId: this.#siteId, toVersion, refill: false, unknownNames: [] };
        const payloads = [deletionOf(rows, { siteId: this.#siteId, toVersion })];
        const [appended] = await log.append([{ ...append, payloads }]);
        this.#deletedBy = appended?.seq ?? 0;
      }
    } finally {
      release();
    }
    stored(workspaceId, this.#deletedBy);
  }

  async rewrite(): Promise<void> {
    const { log } = this.#options;
    const { workspaceId } = this.#erasure;
    const gone = new Set(this.#rows.find().map((row) => PersonalRows.keyOf(row)));
    const suspects = this.#suspects;
    // A row may turn out to be the member's by what comes later.
    for (let [index, pending, bytes] = [0, [] as ReplacedPayload[], 0]; index < suspects.length; index++) {
      const seq = suspects[index] ?? 0;
      const [entry] = await log.read(workspaceId, { after: seq - 1, maxEntries: 1, maxBytes: READ.maxBytes });
      const payload = entry && withoutRows(entry, gone);
      if (payload !== undefined) {
        pending.push({ seq, payload });
        bytes += payload.length;
      }
      const isPiece = bytes >= REPLACED_BYTES_AT_ONCE || (index + 1) % SUSPECTS_AT_ONCE === 0;
      if (!isPiece && index + 1 < suspects.length) continue;
      if (pending.length > 0) await log.replacePayloads(workspaceId, pending);
      this.#rewritten += pending.length;
      [pending, bytes] = [[], 0];
      await nextTurn();
    }
  }

  /** Returns how many changes it has. */
  #see(entry: LogEntry): number {
    const changes = changesOf(entry);
    const isOwn = Buffer.compare(entry.siteId, this.#siteId) === 0;
    let isSuspect = false;
    for (const change of changes) {
      if (!this.#rows.isWatched(change)) continue;
      if (isOwn) {
        this.#deleted.set(PersonalRows.keyOf(change), change.cl);
        this.#deletedBy = entry.seq;
      } else {
        this.#rows.see(change);
        isSuspect = true;
      }
    }
    if (isSuspect) this.#suspects.push(entry.seq);
    return changes.length;
  }
}

/** The same each time that it is tried. */
function siteOf({ id }: MemberErasure): Uint8Array {
  return createHash('sha256').update(`erasure ${id}`).digest().subarray(0, SITE_ID_BYTES);
}

/** The next even one is dead. */
function deadAfter({ cl }: FoundRow): number {
  return cl + (cl % 2);
}

/** Without a base, so that nobody takes it for a conflict and keeps what is deleted. */
function deletionOf(
  rows: readonly FoundRow[],
  { siteId, toVersion }: { readonly siteId: Uint8Array; readonly toVersion: number },
): Uint8Array {
  const changes = rows.map((row, seq): Change => {
    const cl = deadAfter(row);
    return {
      table: row.table,
      pk: row.pk,
      cid: SENTINEL,
      val: null,
      colVersion: cl,
      cl,
      dbVersion: toVersion,
      siteId,
      seq,
    };
  });
  const header = { prevVersion: toVersion - 1, toVersion, base: undefined, refill: false, fragment: undefined };
  return encodeBatch({ ...header, changes });
}

/** Undefined where it has nothing of these rows: then it stays byte for byte. */
function withoutRows(entry: LogEntry, gone: ReadonlySet<string>): Uint8Array | undefined {
  const batch = batchOf(entry);
  if (batch === undefined) return undefined;
  const changes = batch.changes.filter((change) => !gone.has(PersonalRows.keyOf(change)));
  return changes.length === batch.changes.length ? undefined : encodeBatch({ ...batch, changes });
}

function changesOf(entry: LogEntry): readonly Change[] {
  return batchOf(entry)?.changes ?? [];
}

/** Undefined for what nobody can read: it has nobody's rows. */
function batchOf({ payload, siteId }: LogEntry): Batch | undefined {
  try {
    return decodeBatch(payload, siteId);
  } catch {
    return undefined;
  }
}
