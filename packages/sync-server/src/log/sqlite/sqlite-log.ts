/**
 * The log in one SQLite file. Nothing is cached: what a statement says is what is on disk, so a failed commit leaves nothing
 * to take back. Every answer is there when a call returns; the promises are the port's.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type {
  Append,
  Appended,
  Log,
  LogEntry,
  LogRange,
  MaintainOptions,
  ReplacedPayload,
  SiteHead,
  WorkspaceHead,
  WorkspaceLog,
} from '../log.ts';
import { FreeSpace } from './free-space.ts';
import { openLogDatabase } from './open-database.ts';
import { prepareStatements, type EntryRow, type LogStatements, type WorkspaceRow } from './statements.ts';

export interface SqliteLogOptions {
  /** A file, made with its directory where it does not exist, or `:memory:`. */
  readonly path: string;
  readonly randomBytes?: (length: number) => Uint8Array;
  readonly now?: () => number;
}

/** What `position` has room for. */
const MAX_SEQ = 2 ** 32 - 1;

const EPOCH_BYTES = 12;

/** Of what is deleted in one piece: the event loop has to wait for it. */
const MAX_DELETED_ENTRIES = 500;
const MAX_DELETED_BYTES = 512 * 1024;

const NOTHING_KNOWN: SiteHead = { version: 0, seq: 0 };

export function openSqliteLog({
  path,
  randomBytes = cryptoRandomBytes,
  now = () => Date.now(),
}: SqliteLogOptions): Log {
  return new SqliteLog(openLogDatabase(path), { path, randomBytes, now });
}

class SqliteLog implements Log {
  readonly mark: number;
  readonly #database: Database;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #now: () => number;
  readonly #statements: LogStatements;
  readonly #freeSpace: FreeSpace;
  readonly #appendAll: (appends: readonly Append[]) => Appended[];

  constructor(database: Database, { path, randomBytes, now }: Required<SqliteLogOptions>) {
    this.#database = database;
    this.#randomBytes = randomBytes;
    this.#now = now;
    this.#statements = prepareStatements(database);
    this.#freeSpace = new FreeSpace(database, path);
    const transaction = database.transaction((appends: readonly Append[]) => this.#appendInOrder(appends));
    this.#appendAll = (appends) => transaction.immediate(appends);
    this.mark = Buffer.from(randomBytes(4)).readUInt32LE() || 1;
  }

  async openWorkspace(workspaceId: string): Promise<WorkspaceLog> {
    const known = this.#statements.findWorkspace.get(workspaceId);
    if (known === undefined) {
      const epoch = this.#newEpoch();
      this.#statements.addWorkspace.run(workspaceId, epoch);
      return { epoch, isNew: true, head: 0, unknownNames: [] };
    }
    const { number, epoch } = known;
    return { epoch, isNew: false, head: this.#headOf(number), unknownNames: this.#statements.namesOf.all(number) };
  }

  async workspaces(): Promise<readonly WorkspaceHead[]> {
    return this.#statements.workspaces.all().map(({ number, id }) => ({ workspaceId: id, head: this.#headOf(number) }));
  }

  async append(appends: readonly Append[]): Promise<readonly Appended[]> {
    return this.#appendAll(appends);
  }

  async read(workspaceId: string, { after, maxEntries, maxBytes }: LogRange): Promise<readonly LogEntry[]> {
    const { number } = this.#workspace(workspaceId);
    const entries: LogEntry[] = [];
    if (after > MAX_SEQ) return entries;
    let bytes = 0;
    for (const row of this.#statements.readEntries.iterate(number, after, number, maxEntries)) {
      const entry = entryOf(row);
      bytes += entry.payload.length;
      if (bytes > maxBytes && entries.length > 0) break;
      entries.push(entry);
    }
    return entries;
  }

  async markAt(workspaceId: string, seq: number): Promise<number | undefined> {
    if (!(seq >= 1 && seq <= MAX_SEQ)) return undefined;
    return this.#statements.markAt.get(this.#workspace(workspaceId).number, seq);
  }

  async siteHead(workspaceId: string, siteId: Uint8Array): Promise<SiteHead> {
    return this.#statements.siteHead.get(this.#workspace(workspaceId).number, siteId) ?? NOTHING_KNOWN;
  }

  async beginEpoch(workspaceId: string): Promise<string> {
    const { number } = this.#workspace(workspaceId);
    const epoch = this.#newEpoch();
    this.#database.transaction(() => {
      this.#statements.setEpoch.run(epoch, number);
      this.#statements.forgetSites.run(number);
    })();
    return epoch;
  }

