/** A device of the simulation: a replica, and the sync client as it is, over a real socket. In a worker and on Node alike. */
import type { Replica } from '@tributary/database';
import type { Change } from '@tributary/database/changes';
import { createSeededRandom } from '@tributary/database/testing/random';
import { SyncClient, type SyncResult, type SyncStatus } from '@tributary/sync';
import { editAtRandom } from '../../convergence/random-edit.ts';
import {
  allChangesOf,
  positionOf,
  stateOf,
  type ReplicaState,
  type SyncPosition,
} from '../../convergence/replica-state.ts';

export interface RelayAccess {
  readonly url: string;
  readonly token: string;
  readonly workspaceId: string;
}

/** All that is compared once it is quiet. */
export interface DeviceView {
  readonly state: ReplicaState;
  readonly changes: readonly Change[];
  readonly position: SyncPosition;
  readonly integrity: unknown;
}

/** Nobody waits for half a minute. */
const BACKOFF = { initialMs: 50, maxMs: 500 };

export class SimulatedDevice {
  readonly replica: Replica;
  readonly client: SyncClient;

  constructor(replica: Replica, { url, token, workspaceId }: RelayAccess) {
    this.replica = replica;
    this.client = new SyncClient(url, token, { replica, workspaceId, backoff: BACKOFF });
    this.client.connect();
  }

  get status(): SyncStatus {
    return this.client.status;
  }

  /** Returns what it changed, which is on the disk. */
  edit(seed: number): readonly Change[] {
    const before = this.replica.latestVersion;
    editAtRandom(this.replica, createSeededRandom(seed));
    return this.replica.ownChanges({ after: before }).changes;
  }

  sync(): Promise<SyncResult> {
    return this.client.sync();
  }

  view(): DeviceView {
    const { replica } = this;
    return {
      state: stateOf(replica),
      changes: allChangesOf(replica),
      position: positionOf(replica),
      integrity: replica.sqlite.pragma('integrity_check', { simple: true }),
    };
  }

  close(): void {
    this.client.close();
    this.replica.close();
  }
}
