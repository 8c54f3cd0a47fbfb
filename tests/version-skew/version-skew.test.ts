/** An old app and a new one in one workspace, and a relay that knows the schema of either. */
import { defineReplicaSchema, type Replica, type ReplicaSchema } from '@tributary/database';
import { ReplicaDisk } from '@tributary/database/testing';
import { SyncClient } from '@tributary/sync';
import { ManualClock, MemoryNetwork } from '@tributary/sync/testing';
import { openSqliteLog, Relay } from '@tributary/sync-server';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const oldItems = sqliteTable('items', { id: text('id').primaryKey().notNull(), title: text('title') });
const newItems = sqliteTable('items', {
  id: text('id').primaryKey().notNull(),
  title: text('title'),
  stars: integer('stars').notNull().default(0),
});
const labels = sqliteTable('labels', { id: text('id').primaryKey().notNull(), name: text('name') });

const first = { tag: '0000_first', sql: 'CREATE TABLE items (id text PRIMARY KEY NOT NULL, title text)' };
const second = {
  tag: '0001_second',
  sql: `ALTER TABLE items ADD stars integer DEFAULT 0 NOT NULL
--> statement-breakpoint
CREATE TABLE labels (id text PRIMARY KEY NOT NULL, name text)`,
};

const oldSchema = defineReplicaSchema({
  tables: { items: oldItems },
  replicated: { items: oldItems },
  migrations: [first],
});
const newSchema = defineReplicaSchema({
  tables: { items: newItems, labels },
  replicated: { items: newItems, labels },
  migrations: [first, second],
});

class Device {
  readonly #disk = new ReplicaDisk();
  readonly #clock: ManualClock;
  readonly #network: MemoryNetwork;
  replica!: Replica;
  client!: SyncClient;

  constructor(schema: ReplicaSchema, clock: ManualClock, network: MemoryNetwork) {
    this.#clock = clock;
    this.#network = network;
    this.start(schema);
  }

  start(schema: ReplicaSchema): void {
    this.replica = this.#disk.open(schema, {
      now: () => this.#clock.now(),
      newId: () => crypto.randomUUID(),
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    this.client = new SyncClient('memory://relay', 'token', {
      replica: this.replica,
      workspaceId: 'skewed',
      clock: this.#clock,
      connect: this.#network.connect,
    });
    this.client.connect();
  }

  stop(): void {
    this.client.close();
    this.replica.close();
  }

  run(sql: string): void {
    this.replica.sqlite.exec(sql);
  }

  rows(table: string): unknown[] {
    return this.replica.sqlite.prepare(`SELECT * FROM ${table} ORDER BY id`).all();
  }
}

describe.each([
  ['the old schema', oldSchema],
  ['the new schema', newSchema],
])('with a relay that knows %s', (_title, relaySchema) => {
  const devices: Device[] = [];
  let clock: ManualClock;
  let network: MemoryNetwork;
  let stopRelay: () => Promise<void>;

  beforeEach(() => {
    clock = new ManualClock();
    network = new MemoryNetwork({ clock });
    const log = openSqliteLog({ path: ':memory:' });
    const relay = new Relay({
      log,
      authenticate: () => ({ userId: 'somebody', roleIn: () => 'editor' }),
      schema: relaySchema,
      clock,
    });
    network.listen('memory://relay', (connection) => relay.accept(connection, { address: 'memory' }));
    stopRelay = async () => {
      relay.close();
      await log.close();
    };
  });

  afterEach(async () => {
    for (const device of devices.splice(0)) device.stop();
    await stopRelay();
  });

  const add = (schema: ReplicaSchema) => {
    const device = new Device(schema, clock, network);
    devices.push(device);
    return device;
  };

  const settle = async () => {
    const isSynced = () => devices.every(({ client }) => client.status.state === 'synced');
    await clock.advanceAsync(1_000);
    expect(await clock.advanceUntil(isSynced, 60_000)).toBe(true);
  };

  test('both see each other’s edits of what both know, in both directions', async () => {
    const [old, young] = [add(oldSchema), add(newSchema)];
    old.run(`INSERT INTO items VALUES ('a', 'by the old')`);
    young.run(`INSERT INTO items VALUES ('b', 'by the new', 5)`);
    await settle();
    expect(old.rows('items')).toEqual([
      { id: 'a', title: 'by the old' },
      { id: 'b', title: 'by the new' },
    ]);
    expect(young.rows('items')).toEqual([
      { id: 'a', title: 'by the old', stars: 0 },
      { id: 'b', title: 'by the new', stars: 5 },
    ]);
    old.run(`UPDATE items SET title = 'edited by the old' WHERE id = 'b'`);
    young.run(`UPDATE items SET title = 'edited by the new' WHERE id = 'a'`);
    await settle();
    expect(old.rows('items').map((row) => (row as { title: string }).title)).toEqual([
      'edited by the new',
      'edited by the old',
    ]);
    expect(young.rows('items')).toEqual([
      { id: 'a', title: 'edited by the new', stars: 0 },
      { id: 'b', title: 'edited by the old', stars: 5 },
    ]);
  });

  test('the old one is identical once it is upgraded, with what it had not known, edited and deleted since', async () => {
    const [old, young] = [add(oldSchema), add(newSchema)];
    young.run(`
      INSERT INTO items VALUES ('a', 'x', 1), ('b', 'y', 2), ('c', 'z', 3);
      INSERT INTO labels VALUES ('l', 'red'), ('m', 'green'), ('n', 'blue')`);
    await settle();
    young.run(`
      UPDATE items SET stars = 10 WHERE id = 'a';
      UPDATE labels SET name = 'crimson' WHERE id = 'l';
      DELETE FROM labels WHERE id = 'm'`);
    old.run(`DELETE FROM items WHERE id = 'b'; UPDATE items SET title = 'old title' WHERE id = 'c'`);
    await settle();
    old.stop();
    young.run(`UPDATE items SET stars = 30 WHERE id = 'c'`);
    old.start(newSchema);
    await settle();
    for (const table of ['items', 'labels']) expect(old.rows(table)).toEqual(young.rows(table));
    expect(old.rows('items')).toEqual([
      { id: 'a', title: 'x', stars: 10 },
      { id: 'c', title: 'old title', stars: 30 },
    ]);
    expect(old.rows('labels')).toEqual([
      { id: 'l', name: 'crimson' },
      { id: 'n', name: 'blue' },
    ]);
    old.run(`UPDATE labels SET name = 'navy' WHERE id = 'n'`);
    await settle();
    expect(young.rows('labels')).toContainEqual({ id: 'n', name: 'navy' });
  });

  test('a device that comes later gets everything, even what the old one had only kept for later', async () => {
    const [, young] = [add(oldSchema), add(newSchema)];
    young.run(`INSERT INTO items VALUES ('a', 'x', 1); INSERT INTO labels VALUES ('l', 'red')`);
    await settle();
    const late = add(newSchema);
    await settle();
    for (const table of ['items', 'labels']) expect(late.rows(table)).toEqual(young.rows(table));
  });
});
