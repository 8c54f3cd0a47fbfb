/** A device like any other that writes the demo and syncs it, to the server that is running. */
import { openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { ServerError } from '../../errors.ts';
import type { ProgressStep } from '../progress.ts';
import { SeededSource } from './seeded-source.ts';
import { DEMO_DAYS, writeDemo, type DemoSize } from './write-demo.ts';

export interface PushDemoOptions {
  /** http://… */
  readonly address: string;
  readonly token: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly size: DemoSize;
  readonly seed: string;
  /** There is something in the workspace, which has to be known before anything is written to it. */
  readonly isExisting: boolean;
  /** When the demo ends, in milliseconds since the epoch. */
  readonly untilMs: number;
  readonly onProgress: (step: ProgressStep) => void;
}

const DAY_MS = 86_400_000;
const POLL_MS = 100;

export async function pushDemo(options: PushDemoOptions): Promise<void> {
  const { address, token, workspaceId, userId, size, seed, untilMs, isExisting, onProgress } = options;
  const source = new SeededSource(seed, untilMs - DEMO_DAYS * DAY_MS);
  const replica = openReplica({ path: ':memory:', now: () => source.nowMs, newId: () => source.newId() });
  const client = new SyncClient(`${address.replace(/^http/, 'ws')}/sync`, token, {
    replica,
    workspaceId,
    clientName: 'tributary seed',
  });
  try {
    if (isExisting) await client.sync();
    writeDemo(replica, { size, userId, source, onProgress: (done, all) => onProgress({ done, all, what: 'writing' }) });
    const pending = client.status.pendingOut;
    const timer = setInterval(() => {
      const { pendingOut } = client.status;
      onProgress({ done: pending - pendingOut, all: Math.max(1, pending), what: 'pushing' });
    }, POLL_MS);
    await client.sync().finally(() => clearInterval(timer));
  } catch (error) {
    const { reason } = client.status;
    throw new ServerError('server_lost', `the demo could not be pushed: ${reason ?? (error as Error).message}`, {
      cause: error,
    });
  } finally {
    client.close();
    replica.close();
  }
}
