/** A worker's time as leader: opens the replica, serves the tabs that ask, watches for their end, and closes it all. */
import type { SyncClient } from '../../client/sync-client.ts';
import { Leader } from '../leader/leader.ts';
import type { TabReplica } from '../leader/mutations.ts';
import type { FromLeader, Names, ToLeader } from '../messages.ts';
import { openPatiently } from './open-patiently.ts';
import type { PeerChannels } from './peer-channels.ts';
import type { TabPlatform, TabWorkerOptions } from './tab-options.ts';

export interface LeadingHost {
  /** Whether this worker still wants to lead. */
  isWanted(): boolean;
  /** Whether somebody asked an earlier leader to pause. */
  isPaused(): boolean;
  began(term: string): void;
  ended(term: string): void;
  failed(error: unknown): void;
  /** For this worker's own page. */
  heard(message: FromLeader): void;
  /** The engine can do nothing any more. */
  broken(): void;
}

export interface LeadingOptions<T extends TabReplica, R> {
  readonly options: TabWorkerOptions<T, R>;
  readonly platform: TabPlatform;
  readonly names: Names;
  readonly tab: string;
  readonly peers: PeerChannels;
  readonly host: LeadingHost;
}

export class Leading<T extends TabReplica, R> {
  readonly #app: TabWorkerOptions<T, R>;
  readonly #platform: TabPlatform;
  readonly #names: Names;
  readonly #tab: string;
  readonly #peers: PeerChannels;
  readonly #host: LeadingHost;
  readonly #watched = new Set<string>();
  #leader: Leader<R> | undefined;

  constructor({ options, platform, names, tab, peers, host }: LeadingOptions<T, R>) {
    this.#app = options;
    this.#platform = platform;
    this.#names = names;
    this.#tab = tab;
    this.#peers = peers;
    this.#host = host;
  }

  /** Undefined while it does not lead. */
  get term(): string | undefined {
    return this.#leader?.term;
  }

  async begin(): Promise<boolean> {
    const { clock, newId } = this.#platform;
    try {
      const isWanted = () => this.#host.isWanted();
      const replica = await openPatiently({ open: this.#app.open, clock, isWanted });
      if (replica === undefined) return false;
      this.#leader = this.#leaderOf(replica, newId());
    } catch (error) {
      this.#host.failed(error);
      return false;
    }
    this.#host.began(this.#leader.term);
    return true;
  }

  end(): void {
    const leader = this.#leader;
    if (leader === undefined) return;
    this.#leader = undefined;
    try {
      leader.close();
    } finally {
      this.#host.ended(leader.term);
    }
  }

  /** What was meant for another term is asked again of whoever leads then. */
  asked(message: ToLeader): void {
    if (message.term !== this.#leader?.term) return;
    if (message.tab !== this.#tab) this.#watch(message.tab);
    this.#leader.serve(message);
  }

  /** Closes all again if a part of it fails. */
  #leaderOf(replica: T, term: string): Leader<R> {
    const { repositories: repositoriesOf, commands, search, sync } = this.#app;
    let client: SyncClient | undefined;
    try {
      const repositories = repositoriesOf(replica);
      client = sync?.(replica);
      return new Leader({
        term,
        replica,
        repositories,
        commands,
        search: search?.(repositories),
        client,
        isPaused: this.#host.isPaused(),
        clock: this.#platform.clock,
        send: (tab, message) => this.#send(tab, message),
        broken: () => this.#host.broken(),
      });
    } catch (error) {
      client?.close();
      replica.close();
      throw error;
    }
  }

  #send(tab: string, message: FromLeader): void {
    if (tab === this.#tab) this.#host.heard(message);
    else this.#peers.send(tab, message);
  }

  /** Waits for the tab's end. Its lock was taken before it spoke. */
  #watch(tab: string): void {
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    void this.#platform.locks.request(this.#names.tabLock(tab), async () => {
      this.#watched.delete(tab);
      this.#leader?.dropTab(tab);
      this.#peers.close(tab);
    });
  }
}
