/** The sync client as the leader has it: what tabs ask of it, and what they hear from it. */
import { ConflictResolver } from '../../client/conflicts/conflict-resolver.ts';
import type { PresentPeer } from '../../client/presence.ts';
import type { ReceiptLevel, SyncClient } from '../../client/sync-client.ts';
import { TabsError } from '../errors.ts';
import type { SyncCall, SyncNews } from '../messages.ts';
import type { TabReplica } from './mutations.ts';

export interface LeaderSyncOptions {
  readonly replica: TabReplica;
  /** Absent in an app without sync. */
  readonly client: SyncClient | undefined;
  /** Somebody asked an earlier leader to pause. */
  readonly isPaused: boolean;
  readonly tell: (news: SyncNews) => void;
}

export class LeaderSync {
  readonly #replica: TabReplica;
  readonly #client: SyncClient | undefined;
  readonly #tell: (news: SyncNews) => void;
  /** What the person is doing in each tab, the latest last. */
  readonly #presence = new Map<string, unknown>();
  #peers: readonly PresentPeer[] = [];
  #isPaused: boolean;

  constructor({ replica, client, isPaused, tell }: LeaderSyncOptions) {
    this.#replica = replica;
    this.#client = client;
    this.#isPaused = isPaused;
    this.#tell = tell;
    client?.onStatus((status) => tell({ status }));
    client?.onSync(() => tell({ hasProgress: true }));
    client?.onPresence((peers) => {
      this.#peers = peers;
      tell({ peers });
    });
    if (!isPaused) client?.connect();
  }

  /** For a tab that has just come. */
  get news(): SyncNews {
    if (this.#client === undefined) return {};
    return { status: this.#client.status, peers: this.#peers, isPaused: this.#isPaused, hasProgress: true };
  }

  call(call: SyncCall): unknown {
    if (call.kind === 'conflicts') return new ConflictResolver(this.#replica).list(call.query);
    const client = this.#client;
    if (client === undefined) throw new TabsError('no_sync', 'this app was started without sync');
    if (call.kind === 'receipts') return call.versions.map((version): ReceiptLevel => client.receipt(version));
    if (call.kind === 'activity') return client.activity(call.query);
    if (call.kind === 'setToken') return client.setToken(call.token);
    this.#pause(call.kind === 'disconnect');
    if (call.kind === 'sync') return client.sync();
    return call.kind === 'connect' ? client.connect() : client.disconnect();
  }

  /** Of the tabs of one person the one that said something last speaks for all. */
  setPresence(tab: string, state: unknown): void {
    this.#presence.delete(tab);
    this.#presence.set(tab, state);
    this.#client?.setPresence(state);
  }

  dropTab(tab: string): void {
    if (!this.#presence.delete(tab)) return;
    this.#client?.setPresence([...this.#presence.values()].at(-1));
  }

  close(): void {
    this.#client?.close();
  }

  #pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#tell({ isPaused });
  }
}
