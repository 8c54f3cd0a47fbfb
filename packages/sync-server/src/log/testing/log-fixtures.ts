import type { Append, Appended, Log, LogEntry } from '../log.ts';

/** One place where a log lives; opening it again after a close finds what was there. */
export interface LogStore {
  open(): Promise<Log>;
}

export const WORKSPACE = 'workspace-1';
export const EVERYTHING = { after: 0, maxEntries: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };

export function site(number: number): Uint8Array {
  return new Uint8Array(16).fill(number);
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A push of one small batch of site 1, unless said otherwise. */
export function push(toVersion: number, rest: Partial<Append> = {}): Append {
  return {
    workspaceId: WORKSPACE,
    siteId: site(1),
    toVersion,
    refill: false,
    payloads: [bytes(toVersion % 256)],
    unknownNames: [],
    ...rest,
  };
}

export async function appendOne(log: Log, append: Append): Promise<Appended> {
  const [appended] = await log.append([append]);
  if (appended === undefined) throw new RangeError('the log gave no answer');
  return appended;
}

/** Opens `WORKSPACE` in a store, runs the body, and closes the log whatever happens. */
export async function withLog<T>(store: LogStore, body: (log: Log) => Promise<T>): Promise<T> {
  const log = await store.open();
  try {
    await log.openWorkspace(WORKSPACE);
    return await body(log);
  } finally {
    await log.close();
  }
}

/** Implementations may answer with Buffers, which are compared as the bytes they are. */
export function plain({ siteId, payload, ...rest }: LogEntry): LogEntry {
  return { ...rest, siteId: Uint8Array.from(siteId), payload: Uint8Array.from(payload) };
}
