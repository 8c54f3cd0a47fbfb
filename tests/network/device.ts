/** A replica of notes and its sync client, over real sockets. */
import { openReplica, type EngineChoice, type Replica } from '@tributary/database';
import { SyncClient, type AuthToken, type SyncClientOptions, type SyncStatus } from '@tributary/sync';
import { notesSchema } from './notes-schema.ts';
import { waitUntil } from './wait-until.ts';

export interface DeviceOptions extends Partial<Pick<SyncClientOptions, 'backoff' | 'debounce' | 'connect'>> {
  readonly url: string;
  readonly token: AuthToken;
  readonly workspaceId?: string;
  /** A file; in memory by default. */
  readonly path?: string;
  readonly engine?: EngineChoice;
}

/** Tests do not wait for half a minute. */
const BACKOFF = { initialMs: 50, maxMs: 1_000 };

export const WORKSPACE = 'home';

export class Device {
  readonly replica: Replica<typeof notesSchema.tables>;
  readonly client: SyncClient;
  /** Every status that it has told. */
  readonly statuses: SyncStatus[] = [];

  constructor({ url, token, workspaceId = WORKSPACE, backoff = BACKOFF, ...options }: DeviceOptions) {
    const { path = ':memory:', engine = 'auto', ...rest } = options;
    this.replica = openReplica({ path, engine, schema: notesSchema });
    this.client = new SyncClient(url, token, { replica: this.replica, workspaceId, backoff, ...rest });
    this.client.onStatus((status) => this.statuses.push(status));
  }

  get state(): SyncStatus['state'] {
    return this.client.status.state;
  }

  /** What it has told of itself since it was in sync for the first time. */
  get statesSinceSynced(): SyncStatus['state'][] {
    const states = this.statuses.map(({ state }) => state);
    return states.slice(states.indexOf('synced'));
  }

  /** Why it was not in sync, from time to time. */
  get reasons(): (string | undefined)[] {
    return this.statuses.map(({ reason }) => reason);
  }

  /** Returns the version of the edit. */
  addNote(id: string, title: string): number {
    this.replica.sqlite
      .prepare('INSERT INTO notes (id, title) VALUES (?, ?) ON CONFLICT DO UPDATE SET title = excluded.title')
      .run(id, title);
    return this.replica.latestVersion;
  }

  titleOf(id: string): unknown {
    return this.replica.sqlite.prepare('SELECT title FROM notes WHERE id = ?').pluck().get(id);
  }

  countNotes(): number {
    return this.replica.sqlite.prepare('SELECT count(*) FROM notes').pluck().get() as number;
  }

  until(state: SyncStatus['state'], timeoutMs?: number): Promise<void> {
    return waitUntil(() => this.state === state, {
      what: () => `${state}, instead of ${JSON.stringify(this.client.status)}`,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  close(): void {
    this.client.close();
    this.replica.close();
  }
}
