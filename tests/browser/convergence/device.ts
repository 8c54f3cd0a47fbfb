/** What the simulation does with a device, wherever it runs. */
import type { Change } from '@tributary/database/changes';
import type { SyncResult, SyncStatus } from '@tributary/sync';
import type { Line } from '../../web/line.ts';
import type { DeviceView } from '../page/simulated-device.ts';

export interface Device {
  readonly name: string;
  /** To the server; its own. */
  readonly line: Line;
  /** Starts anew on what is on its disk. */
  start(): Promise<void>;
  /** Returns what it changed. */
  edit(seed: number): Promise<readonly Change[]>;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  sync(): Promise<SyncResult>;
  status(): Promise<SyncStatus>;
  view(): Promise<DeviceView>;
  close(): Promise<void>;
}