  async deleteWorkspace(workspaceId: string): Promise<void> {
    this.#statements.hideWorkspace.run(workspaceId);
    for (const number of this.#statements.deletedWorkspaces.all()) {
      while (this.#freeSpace.leaveNothing(() => this.#deleteSome(number))) await nextTurn();
    }
  }

  async replacePayloads(workspaceId: string, payloads: readonly ReplacedPayload[]): Promise<void> {
    const { number } = this.#workspace(workspaceId);
    this.#freeSpace.leaveNothing(() => {
      for (const { seq, payload } of payloads) {
        const { changes } = this.#statements.replacePayload.run(payload, number, seq);
        if (changes === 0) throw new TypeError(`the workspace ${workspaceId} has no entry ${seq}`);
      }
    });
  }

  wipe(): Promise<void> {
    return this.#freeSpace.wipe();
  }

  async sizeBytes(): Promise<number> {
    return this.#statements.size.get() ?? 0;
  }

  async maintain({ rewrite = false }: MaintainOptions = {}): Promise<void> {
    if (rewrite) this.#database.exec('VACUUM');
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.#database.close();
    this.#freeSpace.close();
  }

  /** Returns whether there is more. */
  #deleteSome(number: number): boolean {
    let [last, bytes] = [0, 0];
    for (const [seq, size] of this.#statements.sizesOfEntries.iterate(number, number, MAX_DELETED_ENTRIES)) {
      if (bytes > 0 && bytes + size > MAX_DELETED_BYTES) break;
      last = seq;
      bytes += size;
    }
    if (last > 0) {
      this.#statements.removeEntries.run(number, number, last);
      return true;
    }
    this.#statements.forgetSites.run(number);
    this.#statements.forgetNames.run(number);
    this.#statements.removeWorkspace.run(number);
    return false;
  }

  #appendInOrder(appends: readonly Append[]): Appended[] {
    const workspaces = new Map<string, OpenWorkspace>();
    const storedAt = this.#now();
    const appended: Appended[] = [];
    for (const append of appends) {
      let workspace = workspaces.get(append.workspaceId);
      if (workspace === undefined) {
        const { number } = this.#workspace(append.workspaceId);
        workspace = { number, head: this.#headOf(number) };
        workspaces.set(append.workspaceId, workspace);
      }
      appended.push(this.#appendOne(append, workspace, storedAt));
    }
    return appended;
  }

  #appendOne(append: Append, workspace: OpenWorkspace, storedAt: number): Appended {
    const { siteId, toVersion, refill, payloads, unknownNames } = append;
    const { number } = workspace;
    if (workspace.head + payloads.length > MAX_SEQ) throw new RangeError(`${append.workspaceId} has too many entries`);
    const knownVersion = refill ? 0 : (this.#statements.siteVersion.get(number, siteId) ?? 0);
    for (const payload of payloads) {
      this.#statements.addEntry.run(number, ++workspace.head, siteId, knownVersion, this.mark, storedAt, payload);
    }
    if (!refill && toVersion > knownVersion) {
      this.#statements.setSiteHead.run(number, siteId, toVersion, workspace.head);
    }
    for (const name of unknownNames) this.#statements.addName.run(number, name);
    return { seq: workspace.head, knownVersion };
  }

  #workspace(workspaceId: string): WorkspaceRow {
    const workspace = this.#statements.findWorkspace.get(workspaceId);
    if (workspace === undefined) throw new TypeError(`the workspace ${workspaceId} was never opened`);
    return workspace;
  }

  #headOf(workspace: number): number {
    return this.#statements.head.get(workspace, workspace) ?? 0;
  }

  #newEpoch(): string {
    return Buffer.from(this.#randomBytes(EPOCH_BYTES)).toString('base64url');
  }
}

interface OpenWorkspace {
  readonly number: number;
  head: number;
}

function entryOf([seq, siteId, knownVersion, mark, storedAt, payload]: EntryRow): LogEntry {
  return { seq, siteId, knownVersion, mark, storedAt, payload };
}
