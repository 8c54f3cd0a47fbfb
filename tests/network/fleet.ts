/** Many devices of several people in one workspace, and what each of them was told of its own edits. */
import path from 'node:path';
import { createSeededRandom, type SeededRandom } from '@tributary/database/testing';
import type { Change } from '@tributary/database/changes';
import { Device, WORKSPACE } from './device.ts';
import { editNotesAtRandom } from './random-note-edit.ts';
import type { RelayProcess } from './relay-process.ts';
import { sleep, waitUntil } from './wait-until.ts';

export interface FleetOptions {
  readonly relay: RelayProcess;
  readonly devices: number;
  /** How many of them are on files in this directory, not in memory. */
  readonly onFiles: number;
  readonly directory: string;
  readonly random: SeededRandom;
}

/** One transaction of a device. */
export interface Edit {
  readonly version: number;
  readonly changes: readonly Change[];
}

export interface Member {
  readonly device: Device;
  readonly siteId: string;
  /** Not known to be on the relay. */
  readonly unconfirmed: Set<Edit>;
  /** Of which the device says that they are. */
  readonly acknowledged: Edit[];
}

const USERS = 5;

export class Fleet {
  readonly members: readonly Member[];
  readonly #random: SeededRandom;
  #isEditing = false;
  #edits = 0;

  private constructor(members: readonly Member[], random: SeededRandom) {
    this.members = members;
    this.#random = random;
  }

  static async connect({ relay, devices, onFiles, directory, random }: FleetOptions): Promise<Fleet> {
    const members: Member[] = [];
    for (let index = 0; index < devices; index++) {
      const token = await relay.token({ userId: `user-${index % USERS}`, roles: { [WORKSPACE]: 'editor' } });
      const file = index < onFiles ? { path: path.join(directory, `device-${index}.db`) } : {};
      // Both engines, where there are two.
      const engine = index % 2 === 0 ? 'auto' : 'wasm';
      const member = memberOf(new Device({ url: relay.url, token, engine, ...file }));
      members.push(member);
      member.device.client.connect();
    }
    return new Fleet(members, createSeededRandom(random.below(2 ** 31)));
  }

  get edits(): number {
    return this.#edits;
  }

  get acknowledged(): number {
    return this.members.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  /** From now on somebody makes an edit every so often. */
  startEditing(everyMs: number): void {
    this.#isEditing = true;
    void this.#goOnEditing(everyMs);
  }

  stopEditing(): void {
    this.#isEditing = false;
  }

  /** Everybody has everything, and says so. */
  async settle(timeoutMs: number): Promise<void> {
    for (const { device } of this.members) device.client.connect();
    await waitUntil(
      () => this.members.every(({ device }) => device.state === 'synced' && device.client.status.pendingIn === 0),
      {
        timeoutMs,
        what: () => {
          const others = this.members.filter(({ device }) => device.state !== 'synced');
          return `all are synced; but ${JSON.stringify(others.map(({ device }) => device.client.status))}`;
        },
      },
    );
    // Being synced is what each knows; an answer from now on proves it of all at one moment.
    await Promise.all(this.members.map(({ device }) => device.client.sync()));
    await Promise.all(this.members.map(({ device }) => device.client.sync()));
    for (const member of this.members) noteAcknowledged(member);
  }

  close(): void {
    this.stopEditing();
    for (const { device } of this.members) device.close();
  }

  async #goOnEditing(everyMs: number): Promise<void> {
    while (this.#isEditing) {
      this.#edit(this.#random.pick(this.members));
      await sleep(this.#random.below(2 * everyMs));
    }
  }

  #edit({ device: { replica }, unconfirmed }: Member): void {
    const before = replica.latestVersion;
    editNotesAtRandom(replica, this.#random);
    const { changes } = replica.ownChanges({ after: before });
    if (changes.length === 0) return;
    unconfirmed.add({ version: replica.latestVersion, changes });
    this.#edits++;
  }
}

function memberOf(device: Device): Member {
  const member: Member = { device, siteId: device.replica.siteId, unconfirmed: new Set(), acknowledged: [] };
  device.client.onSync(({ pushed }) => {
    if (pushed > 0) noteAcknowledged(member);
  });
  return member;
}

function noteAcknowledged({ device, unconfirmed, acknowledged }: Member): void {
  for (const edit of unconfirmed) {
    if (device.client.receipt(edit.version) === 'local') continue;
    unconfirmed.delete(edit);
    acknowledged.push(edit);
  }
}
