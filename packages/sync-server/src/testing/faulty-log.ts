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
} from '../log/log.ts';

/** A log that counts its transactions, and fails or takes its time when told to. */
export class FaultyLog implements Log {
  readonly #log: Log;
  /** What each transaction held. */
  readonly transactions: (readonly Append[])[] = [];
  failWith: Error | undefined;
  /** While set, appends wait for it. */
  gate: Promise<void> | undefined;
  /** While set, what was appended is on disk, and the answer waits for it. */
  answerGate: Promise<void> | undefined;
  /** While set, a new epoch waits for it. */
  epochGate: Promise<void> | undefined;
  reads = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get mark(): number {
    return this.#log.mark;
  }

  async append(appends: readonly Append[]): Promise<readonly Appended[]> {
    await this.gate;
    if (this.failWith !== undefined) throw this.failWith;
    this.transactions.push(appends);
    const appended = await this.#log.append(appends);
    await this.answerGate;
    return appended;
  }

  read(workspaceId: string, range: LogRange): Promise<readonly LogEntry[]> {
    this.reads++;
    return this.#log.read(workspaceId, range);
  }

  openWorkspace(workspaceId: string): Promise<WorkspaceLog> {
    return this.#log.openWorkspace(workspaceId);
  }

  workspaces(): Promise<readonly WorkspaceHead[]> {
    return this.#log.workspaces();
  }

  markAt(workspaceId: string, seq: number): Promise<number | undefined> {
    return this.#log.markAt(workspaceId, seq);
  }

  siteHead(workspaceId: string, siteId: Uint8Array): Promise<SiteHead> {
    return this.#log.siteHead(workspaceId, siteId);
  }

  async beginEpoch(workspaceId: string): Promise<string> {
    const epoch = await this.#log.beginEpoch(workspaceId);
    await this.epochGate;
    return epoch;
  }

  deleteWorkspace(workspaceId: string): Promise<void> {
    return this.#log.deleteWorkspace(workspaceId);
  }

  replacePayloads(workspaceId: string, payloads: readonly ReplacedPayload[]): Promise<void> {
    return this.#log.replacePayloads(workspaceId, payloads);
  }

  wipe(): Promise<void> {
    return this.#log.wipe();
  }

  sizeBytes(): Promise<number> {
    return this.#log.sizeBytes();
  }

  maintain(options?: MaintainOptions): Promise<void> {
    return this.#log.maintain(options);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
