/** The next part of a workspace's log, decoded: never a transaction without its end, however many entries that takes. */
import type { Change } from '@tributary/database/changes';
import { decodeBatch, readBatchHeader } from '@tributary/sync/protocol';
import type { Log, LogEntry } from '../log/log.ts';
import { sizeOfValue } from './stored-row.ts';

export interface DecodedEntry {
  readonly entry: LogEntry;
  /** Undefined where the payload cannot be read. */
  readonly changes: readonly Change[] | undefined;
}

export interface LogPortion {
  readonly entries: readonly DecodedEntry[];
  readonly changes: number;
  /** What it takes of memory, roughly. */
  readonly bytes: number;
  /** When the first entry behind it was stored; undefined where there is none. */
  readonly pendingSince: number | undefined;
}

export interface PortionLimits {
  /** Changes after which no further transaction is begun. */
  readonly maxChanges: number;
  /** The same for what they take of memory. */
  readonly maxBytes: number;
  /** The last entry that may be read. */
  readonly until?: number | undefined;
}

const READ_ENTRIES = 256;
const READ_BYTES = 1024 * 1024;

/**
 * Of a transaction. Fragments that inflate to more than that are shown part by part: half a transaction for a moment is
 * better than a server without memory.
 */
const MAX_TRANSACTION_BYTES = 256 * 1024 * 1024;

/** So that decoding never keeps the event loop from others for long. */
const CHANGES_PER_TURN = 1_000;

export async function readPortion(
  log: Pick<Log, 'read'>,
  workspaceId: string,
  {
    after,
    maxChanges,
    maxBytes,
    until = Infinity,
    giveWay,
  }: PortionLimits & { readonly after: number; readonly giveWay: () => Promise<void> },
): Promise<LogPortion> {
  const entries: DecodedEntry[] = [];
  let [changes, bytes, sinceTurn] = [0, 0, 0];
  for (let from = after; ;) {
    const read = await log.read(workspaceId, { after: from, maxEntries: READ_ENTRIES, maxBytes: READ_BYTES });
    for (const entry of read) {
      const isFull = changes >= maxChanges || bytes >= maxBytes || entries.length >= maxChanges;
      const isWhole = bytes >= MAX_TRANSACTION_BYTES || !isContinued(entries.at(-1)?.entry);
      if ((isFull && isWhole && entries.length > 0) || entry.seq > until) {
        return { entries, changes, bytes, pendingSince: entry.storedAt };
      }
      const decoded = decodeEntry(entry);
      const count = decoded.changes?.length ?? 0;
      entries.push(decoded);
      changes += count;
      bytes += bytesOf(decoded);
      sinceTurn += count;
      if (sinceTurn >= CHANGES_PER_TURN) {
        sinceTurn = 0;
        await giveWay();
      }
    }
    const last = read.at(-1);
    if (last === undefined) return { entries, changes, bytes, pendingSince: undefined };
    from = last.seq;
  }
}

function decodeEntry(entry: LogEntry): DecodedEntry {
  try {
    return { entry, changes: decodeBatch(entry.payload, entry.siteId).changes };
  } catch {
    return { entry, changes: undefined };
  }
}

function bytesOf({ entry, changes }: DecodedEntry): number {
  let bytes = entry.payload.length;
  for (const { val } of changes ?? []) bytes += sizeOfValue(val);
  return bytes;
}

/** The relay stores all fragments of a version at once, so the next entry is there. */
function isContinued(entry: LogEntry | undefined): boolean {
  if (entry === undefined) return false;
  try {
    const { fragment } = readBatchHeader(entry.payload);
    return fragment !== undefined && fragment.index < fragment.count - 1;
  } catch {
    return false;
  }
}
