/**
 * The way out: this replica's own edits, cut into batches. A batch holds whole transactions that were made on the same
 * base, as many as fit; one transaction that is too large for a frame becomes fragments of one batch.
 */
import type { AnyReplica, Change, SqlValue } from '@tributary/database';
import { encodeBatch, MAX_KEY_BYTES, type BatchHeader, type ProtocolLimits } from '../../protocol/index.ts';
import type { SyncStore } from '../sync-store.ts';

export interface OutgoingBatch {
  readonly toVersion: number;
  readonly changeCount: number;
  /** Encoded; more than one when the batch is fragmented. */
  readonly frames: readonly Uint8Array[];
}

export type NextBatches =
  | { readonly kind: 'batches'; readonly batches: readonly OutgoingBatch[]; readonly upTo: number }
  /** There are no own edits after the cursor, up to this version. */
  | { readonly kind: 'drained'; readonly upTo: number }
  /** The relay would refuse it, and everything behind it has to wait. */
  | { readonly kind: 'unsendable'; readonly reason: string };

const CELLS_PER_READ = 2_000;

/** Room that a frame needs beside keys and values, for each change at most. */
const OVERHEAD_BYTES = 64;

/** What a batch aims at: larger ones deflate no better, and make others wait. */
const TARGET_BYTES = 256 * 1024;

export class Outbox {
  readonly #replica: AnyReplica;
  readonly #store: SyncStore;

  constructor(replica: AnyReplica, store: SyncStore) {
    this.#replica = replica;
    this.#store = store;
  }

  /** The next own edits after a version; `sentVersion` is where the batch before them ended. */
  next(after: number, sentVersion: number, limits: ProtocolLimits): NextBatches {
    const maxCells = Math.min(CELLS_PER_READ, limits.maxChangesPerBatch);
    for (let from = after; ;) {
      const { base, until } = this.#store.baseAfter(from);
      const { changes, upTo } = this.#replica.ownChanges({ after: from, until, maxCells });
      if (changes.length > 0) return batchesOf({ changes, upTo, base, sentVersion, limits });
      if (until === Infinity) return { kind: 'drained', upTo };
      // Nothing on this base; perhaps on the next.
      from = until;
    }
  }
}

interface OwnEdits {
  readonly changes: readonly Change[];
  readonly upTo: number;
  readonly base: number | undefined;
  readonly sentVersion: number;
  readonly limits: ProtocolLimits;
}

/** As far as the relay takes them: what cannot be sent is a matter of its own once everything before it is gone. */
function batchesOf({ changes, upTo, base, sentVersion, limits }: OwnEdits): NextBatches {
  const versions = byVersion(changes);
  const faulty = versions.findIndex((version) => whyUnsendable(version, limits) !== undefined);
  const sendable = faulty === -1 ? versions : versions.slice(0, faulty);
  const batches: OutgoingBatch[] = [];
  let prevVersion = sentVersion;
  let reason = sendable.length < versions.length ? whyUnsendable(versions[faulty] ?? [], limits) : undefined;
  for (const group of groupVersions(sendable, limits)) {
    const toVersion = versionOf(group);
    const batch = encodeGroup(group, { prevVersion, toVersion, base, refill: false }, limits);
    if (bytesOf(batch.frames) > limits.maxVersionBytes) {
      reason = 'one transaction is larger than the relay takes';
      break;
    }
    batches.push(batch);
    prevVersion = toVersion;
  }
  if (reason === undefined) return { kind: 'batches', batches, upTo };
  return batches.length > 0 ? { kind: 'batches', batches, upTo: prevVersion } : { kind: 'unsendable', reason };
}

/** Refill batches carry anybody's changes and take no part in the order of versions. */
export function encodeRefill(changes: readonly Change[], limits: ProtocolLimits): OutgoingBatch[] {
  const versions = changes.map(({ dbVersion }) => dbVersion);
  const [prevVersion, toVersion] = [Math.min(...versions) - 1, Math.max(...versions)];
  return split(changes, limits).map((part) =>
    encodeGroup(part, { prevVersion, toVersion, base: undefined, refill: true }, limits),
  );
}

