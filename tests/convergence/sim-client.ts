/** A device: a disk, a replica on it, and the sync client as it is. */
import type { Replica } from '@tributary/database';
import type { Change, SqlValue } from '@tributary/database/changes';
import { ReplicaDisk, type SeededRandom } from '@tributary/database/testing';
import { SyncClient, type SyncStatus } from '@tributary/sync';
import type { ManualClock } from '@tributary/sync/testing';
import type { Connect } from '@tributary/sync/transport';
import { editAtRandom } from './random-edit.ts';
import { RELAY_URL, WORKSPACE } from './sim-relay.ts';
import { EDITED_TABLES, simSchema } from './sim-schema.ts';

export interface SimClientOptions {
  readonly name: string;
  readonly clock: ManualClock;
  readonly connect: Connect;
  readonly random: SeededRandom;
  readonly disk?: ReplicaDisk;
  readonly onStatus: (client: SimClient, status: SyncStatus) => void;
  /** Called inside the transaction that applies, before the changes are. */
  readonly onApply?: (client: SimClient, changes: readonly Change[]) => void;
}

export class SimClient {
  readonly name: string;
  readonly #options: SimClientOptions;
  #disk: ReplicaDisk;
  replica!: Replica;
  client!: SyncClient;

  constructor(options: SimClientOptions) {
    this.name = options.name;
    this.#options = options;
    this.#disk = options.disk ?? new ReplicaDisk();
    this.#start();
  }

  /** Returns the version of the edit. */
  edit(random: SeededRandom): number {
    editAtRandom(this.replica, random);
    return this.replica.latestVersion;
  }

  /** The process dies: what was not committed is gone, and so is everything it knew. */
  crash(): void {
    this.#stop();
    this.#start();
  }

  /** What a backup of the device would hold. */
  snapshot(): ReplicaDisk {
    return this.#disk.copy();
  }

  restore(snapshot: ReplicaDisk): void {
    this.#stop();
    this.#disk = snapshot.copy();
    this.#start();
  }

  close(): void {
    this.#stop();
  }

  /** Everything people see, with types; and the clocks that decide merges. */
  state(): { rows: string[]; cells: string[] } {
    const rows = [...EDITED_TABLES, 'conflicts'].flatMap((table) => {
      const statement = this.replica.sqlite.prepare(`SELECT * FROM ${table}`).safeIntegers().raw();
      return (statement.all() as SqlValue[][]).map((row) => `${table}: ${row.map(typed).join(', ')}`).sort();
    });
    const cells = this.allChanges().map(({ table, pk, cid, val, colVersion, cl }) =>
      [table, hex(pk), cid, typed(val), colVersion, cl].join(' '),
    );
    return { rows, cells: cells.sort() };
  }

  allChanges(): Change[] {
    return readAll((after) => this.replica.allChanges({ after }));
  }

  ownChanges(): Change[] {
    return readAll((after) => this.replica.ownChanges({ after }));
  }

  #start(): void {
    const { clock, connect, random, onStatus, onApply } = this.#options;
    const isNew = this.#options.disk === undefined && this.replica === undefined;
    const randomBytes = (length: number) => Uint8Array.from({ length }, () => random.below(256));
    this.replica = this.#disk.open(simSchema, {
      now: () => clock.now(),
      newId: () => `id ${random.below(2 ** 31)}`,
      randomBytes,
    });
    if (isNew) this.replica.rotateSiteId();
    if (onApply) this.#watchApply((changes) => onApply(this, changes));
    this.client = new SyncClient(RELAY_URL, 'token', {
      replica: this.replica,
      workspaceId: WORKSPACE,
      clock,
      connect,
      random: () => random.below(1_000) / 1_000,
      clientName: this.name,
    });
    this.client.onStatus((status) => onStatus(this, status));
    this.client.connect();
  }

  /** Without a word to anybody. */
  #stop(): void {
    this.client.close();
    this.replica.close();
  }

  #watchApply(watch: (changes: readonly Change[]) => void): void {
    const apply = this.replica.applyChanges.bind(this.replica);
    this.replica.applyChanges = (changes) => {
      watch(changes);
      return apply(changes);
    };
  }
}

function readAll(read: (after: number) => { changes: readonly Change[]; upTo: number }): Change[] {
  const all: Change[] = [];
  for (let after = 0; ;) {
    const { changes, upTo } = read(after);
    if (changes.length === 0) return all;
    all.push(...changes);
    after = upTo;
  }
}

function typed(value: SqlValue): string {
  return value instanceof Uint8Array ? `blob ${hex(value)}` : `${typeof value} ${String(value)}`;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
