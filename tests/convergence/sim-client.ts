/** A device: a disk, a replica on it, and the sync client as it is. */
import type { Replica } from '@tributary/database';
import type { Change } from '@tributary/database/changes';
import { ReplicaDisk, type SeededRandom } from '@tributary/database/testing';
import { SyncClient, type SyncStatus } from '@tributary/sync';
import type { ManualClock } from '@tributary/sync/testing';
import type { Connect } from '@tributary/sync/transport';
import { editAtRandom } from './random-edit.ts';
import { RELAY_URL, WORKSPACE } from './sim-relay.ts';
import { simSchema } from './sim-schema.mjs';

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
