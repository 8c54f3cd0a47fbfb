/**
 * The way in: what the relay says about the log, applied to the replica. Rows, cursor, acknowledgements and conflicts of
 * one call commit together, and nothing else moves the cursor, so whenever the process dies the replica is at some entry
 * of the log, whole.
 */
import type { AnyReplica, Change } from '@tributary/database';
import { hexToBytes } from '@tributary/database/changes';
import { compareValues, detectConflicts, fold, UNKNOWN_ROW, type Conflict } from '../../merge/index.ts';
import { decodeBatch, type Batch } from '../../protocol/index.ts';
import {
  CONFLICTS_TABLE,
  type ConflictJournal,
  type IsJournalled,
  type StoredEdit,
} from '../conflicts/conflict-journal.ts';
import { CoveredChanges } from '../covered-changes.ts';
import type { SyncStore } from '../sync-store.ts';

/** An entry of the log, as delivered. */
export interface IncomingEntry {
  readonly kind: 'entry';
  readonly seq: number;
  readonly mark: number;
  readonly siteId: Uint8Array;
  readonly knownVersion: number;
  /** Empty where this session pushed it. */
  readonly batch: Uint8Array;
  /** Whether more fragments of the same version follow. */
  readonly isContinued: boolean;
}

/** An own batch is in the log. */
export interface IncomingAck {
  readonly kind: 'ack';
  readonly toVersion: number;
  readonly seq: number;
  readonly mark: number;
}

export type Incoming = IncomingEntry | IncomingAck;

export interface ApplyOutcome {
  /** Changes of other sites. */
  readonly pulled: number;
  readonly parked: number;
  readonly conflicts: readonly Conflict[];
}

/**
 * The log holds changes of this very site that the replica does not: it is a copy, or was restored from one. Nothing was
 * applied; the replica must become a site of its own.
 */
export class ForeignSelfError extends Error {}

export interface InboxOptions {
  readonly replica: AnyReplica;
  readonly store: SyncStore;
  readonly journal: ConflictJournal;
  readonly isJournalled: IsJournalled;
  /** Whether there may be own edits that are not known to be in the log. */
  readonly hasPending: () => boolean;
}

