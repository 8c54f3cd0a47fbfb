/**
 * The whole system in one process, under one seed: replicas, sync clients, relay and projector as they are, with time, chance and
 * the network in the hands of the test. Whatever happens in between, once it is quiet every replica must hold the same, and
 * nothing that anybody still held may be lost.
 */
import { createSeededRandom, type ReplicaDisk, type SeededRandom } from '@tributary/database/testing';
import type { Change } from '@tributary/database/changes';
import { ManualClock, MemoryNetwork } from '@tributary/sync/testing';
import type { CloudDatabase } from '@tributary/sync-server';
import { checkJournal } from './check-journal.ts';
import { ConflictModel } from './conflict-model.ts';
import { allChangesOf, positionFault, positionOf, stateDifference, stateOf } from './replica-state.ts';
import { SimClient } from './sim-client.ts';
import { SimProjector } from './sim-projector.ts';
import { FoldedChanges, SimRelay } from './sim-relay.ts';
import { unrulyConnect, type Unruliness } from './unruly-connect.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Also disasters in which a disk is lost or set back: of clients, and of the relay. */
  readonly withDisasters: boolean;
  /** An empty one to project into. */
  readonly cloud: CloudDatabase;
}

const CLIENTS = 3;
const STEPS = 120;
const PROJECT_EVERY = 6;
const QUIET_WITHIN_MS = 20 * 60_000;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: SeededRandom;
  readonly #clock = new ManualClock();
  readonly #network: MemoryNetwork;
  readonly #relay: SimRelay;
  readonly #projector: SimProjector;
  readonly #clients: SimClient[] = [];
  readonly #model = new ConflictModel();
  /** What happened, for the message of a failure. */
  readonly history: string[] = [];
  /** Every edit that some disk still holds. */
  #held: Change[] = [];
  #snapshots: { readonly of: number; readonly disk: ReplicaDisk }[] = [];
  #backups: string[] = [];
  #severShare = 0;
  readonly #unruliness: Unruliness = { share: 0 };
  #lies: Promise<void>[] = [];

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = createSeededRandom(options.seed);
    const random = createSeededRandom(options.seed ^ 0x5bd1e995);
    this.#network = new MemoryNetwork({
      clock: this.#clock,
      latencyMs: () => 1 + random.below(random.chance(0.1) ? 400 : 30),
      filter: () => (random.chance(this.#severShare) ? 'sever' : 'deliver'),
    });
    this.#relay = new SimRelay({ clock: this.#clock, network: this.#network, random });
    const { cloud, seed } = options;
    this.#projector = new SimProjector(cloud, this.#relay, createSeededRandom(seed ^ 0x2545f491));
    for (let index = 0; index < CLIENTS; index++) this.#addClient(`client ${index}`, random);
  }

  async run(): Promise<void> {
    this.#severShare = this.#random.pick([0, 0, 0.01, 0.05, 0.2]);
    this.#unruliness.share = this.#random.pick([0, 0, 0, 0.02, 0.1]);
    for (let step = 0; step < STEPS; step++) {
      await this.#step();
      if (step % PROJECT_EVERY === 0) await this.#projector.step();
      await this.#clock.advanceAsync(this.#random.below(this.#random.chance(0.2) ? 2_000 : 60));
    }
    await this.#becomeQuiet();
    await this.#checkEverything();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#relay.close();
  }

  #addClient(name: string, random: SeededRandom, disk?: ReplicaDisk): void {
    this.#clients.push(
      new SimClient({
        name,
        clock: this.#clock,
        connect: unrulyConnect(this.#network.connect, random, this.#unruliness),
        random,
        ...(disk ? { disk } : {}),
        onStatus: (client, { state }) => {
          if (state === 'synced') this.#lies.push(this.#checkSyncedIsTrue(client));
        },
        onApply: ({ replica }, changes) => this.#model.applying(replica, changes),
      }),
    );
  }

  async #step(): Promise<void> {
    const { withDisasters } = this.#options;
    const index = this.#random.below(this.#clients.length);
    const client = this.#clients[index] as SimClient;
    switch (this.#random.below(withDisasters ? 30 : 24)) {
      case 0:
        this.#note(`${client.name} crashes`);
        client.crash();
        break;
      case 1:
        this.#note('a line is cut');
        if (this.#network.links.length > 0) this.#random.pick(this.#network.links).sever();
        break;
      case 2:
        this.#note('a line dies silently');
        if (this.#network.links.length > 0) this.#random.pick(this.#network.links).freeze();
        break;
      case 3:
        this.#network.isUp = !this.#network.isUp;
        this.#note(`the network is ${this.#network.isUp ? 'up' : 'down'}`);
        if (!this.#network.isUp) this.#network.severAll();
        break;
      case 4:
        this.#note('the relay crashes');
        await this.#relay.crash();
        break;
      case 5:
        this.#note(`${client.name} pauses`);
        client.client.disconnect();
        break;
      case 6:
      case 7:
        client.client.connect();
        break;
      case 24:
        this.#note(`${client.name} is copied`);
        this.#snapshots.push({ of: index, disk: client.snapshot() });
        break;
      case 25:
        await this.#restoreClient();
        break;
      case 26:
        this.#note('the relay is backed up');
        this.#backups.push(this.#relay.backup());
        break;
      case 27:
        if (this.#backups.length === 0) break;
        this.#note('the relay is restored');
        await this.#relay.restore(this.#random.pick(this.#backups));
        await this.#forgetWhatIsGone();
        break;
      case 28:
        if (!this.#random.chance(0.3)) break;
        this.#note('the relay is wiped');
        await this.#relay.wipe();
        await this.#forgetWhatIsGone();
        break;
      case 29:
        if (this.#clients.length > CLIENTS) break;
        this.#note(`${client.name} is cloned`);
        this.#addClient(`clone of ${client.name}`, this.#random, client.snapshot());
        break;
      default:
        this.#edit(client);
    }
  }

  #edit(client: SimClient): void {
    const before = client.replica.latestVersion;
    client.edit(this.#random);
    if (client.replica.latestVersion === before) return;
    this.#note(`${client.name} makes version ${client.replica.latestVersion}`);
    this.#model.edited(client.replica);
    this.#held.push(...client.replica.ownChanges({ after: before }).changes);
  }

  async #restoreClient(): Promise<void> {
    if (this.#snapshots.length === 0) return;
    const { of, disk } = this.#random.pick(this.#snapshots);
    const client = this.#clients[of] as SimClient;
    this.#note(`${client.name} is restored from a copy`);
    client.restore(disk);
    await this.#forgetWhatIsGone();
  }

  /** After a disk was lost: what was only there cannot come back, and nobody can be asked for it. */
  async #forgetWhatIsGone(): Promise<void> {
    const places = [await this.#relay.folded()];
    for (const client of this.#clients) places.push(new FoldedChanges(allChangesOf(client.replica)));
    this.#held = this.#held.filter((change) => places.some((place) => place.covers(change)));
  }

  async #becomeQuiet(): Promise<void> {
    this.#note('all is well from here on');
    this.#severShare = 0;
    this.#unruliness.share = 0;
    this.#network.isUp = true;
    for (const { client } of this.#clients) client.connect();
    const isQuiet = () => this.#clients.every(({ client }) => client.status.state === 'synced');
    const isQuietForLong = async () => {
      if (!(await this.#clock.advanceUntil(isQuiet, QUIET_WITHIN_MS))) return false;
      // A line that died silently is noticed by then, and what the last ones had to say has gone around.
      await this.#clock.advanceAsync(60_000);
      return isQuiet();
    };
    for (let attempt = 0; attempt < 3; attempt++) if (await isQuietForLong()) return;
    const states = this.#clients.map(({ name, client }) => `${name}: ${JSON.stringify(client.status)}`);
    this.#fail(`it does not become quiet: ${states.join('; ')}`);
  }

  async #checkEverything(): Promise<void> {
    await Promise.all(this.#lies);
    const [first, ...others] = this.#clients as [SimClient, ...SimClient[]];
    const expected = stateOf(first.replica);
    for (const { name, replica } of others) {
      const difference = stateDifference(expected, stateOf(replica));
      if (difference !== undefined) this.#fail(`${name} differs from ${first.name}:\n${difference}`);
    }
    const changes = allChangesOf(first.replica);
    const replica = new FoldedChanges(changes);
    for (const change of this.#held) {
      if (!replica.covers(change)) this.#fail(`lost: ${JSON.stringify(change, withBigints)}`);
    }
    const relay = await this.#relay.folded();
    for (const change of changes) {
      if (!relay.covers(change)) this.#fail(`the relay lacks ${JSON.stringify(change, withBigints)}`);
    }
    await this.#checkCursors();
    const isLogWhole = !this.#options.withDisasters;
    const projectorFault = await this.#projector.fault(first.replica, { isLogWhole });
    if (projectorFault !== undefined) this.#fail(projectorFault);
    if (!this.#options.withDisasters) {
      const fault = checkJournal(first.replica, this.#model);
      if (fault !== undefined) this.#fail(fault);
    }
  }

  async #checkCursors(): Promise<void> {
    const head = (await this.#relay.entries()).length;
    const epoch = await this.#relay.epoch();
    for (const { name, replica } of this.#clients) {
      const fault = positionFault(positionOf(replica), { epoch, head });
      if (fault !== undefined) this.#fail(`${name} ${fault}`);
    }
  }

  /**
   * Whoever says so has everything of its own on the relay's disk. What is left at version 0 of a life of the row that is over
   * is no edit: it lost to the new life.
   */
  async #checkSyncedIsTrue({ name, replica }: SimClient): Promise<void> {
    const own = replica.ownChanges({ after: 0, maxCells: 1e6 }).changes;
    const relay = await this.#relay.folded();
    const missing = own.find((change) => change.colVersion > 0 && !relay.covers(change));
    if (missing) this.#fail(`${name} says synced, and the relay lacks ${JSON.stringify(missing, withBigints)}`);
  }

  #note(what: string): void {
    this.history.push(`${this.#clock.uptimeMs()} ms: ${what}`);
  }

  #fail(what: string): never {
    const { seed, withDisasters } = this.#options;
    const history = this.history.join('\n  ');
    throw new Error(`seed ${seed}${withDisasters ? ', with disasters' : ''}: ${what}\n  ${history}`);
  }
}

function withBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
