/**
 * One run, under one seed: devices in two pages of a browser and one on Node edit the same few rows while they crash, lose
 * their lines and are copied, and while the server is killed. The seed decides what is edited and what goes wrong, and in
 * which order; how it all overlaps is up to the machine. Once it is quiet every device must hold the same, and nothing that
 * was on a disk may be lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '@tributary/database/changes';
import { AVAILABLE_ENGINES, createSeededRandom, type SeededRandom } from '@tributary/database/testing';
import type { CloudDatabase } from '@tributary/sync-server';
import { decodeBatch } from '@tributary/sync/protocol';
import { cloudDifference, type ReadableRows } from '../../convergence/cloud-difference.ts';
import { positionFault, stateDifference } from '../../convergence/replica-state.ts';
import { FoldedChanges } from '../../convergence/sim-relay.ts';
import type { RelayProcess } from '../../network/relay-process.ts';
import { waitUntil } from '../../network/wait-until.ts';
import { Line } from '../../web/line.ts';
import type { DeviceView } from '../page/simulated-device.ts';
import type { Tab } from '../tab.ts';
import { BrowserDevice, type Seat } from './browser-device.ts';
import type { Device } from './device.ts';
import { NodeDevice } from './node-device.ts';

export interface BrowserSimulationOptions {
  readonly seed: number;
  readonly server: RelayProcess;
  readonly openTab: () => Promise<Tab>;
  /** For the databases of devices on Node. */
  readonly directory: string;
}

/** In every run, as often as is said here, in an order of its own. */
const EVENTS = {
  'a device edits': 50,
  'a worker is terminated': 2,
  'a page crashes': 2,
  'a page is reloaded': 1,
  'a device on Node is restarted': 1,
  'a line is cut and mended': 3,
  'a line is cut': 2,
  'all lines are mended': 2,
  'a device pauses': 2,
  'all devices connect': 2,
  'the server is killed': 1,
  'a device is cloned': 1,
} as const;

type Event = keyof typeof EVENTS;

const TABS = 2;
const DEVICES_IN_TAB = 2;
const MAX_PAUSE_MS = 25;
const MAX_CRASH_EDITS = 5;
const QUIET_WITHIN_MS = 60_000;
const RUN_LIMIT_MS = 110_000;
/** Of rounds in which nobody had anything to say. */
const QUIET_ROUNDS = 2;

export class BrowserSimulation {
  readonly #options: BrowserSimulationOptions;
  readonly #random: SeededRandom;
  readonly #seats: Seat[] = [];
  readonly #inBrowser: BrowserDevice[] = [];
  #onNode!: NodeDevice;
  /** What happened, for the message of a failure. */
  readonly #history: string[] = [];
  /** Every edit that was on a disk. */
  readonly #held: Change[] = [];
  #cloudRows: ReadableRows = new Map();
  #changes: readonly Change[] = [];

  constructor(options: BrowserSimulationOptions) {
    this.#options = options;
    this.#random = createSeededRandom(options.seed);
  }

  /** What it came to. */
  get recoveries(): number {
    return this.#inBrowser.reduce((sum, { recoveries }) => sum + recoveries, 0);
  }