function encodeGroup(
  changes: readonly Change[],
  header: Omit<BatchHeader, 'fragment'>,
  limits: ProtocolLimits,
): OutgoingBatch {
  const fits = estimateBytes(changes) <= limits.maxFrameBytes / 2 && changes.length <= limits.maxChangesPerBatch;
  const parts = fits ? [changes] : split(changes, limits);
  const frames = parts.map((part, index) =>
    encodeBatch({
      ...header,
      fragment: parts.length > 1 ? { index, count: parts.length } : undefined,
      changes: part,
    }),
  );
  return { toVersion: header.toVersion, changeCount: changes.length, frames };
}

/** Whole versions together while they stay small; a large one alone. */
function groupVersions(versions: readonly Change[][], limits: ProtocolLimits): Change[][] {
  const targetBytes = targetBytesOf(limits);
  const groups: Change[][] = [];
  let bytes = Infinity;
  for (const version of versions) {
    const more = estimateBytes(version);
    const group = groups.at(-1);
    if (group && bytes + more <= targetBytes) {
      group.push(...version);
      bytes += more;
    } else {
      groups.push([...version]);
      bytes = more;
    }
  }
  return groups;
}

/** Of several versions together, never so much that the relay would take each but not all. */
function targetBytesOf({ maxFrameBytes, maxVersionBytes }: ProtocolLimits): number {
  return Math.min(TARGET_BYTES, maxFrameBytes / 2, maxVersionBytes / 2);
}

function byVersion(changes: readonly Change[]): Change[][] {
  const versions: Change[][] = [];
  for (const change of changes) {
    const version = versions.at(-1);
    if (version?.[0]?.dbVersion === change.dbVersion) version.push(change);
    else versions.push([change]);
  }
  return versions;
}

function split(changes: readonly Change[], limits: ProtocolLimits): Change[][] {
  const targetBytes = targetBytesOf(limits);
  const maxChanges = Math.min(CELLS_PER_READ, limits.maxChangesPerBatch);
  const parts: Change[][] = [];
  let bytes = Infinity;
  for (const change of changes) {
    const more = bytesOfChange(change);
    const part = parts.at(-1);
    if (part && bytes + more <= targetBytes && part.length < maxChanges) {
      part.push(change);
      bytes += more;
    } else {
      parts.push([change]);
      bytes = more;
    }
  }
  return parts;
}

function whyUnsendable(changes: readonly Change[], limits: ProtocolLimits): string | undefined {
  for (const { table, cid, pk, val } of changes) {
    if (pk.length > MAX_KEY_BYTES)
      return `a row of ${table} has a key of ${pk.length} bytes, and ${MAX_KEY_BYTES} is the limit`;
    const bytes = bytesOfValue(val);
    if (bytes > limits.maxValueBytes) {
      return `${table}.${cid} holds a value of ${bytes} bytes, and the relay takes ${limits.maxValueBytes}`;
    }
  }
  return undefined;
}

function estimateBytes(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + bytesOfChange(change), 0);
}

function bytesOfChange({ pk, val }: Change): number {
  return OVERHEAD_BYTES + pk.length + bytesOfValue(val);
}

function bytesOfValue(val: SqlValue): number {
  if (typeof val === 'string') return bytesOfText(val);
  return val instanceof Uint8Array ? val.length : 8;
}

/** As UTF-8, without making it: one to three for each unit, and a surrogate has half of its pair's four. */
function bytesOfText(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function bytesOf(frames: readonly Uint8Array[]): number {
  return frames.reduce((sum, { length }) => sum + length, 0);
}

function versionOf(changes: readonly Change[]): number {
  return changes.at(-1)?.dbVersion ?? 0;
}