export class Inbox {
  readonly #replica: AnyReplica;
  readonly #store: SyncStore;
  readonly #options: InboxOptions;
  readonly #covered: CoveredChanges;
  /** The same in both forms. */
  #siteHex = '';
  #siteId: Uint8Array = new Uint8Array(0);

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#replica = options.replica;
    this.#store = options.store;
    this.#covered = new CoveredChanges(options.replica);
  }

  /** All of it in one transaction. Fragments of a version must come together. */
  apply(items: readonly Incoming[]): ApplyOutcome {
    this.#learnSite();
    return this.#store.transaction(() => {
      const hadPending = this.#options.hasPending();
      const outcome: Outcome = { pulled: 0, parked: 0, conflicts: [] };
      for (const group of groupFragments(items)) this.#applyGroup(group, outcome);
      if (!hadPending && outcome.pulled > 0 && outcome.conflicts.length === 0) {
        // Nothing of what is stored is waiting to be pushed, so the way out need not look at it.
        this.#store.update({ pushCursor: this.#replica.latestVersion });
      }
      return outcome;
    });
  }

  #learnSite(): void {
    const { siteId } = this.#replica;
    if (siteId === this.#siteHex) return;
    this.#siteHex = siteId;
    this.#siteId = hexToBytes(siteId);
  }

  #applyGroup(group: Group, outcome: Outcome): void {
    if (group.kind === 'ack') {
      this.#recordAck(group);
      return;
    }
    const { entries, last } = group;
    const batches = entries
      .filter(({ batch }) => batch.length > 0)
      .map((entry) => decodeBatch(entry.batch, entry.siteId));
    const [first] = batches;
    if (first !== undefined) {
      if (isEqual(last.siteId, this.#siteId) && !first.refill) this.#recognise(batches, last);
      else this.#applyForeign(batches, last, outcome);
      if (this.#store.position.refillVersion !== undefined) {
        for (const { changes } of batches) this.#covered.add(changes);
      }
    }
    this.#store.update({ pullCursor: last.seq, cursorMark: last.mark });
  }

  #recordAck({ toVersion, seq, mark }: IncomingAck): void {
    // 0 is that of a refill.
    if (toVersion > 0) this.#store.recordAck(toVersion, seq, this.#replica.now());
    if (seq === this.#store.position.pullCursor + 1) this.#store.update({ pullCursor: seq, cursorMark: mark });
  }

  #applyForeign(batches: readonly Batch[], entry: IncomingEntry, outcome: Outcome): void {
    if (outcome.pulled === 0 && this.#options.hasPending()) this.#markBase();
    for (const batch of batches) {
      const conflicts = this.#conflictsWith(batch, entry);
      this.#options.journal.record(conflicts, (edit) =>
        this.#isKnown(edit, { author: entry.siteId, base: batch.base }),
      );
      outcome.conflicts.push(...conflicts);
      const changes = batch.refill ? this.#withoutOwn(batch.changes) : batch.changes;
      const { parked } = this.#replica.applyChanges(changes);
      outcome.pulled += changes.length;
      outcome.parked += parked;
    }
  }

  /** What was edited here until now was edited without knowing what comes now. */
  #markBase(): void {
    const hasUnmarked = this.#replica.countOwnChanges(this.#store.markedVersion, 1) > 0;
    if (hasUnmarked) this.#store.markBase(this.#replica.latestVersion);
  }

  #conflictsWith({ base, refill, changes }: Batch, { siteId, knownVersion }: IncomingEntry): Conflict[] {
    if (refill || base === undefined || !this.#isAtStake(base)) return [];
    const own = {
      siteId: this.#siteId,
      rowState: (table: string, pk: Uint8Array) => this.#replica.rowState(table, pk),
      seqOf: (version: number) => this.#store.seqOf(version),
    };
    const journalled = changes.filter(({ table }) => table !== CONFLICTS_TABLE);
    const found = detectConflicts({ siteId, base, knownVersion, changes: journalled }, own);
    return found.filter(({ table, cid }) => this.#options.isJournalled(table, cid));
  }

  /** Whether the author of a batch with this base had seen an edit: its own, or one that was in the log by then. */
  #isKnown({ siteId, dbVersion }: StoredEdit, to: { author: Uint8Array; base: number | undefined }): boolean {
    if (isEqual(siteId, to.author)) return true;
    const isOwn = isEqual(siteId, this.#siteId);
    const seq = isOwn ? this.#store.seqOf(dbVersion) : this.#store.appliedBy(dbVersion);
    return seq !== undefined && to.base !== undefined && seq <= to.base;
  }

  /** Whether there is any own edit at all that the author of a batch with this base had not seen. */
  #isAtStake(base: number): boolean {
    return this.#options.hasPending() || (this.#store.lastAck?.seq ?? 0) > base;
  }

  /** Own changes that somebody sends for a log that lost them. */
  #withoutOwn(changes: readonly Change[]): readonly Change[] {
    const own = changes.filter(({ siteId }) => isEqual(siteId, this.#siteId));
    if (own.length === 0) return changes;
    if (!own.every((change) => this.#holds(change))) throw new ForeignSelfError();
    return changes.filter(({ siteId }) => !isEqual(siteId, this.#siteId));
  }

  /**
   * An entry of this site that this session did not push: its acknowledgement was lost, or another copy of this replica
   * wrote it. It was written here exactly if everything it says is held here, or overwritten here since, and everything
   * that is still here of its versions is in it.
   */
  #recognise(batches: readonly Batch[], { seq }: IncomingEntry): void {
    const { toVersion } = batches[0] as Batch;
    const changes = batches.flatMap((batch) => batch.changes);
    const { pushCursor } = this.#store.position;
    if (!changes.every((change) => this.#holds(change))) throw new ForeignSelfError();
    if (toVersion <= pushCursor) return;

    const isWritten = toVersion <= this.#replica.latestVersion;
    if (!isWritten || !this.#isAllOf(changes, { after: pushCursor, until: toVersion })) throw new ForeignSelfError();
    this.#store.recordAck(toVersion, seq, this.#replica.now());
  }

  #holds(change: Change): boolean {
    const row = this.#replica.rowState(change.table, change.pk) ?? UNKNOWN_ROW;
    return fold(row, change) === row;
  }

  #isAllOf(changes: readonly Change[], { after, until }: { after: number; until: number }): boolean {
    const said = new Map(changes.map((change) => [keyOf(change), change]));
    for (let from = after; ;) {
      const { changes: stored, upTo } = this.#replica.ownChanges({ after: from, until });
      if (stored.length === 0) return true;
      if (!stored.every((change) => isSameEdit(change, said.get(keyOf(change))))) return false;
      from = upTo;
    }
  }
}

interface Outcome {
  pulled: number;
  parked: number;
  conflicts: Conflict[];
}

type Group =
  IncomingAck | { readonly kind: 'entries'; readonly entries: readonly IncomingEntry[]; readonly last: IncomingEntry };

function groupFragments(items: readonly Incoming[]): Group[] {
  const groups: Group[] = [];
  let open: IncomingEntry[] = [];
  for (const item of items) {
    if (item.kind === 'ack') {
      groups.push(item);
      continue;
    }
    open.push(item);
    if (item.isContinued) continue;
    groups.push({ kind: 'entries', entries: open, last: item });
    open = [];
  }
  return groups;
}

function keyOf({ table, pk, cid }: Change): string {
  return `${table}\0${cid}\0${String.fromCharCode(...pk)}`;
}

function isSameEdit(one: Change, other: Change | undefined): boolean {
  if (other === undefined || one.dbVersion !== other.dbVersion) return false;
  return one.colVersion === other.colVersion && one.cl === other.cl && compareValues(one.val, other.val) === 0;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
