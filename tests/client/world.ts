/** A relay, a network and a clock in memory, and as many devices as a test asks for. */
import { defineReplicaSchema, openReplica, type Replica } from '@tributary/database';
import { conflicts } from '@tributary/database/schema';
import { SyncClient, type AuthToken, type SyncClientOptions, type SyncStatus } from '@tributary/sync';
import { ManualClock, MemoryNetwork } from '@tributary/sync/testing';
import { openSqliteLog, Relay, type Authenticate, type Log, type RelayLimits } from '@tributary/sync-server';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const items = sqliteTable('items', {
  id: text('id').primaryKey().notNull(),
  title: text('title'),
  updatedAt: integer('updated_at').notNull().default(0),
});

const DDL = [
  `CREATE TABLE items (id text PRIMARY KEY NOT NULL, title text, updated_at integer DEFAULT 0 NOT NULL)`,
  `CREATE TABLE conflicts (id text PRIMARY KEY NOT NULL, kind text DEFAULT 'overwrite' NOT NULL,
     table_name text DEFAULT '' NOT NULL, row_key blob, column_name text DEFAULT '' NOT NULL, winning_value text,
     losing_value text, base_value text, winning_site text DEFAULT '' NOT NULL, losing_site text DEFAULT '' NOT NULL,
     resolution text, resolved_at integer, resolved_by text, created_at integer DEFAULT 0 NOT NULL,
     updated_at integer DEFAULT 0 NOT NULL)`,
];

const schema = defineReplicaSchema({
  tables: { items, conflicts },
  replicated: { items, conflicts },
  migrations: [{ tag: '0000_items', sql: DDL.join('\n--> statement-breakpoint\n') }],
});

const URL = 'memory://relay';

/** The token says who somebody is and what they may do: `ann:editor`. */
const authenticate: Authenticate = (token) => {
  const [userId, role] = token.split(':');
  if (userId === undefined || role === undefined) throw new Error('no such token');
  return { userId, roleIn: () => (role === 'nobody' ? undefined : (role as 'editor')) };
};

export class World {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  readonly log: Log = openSqliteLog({ path: ':memory:' });
  readonly relay: Relay;
  readonly #devices: Device[] = [];
  #stopListening: () => void;

  constructor(limits: Partial<RelayLimits> = {}) {
    this.relay = new Relay({ log: this.log, authenticate, schema, clock: this.clock, limits });
    this.#stopListening = this.#listen();
  }

  device(options: Partial<SyncClientOptions> & { token?: AuthToken } = {}): Device {
    const replica = openReplica({ path: ':memory:', engine: 'wasm', schema, now: () => this.clock.now() });
    const client = new SyncClient(URL, options.token ?? 'ann:editor', {
      replica,
      workspaceId: 'shared',
      clock: this.clock,
      connect: this.network.connect,
      ...options,
    });
    const device = new Device(replica, client);
    this.#devices.push(device);
    return device;
  }

  /** Nobody can be reached, and those who were are cut off. */
  goDown(): void {
    this.#stopListening();
    this.network.severAll();
  }

  comeBack(): void {
    this.#stopListening = this.#listen();
  }

  async settle(ms = 2_000): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  async close(): Promise<void> {
    for (const { client, replica } of this.#devices) {
      client.close();
      replica.close();
    }
    this.relay.close();
    await this.log.close();
  }

  #listen(): () => void {
    return this.network.listen(URL, (connection) => this.relay.accept(connection, { address: 'memory' }));
  }
}

export class Device {
  readonly replica: Replica;
  readonly client: SyncClient;
  readonly states: SyncStatus['state'][] = [];

  constructor(replica: Replica, client: SyncClient) {
    this.replica = replica;
    this.client = client;
    client.onStatus(({ state }) => {
      if (this.states.at(-1) !== state) this.states.push(state);
    });
  }

  set(id: string, title: string): void {
    this.replica.sqlite
      .prepare(
        `INSERT INTO items (id, title, updated_at) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at`,
      )
      .run(id, title, this.replica.now());
  }

  remove(id: string): void {
    this.replica.sqlite.prepare('DELETE FROM items WHERE id = ?').run(id);
  }

  get titles(): Record<string, string> {
    const rows = this.replica.sqlite.prepare('SELECT id, title FROM items ORDER BY id').raw().all();
    return Object.fromEntries(rows as [string, string][]);
  }

  conflicts(): Record<string, unknown>[] {
    return this.replica.sqlite.prepare('SELECT * FROM conflicts ORDER BY id').all() as Record<string, unknown>[];
  }
}
