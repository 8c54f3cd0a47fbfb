/**
 * The durable log of every workspace: the one thing here that must never lose a byte. `runLogTests` (./testing) is the
 * contract in executable form.
 *
 *   1. The entries of a workspace have the seqs 1, 2, 3, … without holes.
 *   2. What `append` has returned is on disk, all of the call; what it has refused is not there at all.
 *   3. Payloads are bytes: they come out as they went in.
 *   4. A new epoch forgets which versions of the sites are known, and keeps everything else.
 *   5. A workspace that is deleted is as if it had never been opened. What it held, and what was replaced, is read nowhere any
 *      more; once `wipe` has returned, no byte of it is in the files either.
 */
export interface Log {
  /** Random for each opening of the store, never 0. Every entry carries that of the opening which stored it. */
  readonly mark: number;
  /** Begins the workspace's first epoch where there is none. */
  openWorkspace(workspaceId: string): Promise<WorkspaceLog>;
  /** Every workspace that was ever opened, and where its log ends. */
  workspaces(): Promise<readonly WorkspaceHead[]>;
  /** In one transaction, in this order; the answers are in the same order. The workspaces must have been opened. */
  append(appends: readonly Append[]): Promise<readonly Appended[]>;
  /** In order of seq; nothing only where there is nothing after `after`. */
  read(workspaceId: string, range: LogRange): Promise<readonly LogEntry[]>;
  /** Undefined where there is no such entry. */
  markAt(workspaceId: string, seq: number): Promise<number | undefined>;
  /** What this epoch knows of a site. */
  siteHead(workspaceId: string, siteId: Uint8Array): Promise<SiteHead>;
  /** Returns the new epoch. */
  beginEpoch(workspaceId: string): Promise<string>;
  /**
   * Nobody may have the workspace open. It is gone at once, and its entries go piece by piece: others come in between. Where
   * that was cut off, the next call goes on; for a workspace that is not there it does that alone.
   */
  deleteWorkspace(workspaceId: string): Promise<void>;
  /** In one transaction. Of these entries nothing else changes; all of them must be there. */
  replacePayloads(workspaceId: string, payloads: readonly ReplacedPayload[]): Promise<void>;
  /** Overwrites what deleted entries and replaced payloads have left behind, piece by piece. */
  wipe(): Promise<void>;
  /** What the log takes on disk. */
  sizeBytes(): Promise<number>;
  /** Tidies the files, and changes nothing of what is in them. Nothing else can be done meanwhile. */
  maintain(options?: MaintainOptions): Promise<void>;
  close(): Promise<void>;
}

export interface MaintainOptions {
  /** Write all of it anew, without gaps. For a moment that takes as much room again. */
  readonly rewrite?: boolean;
}

export interface WorkspaceLog {
  readonly epoch: string;
  /** The workspace has come into being just now. */
  readonly isNew: boolean;
  /** The seq of the last entry; 0 when there is none. */
  readonly head: number;
  /** Names of tables and columns that were stored though the schema does not know them. */
  readonly unknownNames: readonly string[];
}

export interface WorkspaceHead {
  readonly workspaceId: string;
  /** The seq of the last entry; 0 when there is none. */
  readonly head: number;
}

/** One push: its batch, or all fragments of it, as consecutive entries. */
export interface Append {
  readonly workspaceId: string;
  readonly siteId: Uint8Array;
  readonly toVersion: number;
  /** A refill says nothing about the versions of the site that pushes it. */
  readonly refill: boolean;
  readonly payloads: readonly Uint8Array[];
  /** Names to remember in `unknownNames`; those that are there already make no difference. */
  readonly unknownNames: readonly string[];
}

export interface Appended {
  /** The seq of the last of the payloads. */
  readonly seq: number;
  /** The site's highest version in this epoch before this append; 0 for a refill. */
  readonly knownVersion: number;
}

export interface LogEntry {
  readonly seq: number;
  readonly siteId: Uint8Array;
  readonly knownVersion: number;
  readonly mark: number;
  /** When it was appended, in milliseconds since the epoch. */
  readonly storedAt: number;
  readonly payload: Uint8Array;
}

export interface ReplacedPayload {
  readonly seq: number;
  readonly payload: Uint8Array;
}

export interface LogRange {
  /** The seq after which to begin. */
  readonly after: number;
  readonly maxEntries: number;
  /** Of payloads. A larger entry comes alone. */
  readonly maxBytes: number;
}

export interface SiteHead {
  /** The highest version of the site that was appended; 0 when there is none. */
  readonly version: number;
  /** The entry that completed it. */
  readonly seq: number;
}