  async run(): Promise<void> {
    const deadline = new AbortController();
    const overdue = sleep(RUN_LIMIT_MS, undefined, { signal: deadline.signal, ref: false }).then(() => {
      throw new Error('it does not get any further');
    });
    try {
      await Promise.race([this.#run(), overdue]);
    } catch (error) {
      throw new Error(this.#described((error as Error).message), { cause: error });
    } finally {
      overdue.catch(() => {});
      deadline.abort();
    }
  }

  /** Once the server has ended: its log and its tables hold what the devices did. */
  async checkServer(cloud: CloudDatabase): Promise<void> {
    const entries = await this.#options.server.readLog(this.#workspaceId);
    const log = new FoldedChanges(entries.flatMap(({ payload, siteId }) => decodeBatch(payload, siteId).changes));
    const missing = this.#changes.find((change) => !log.covers(change));
    if (missing) throw new Error(this.#described(`the log lacks ${describeChange(missing)}`));
    const difference = await cloudDifference(cloud, this.#workspaceId, this.#cloudRows);
    if (difference !== undefined) throw new Error(this.#described(difference));
  }

  async close(): Promise<void> {
    for (const device of this.#devices) await device.close();
    for (const { tab } of this.#seats) await tab.page.close();
  }

  async #run(): Promise<void> {
    await this.#begin();
    const events = Object.entries(EVENTS).flatMap(([event, times]) => Array<Event>(times).fill(event as Event));
    for (const event of this.#random.shuffle(events)) {
      await this.#happen(event);
      await sleep(this.#random.below(MAX_PAUSE_MS));
    }
    await this.#becomeQuiet();
    await this.#check();
  }

  get #workspaceId(): string {
    return `run-${this.#options.seed}`;
  }

  get #devices(): readonly Device[] {
    return this.#onNode === undefined ? this.#inBrowser : [...this.#inBrowser, this.#onNode];
  }

  async #begin(): Promise<void> {
    const { directory } = this.#options;
    for (let tab = 0; tab < TABS; tab++) {
      const seat = { tab: await this.#openTab() };
      this.#seats.push(seat);
      for (let index = 0; index < DEVICES_IN_TAB; index++) await this.#addToBrowser(seat);
    }
    this.#onNode = new NodeDevice({
      name: 'on-node',
      path: `${directory}/${this.#workspaceId}.db`,
      engine: this.#random.pick(AVAILABLE_ENGINES),
      ...(await this.#lineToServer()),
    });
    for (const device of this.#devices) await device.start();
  }

  async #openTab(): Promise<Tab> {
    const tab = await this.#options.openTab();
    await tab.onNote((worker, changes) => {
      this.#held.push(...(changes as readonly Change[]));
      this.#inBrowser.find(({ name }) => name === worker)?.hasEdited();
    });
    return tab;
  }

  /** Not started yet. */
  async #addToBrowser(seat: Seat): Promise<BrowserDevice> {
    const name = `${this.#workspaceId}-device-${this.#inBrowser.length}`;
    const device = new BrowserDevice({ name, seat, ...(await this.#lineToServer()) });
    this.#inBrowser.push(device);
    return device;
  }

  async #lineToServer() {
    const { server } = this.#options;
    const workspaceId = this.#workspaceId;
    const line = await Line.open(server.port);
    const url = `${line.url.replace('http', 'ws')}/sync`;
    const token = await server.token({ roles: { [workspaceId]: 'editor' } });
    return { line, access: { url, token, workspaceId } };
  }

  async #happen(event: Event): Promise<void> {
    const device = this.#random.pick(this.#devices);
    const inBrowser = this.#random.pick(this.#inBrowser);
    this.#history.push(`${event} (${device.name}, ${inBrowser.name})`);
    switch (event) {
      case 'a device edits':
        this.#held.push(...(await device.edit(this.#newSeed())));
        break;
      case 'a worker is terminated':
        await this.#terminate(inBrowser);
        await inBrowser.start();
        break;
      case 'a page crashes':
        await this.#end(inBrowser.seat, async (seat) => {
          await seat.tab.crash();
          seat.tab = await this.#openTab();
        });
        break;
      case 'a page is reloaded':
        await this.#end(inBrowser.seat, ({ tab }) => tab.reload());
        break;
      case 'a device on Node is restarted':
        this.#onNode.crash();
        await this.#onNode.start();
        break;
      case 'a line is cut and mended':
        device.line.cut();
        device.line.mend();
        break;
      case 'a line is cut':
        device.line.cut();
        break;
      case 'all lines are mended':
        for (const { line } of this.#devices) line.mend();
        break;
      case 'a device pauses':
        await device.disconnect();
        break;
      case 'all devices connect':
        for (const each of this.#devices) await each.connect();
        break;
      case 'the server is killed':
        await this.#options.server.kill();
        this.#options.server.launch();
        break;
      case 'a device is cloned':
        await this.#clone(inBrowser);
        break;
    }
  }

  async #terminate(device: BrowserDevice): Promise<void> {
    await this.#edit(device);
    await device.terminate();
  }

  /** While all that is in it edit. */
  async #end(seat: Seat, end: (seat: Seat) => Promise<void>): Promise<void> {
    const devices = this.#inBrowser.filter((device) => device.seat === seat);
    await Promise.all(devices.map((device) => this.#edit(device)));
    await end(seat);
    for (const device of devices) {
      await device.lookForWal();
      await device.start();
    }
  }

  /** Goes on with it after this resolves. */
  #edit(device: BrowserDevice): Promise<void> {
    return device.keepEditing(this.#newSeed(), 1 + this.#random.below(MAX_CRASH_EDITS));
  }

  /** As a profile is copied after a crash: one site, which from then on is in two places. */
  async #clone(device: BrowserDevice): Promise<void> {
    await this.#terminate(device);
    const clone = await this.#addToBrowser(this.#random.pick(this.#seats));
    await device.copyTo(clone.name);
    for (const each of [device, clone]) await each.start();
  }

  async #becomeQuiet(): Promise<void> {
    const { server } = this.#options;
    this.#history.push('all is well from here on');
    await server.untilListening();
    for (const device of this.#devices) {
      device.line.mend();
      await device.connect();
    }
    // A last edit, so that there is one of which PostgreSQL can be asked.
    await waitUntil(async () => (await this.#onNode.edit(this.#newSeed())).length > 0, { what: 'an edit' });
    let rounds = 0;
    const isQuiet = async () => {
      rounds = (await this.#syncAll()) ? rounds + 1 : 0;
      return rounds === QUIET_ROUNDS;
    };
    await waitUntil(isQuiet, { what: 'nobody has anything to say', timeoutMs: QUIET_WITHIN_MS });
    const what = () => `PostgreSQL has what the devices have: ${this.#onNode.receipt()}`;
    await waitUntil(() => this.#onNode.isInCloud(), { what, timeoutMs: QUIET_WITHIN_MS });
  }

  /** Whether nobody had anything to say. */
  async #syncAll(): Promise<boolean> {
    const results = await Promise.allSettled(this.#devices.map((device) => device.sync()));
    return results.every((result) => result.status === 'fulfilled' && result.value.pulled + result.value.pushed === 0);
  }

  async #check(): Promise<void> {
    const views = await Promise.all(this.#devices.map((device) => device.view()));
    const expected = views.at(-1) as DeviceView;
    const { epoch, pullCursor: head } = expected.position;
    views.forEach(({ state, position, integrity }, index) => {
      const name = this.#devices[index]?.name;
      if (integrity !== 'ok') throw new Error(`the file of ${name} is not sound: ${JSON.stringify(integrity)}`);
      const difference = stateDifference(expected.state, state);
      if (difference !== undefined) throw new Error(`${name} differs from ${this.#onNode.name}:\n${difference}`);
      const fault = positionFault(position, { epoch: String(epoch), head });
      if (fault !== undefined) throw new Error(`${name} ${fault}`);
    });
    const folded = new FoldedChanges(expected.changes);
    const lost = this.#held.find((change) => !folded.covers(change));
    if (lost) throw new Error(`lost: ${describeChange(lost)}`);
    this.#changes = expected.changes;
    this.#cloudRows = this.#onNode.replicatedRows();
  }

  #newSeed(): number {
    return this.#random.below(2 ** 30);
  }

  #described(fault: string): string {
    return `TRIBUTARY_SEED=${this.#options.seed}: ${fault}\n  ${this.#history.join('\n  ')}`;
  }
}

function describeChange(change: Change): string {
  return JSON.stringify(change, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
