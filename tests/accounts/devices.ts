/** Replicas in the hands of persons. */
import { openReplica, type Replica, type WorkspaceTables } from '@tributary/database';
import { SyncClient, type SyncStatus } from '@tributary/sync';
import { onTestFinished } from 'vitest';
import { waitUntil } from '../network/wait-until.ts';

export interface DeviceOptions {
  readonly address: string;
  readonly token: string;
  readonly workspaceId: string;
  /** Of somebody who has used it before. */
  readonly replica?: Replica<WorkspaceTables>;
}

/** One device, connected. */
export class Device {
  readonly replica: Replica<WorkspaceTables>;
  readonly client: SyncClient;

  constructor({ address, token, workspaceId, replica }: DeviceOptions) {
    this.replica = replica ?? openReplica({ path: ':memory:', engine: 'wasm' });
    this.client = new SyncClient(`${address.replace('http', 'ws')}/sync`, () => token, {
      replica: this.replica,
      workspaceId,
      backoff: { initialMs: 20, maxMs: 200 },
    });
    if (replica === undefined) onTestFinished(() => this.replica.close());
    onTestFinished(() => this.client.close());
    this.client.connect();
  }

  get titles(): string[] {
    return this.replica.sqlite.prepare('SELECT title FROM notes ORDER BY title').pluck().all() as string[];
  }

  write(title: string): void {
    const { notes } = this.replica.schema.tables;
    this.replica.db.insert(notes).values({ id: this.replica.newId(), title }).run();
  }

  async until(status: Partial<SyncStatus>): Promise<void> {
    const isReached = (): boolean => {
      const actual = this.client.status;
      return (Object.keys(status) as (keyof SyncStatus)[]).every((key) => actual[key] === status[key]);
    };
    await waitUntil(isReached, { what: () => `${JSON.stringify(status)}, but ${JSON.stringify(this.client.status)}` });
  }
}
