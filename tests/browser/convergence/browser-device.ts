/** A device in a dedicated worker of a page, with a database of its own on the browser's private file system. */
import type { Change } from '@tributary/database/changes';
import type { SyncResult, SyncStatus } from '@tributary/sync';
import type { Line } from '../../web/line.ts';
import type { DeviceView, RelayAccess } from '../page/simulated-device.ts';
import { waitUntil } from '../../network/wait-until.ts';
import type { Tab } from '../tab.ts';
import type { Device } from './device.ts';

/** A tab that is replaced when it has crashed. */
export interface Seat {
  tab: Tab;
}

export interface BrowserDeviceOptions {
  /** Of the database and the worker: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly seat: Seat;
  readonly line: Line;
  readonly access: RelayAccess;
}

export class BrowserDevice implements Device {
  readonly name: string;
  readonly seat: Seat;
  readonly line: Line;
  readonly #access: RelayAccess;
  /** How many of its crashes left commits, or half of one, to be found in the wal. */
  recoveries = 0;
  #edits = 0;

  constructor({ name, seat, line, access }: BrowserDeviceOptions) {
    this.name = name;
    this.seat = seat;
    this.line = line;
    this.#access = access;
  }

  async start(): Promise<void> {
    await this.#call('startDevice', this.name, this.#access);
  }

  edit(seed: number): Promise<readonly Change[]> {
    return this.#call('edit', seed);
  }

  /** Until its end, which comes from outside. Resolves when so many edits are made. */
  async keepEditing(seed: number, edits: number): Promise<void> {
    const enough = this.#edits + edits;
    let failure: unknown;
    this.#call('editForever', seed).catch((error: unknown) => (failure = error));
    const what = () => `${this.name} has made ${edits} edits; ${String(failure)}`;
    await waitUntil(() => this.#edits >= enough, { what });
  }

  /** Its worker notes that another edit is on the disk. */
  hasEdited(): void {
    this.#edits++;
  }

  terminate(): Promise<void> {
    return this.seat.tab.terminate(this.name);
  }

  /** Before it starts again. */
  async lookForWal(): Promise<void> {
    if ((await this.#call('walEnd', this.name)) !== 'empty') this.recoveries++;
  }

  /** While this one is not started. */
  copyTo(name: string): Promise<void> {
    return this.#call('copyDatabase', this.name, name);
  }

  connect(): Promise<void> {
    return this.#call('connect');
  }

  disconnect(): Promise<void> {
    return this.#call('disconnect');
  }

  sync(): Promise<SyncResult> {
    return this.#call('sync');
  }

  status(): Promise<SyncStatus> {
    return this.#call('status');
  }

  view(): Promise<DeviceView> {
    return this.#call('view');
  }

  async close(): Promise<void> {
    this.line.close();
  }

  #call<T>(operation: string, ...args: readonly unknown[]): Promise<T> {
    return this.seat.tab.call<T>(this.name, operation, ...args);
  }
}
