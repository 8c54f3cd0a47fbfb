/** The relay as it is, on a disk that can be lost, and under a clock that a test moves. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Change } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import { fold, UNKNOWN_ROW, type RowState } from '@tributary/sync/merge';
import { decodeBatch } from '@tributary/sync/protocol';
import type { ManualClock, MemoryNetwork } from '@tributary/sync/testing';
import { openSqliteLog, Relay, type Log, type LogEntry } from '@tributary/sync-server';
import { simSchema } from './sim-schema.mjs';

export const RELAY_URL = 'memory://relay';
export const WORKSPACE = 'simulated';

export interface SimRelayOptions {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  readonly random: SeededRandom;
}

export class SimRelay {
  readonly #options: SimRelayOptions;
  readonly #directory = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tributary-sim-'));
  #life = 0;
  #sessions = 0;
  #folded = new FoldedChanges();
  #foldedSeq = 0;
  #log!: Log;
  #relay!: Relay;
  #stopListening: () => void = () => undefined;

  constructor(options: SimRelayOptions) {
    this.#options = options;
    this.#start();
  }

  /** As `kill -9` and a new start: what was not committed is gone. */
  async crash(): Promise<void> {
    const image = this.backup();
    await this.#stop();
    this.#start(image);
  }

  /** Copies of the files as they are now, which is all that a crash would leave. */
  backup(): string {
    const image = this.#pathOf(++this.#life);
    for (const suffix of ['', '-wal']) {
      const file = this.#file + suffix;
      if (existsSync(file)) copyFileSync(file, image + suffix);
    }
    return image;
  }

  /** Starts on copies of a backup; the backup itself stays good. */
  async restore(backup: string): Promise<void> {
    await this.#stop();
    const image = this.#pathOf(++this.#life);
    for (const suffix of ['', '-wal']) {
      if (existsSync(backup + suffix)) copyFileSync(backup + suffix, image + suffix);
    }
    this.#start(image);
  }

  async wipe(): Promise<void> {
    await this.#stop();
    this.#start(this.#pathOf(++this.#life));
  }

  /** The one that the relay writes to now. */
  get log(): Log {
    return this.#log;
  }

  async entries(): Promise<readonly LogEntry[]> {
    await this.#log.openWorkspace(WORKSPACE);
    return this.#log.read(WORKSPACE, { after: 0, maxEntries: 1e6, maxBytes: Infinity });
  }

  async epoch(): Promise<string> {
    return (await this.#log.openWorkspace(WORKSPACE)).epoch;
  }

  /** What the log holds, folded: read on from where it was read before. */
  async folded(): Promise<FoldedChanges> {
    await this.#log.openWorkspace(WORKSPACE);
    const after = this.#foldedSeq;
    for (const { seq, payload, siteId } of await this.#log.read(WORKSPACE, {
      after,
      maxEntries: 1e6,
      maxBytes: Infinity,
    })) {
      this.#folded.add(decodeBatch(payload, siteId).changes);
      this.#foldedSeq = seq;
    }
    return this.#folded;
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #file(): string {
    return this.#current;
  }

  #current = '';

  #pathOf(life: number): string {
    return path.join(this.#directory, `log-${life}.db`);
  }

  #start(file = this.#pathOf(this.#life)): void {
    const { clock, network, random } = this.#options;
    this.#current = file;
    this.#folded = new FoldedChanges();
    this.#foldedSeq = 0;
    const randomBytes = (length: number) => Uint8Array.from({ length }, () => random.below(256));
    this.#log = openSqliteLog({ path: file, randomBytes });
    this.#relay = new Relay({
      log: this.#log,
      authenticate: () => ({ userId: 'somebody', roleIn: () => 'editor' }),
      schema: simSchema,
      clock,
      limits: { heartbeatMs: 10_000 },
      newSessionId: () => `session ${++this.#sessions}`,
    });
    this.#stopListening = network.listen(RELAY_URL, (connection) =>
      this.#relay.accept(connection, { address: 'memory' }),
    );
  }

  async #stop(): Promise<void> {
    this.#stopListening();
    this.#options.network.severAll();
    this.#relay.close();
    await this.#log.close();
  }
}

/** The state that the changes fold to, by row. */
export class FoldedChanges {
  readonly #rows = new Map<string, RowState>();

  constructor(changes: readonly Change[] = []) {
    this.add(changes);
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = rowKey(change);
      this.#rows.set(key, fold(this.#rows.get(key) ?? UNKNOWN_ROW, change));
    }
  }

  /** Whether it knows this edit, or one that beats it. */
  covers(change: Change): boolean {
    const row = this.#rows.get(rowKey(change)) ?? UNKNOWN_ROW;
    return fold(row, change) === row;
  }
}

export function rowKey({ table, pk }: Pick<Change, 'table' | 'pk'>): string {
  return `${table} ${Buffer.from(pk).toString('latin1')}`;
}
