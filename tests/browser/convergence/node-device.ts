/** A device on Node, with its database in a file. */
import { openReplica } from '@tributary/database';
import type { Change } from '@tributary/database/changes';
import type { AVAILABLE_ENGINES } from '@tributary/database/testing';
import type { SyncResult, SyncStatus } from '@tributary/sync';
import { replicatedRows, type ReadableRows } from '../../convergence/cloud-difference.ts';
import { simSchema } from '../../convergence/sim-schema.mjs';
import type { Line } from '../../web/line.ts';
import { SimulatedDevice, type DeviceView, type RelayAccess } from '../page/simulated-device.ts';
import type { Device } from './device.ts';

export interface NodeDeviceOptions {
  readonly name: string;
  readonly path: string;
  readonly engine: (typeof AVAILABLE_ENGINES)[number];
  readonly line: Line;
  readonly access: RelayAccess;
}

export class NodeDevice implements Device {
  readonly name: string;
  readonly line: Line;
  readonly #options: NodeDeviceOptions;
  #running: SimulatedDevice | undefined;
  #lastEdit = 0;

  constructor(options: NodeDeviceOptions) {
    this.name = options.name;
    this.line = options.line;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { path, engine, access } = this.#options;
    this.#running = new SimulatedDevice(openReplica({ path, engine, schema: simSchema }), access);
  }

  async edit(seed: number): Promise<readonly Change[]> {
    const changes = this.#device.edit(seed);
    if (changes.length > 0) this.#lastEdit = this.#device.replica.latestVersion;
    return changes;
  }

  /** Between two edits: nothing else can happen in the middle of one, in the process of the test. */
  crash(): void {
    this.#device.close();
  }

  async connect(): Promise<void> {
    this.#device.client.connect();
  }

  async disconnect(): Promise<void> {
    this.#device.client.disconnect();
  }

  sync(): Promise<SyncResult> {
    return this.#device.sync();
  }

  async status(): Promise<SyncStatus> {
    return this.#device.status;
  }

  async view(): Promise<DeviceView> {
    return this.#device.view();
  }

  /** Whether PostgreSQL has the last edit of this device, and with it all that came before in the log. */
  isInCloud(): boolean {
    return this.#device.client.receipt(this.#lastEdit) === 'cloud';
  }

  /** For the message of a failure. */
  receipt(): string {
    const { client, replica } = this.#device;
    const [position] = replica.sqlite.prepare('SELECT * FROM sync_state').all();
    const acks = replica.sqlite.prepare('SELECT * FROM sync_acks ORDER BY db_version DESC LIMIT 3').all();
    return JSON.stringify({
      lastEdit: this.#lastEdit,
      receipt: client.receipt(this.#lastEdit),
      latest: replica.latestVersion,
      position,
      acks,
    });
  }

  replicatedRows(): ReadableRows {
    return replicatedRows(this.#device.replica);
  }

  async close(): Promise<void> {
    this.#running?.close();
    this.line.close();
  }

  get #device(): SimulatedDevice {
    if (this.#running === undefined) throw new TypeError(`${this.name} is not started`);
    return this.#running;
  }
}
