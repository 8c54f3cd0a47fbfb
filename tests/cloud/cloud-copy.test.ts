/** The server as it is run, with its cloud copy: how far an edit gets, and what happens when one or the other goes away. */
import { randomUUID } from 'node:crypto';
import { openCloud, silentLogger, type CloudDatabase } from '@tributary/sync-server';
import { findPostgresPrograms, startPostgres, type OwnPostgres } from '@tributary/sync-server/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Device } from '../network/device.ts';
import type { RelayProcess } from '../network/relay-process.ts';
import { joinDevice, startRelay } from '../network/stage.ts';
import { waitUntil } from '../network/wait-until.ts';

const TIMEOUT_MS = 60_000;

describe('an embedded PostgreSQL', () => {
  test('tells devices of what it holds, and again after a restart', { timeout: TIMEOUT_MS }, async () => {
    const server = await startRelay({ cloud: {} });
    const device = await joinDevice(server);
    const version = device.addNote(randomUUID(), 'first');
    expect(device.client.receipt(version)).toBe('local');
    await untilReceipt(device, version, 'cloud');

    device.client.disconnect();
    await server.stop();
    await server.start();
    device.client.connect();
    expect(device.client.receipt(version)).toBe('cloud');
    await untilReceipt(device, device.addNote(randomUUID(), 'second'), 'cloud');
    const other = await joinDevice(server);
    await other.until('synced');
    expect(other.countNotes()).toBe(2);
    // What others wrote is as far as the last that this device wrote itself.
    expect(other.client.receipt(other.replica.latestVersion)).toBe('cloud');
  });

  test(
    'holds every edit once, after the server was killed in the middle of many',
    { timeout: TIMEOUT_MS },
    async () => {
      const server = await startRelay({ cloud: {} });
      const device = await joinDevice(server);
      const ids: string[] = [];
      for (let life = 0; life < 4; life++) {
        await device.until('synced');
        for (let i = 0; i < 300; i++) {
          ids.push(randomUUID());
          device.addNote(ids.at(-1) ?? '', `note ${ids.length}`);
          if (i % 50 === 0) await device.client.sync();
        }
        await server.kill();
        await server.start();
      }
      await untilReceipt(device, device.replica.latestVersion, 'cloud');
      const entries = await lastSeq(device, server);
      const cloud = await embeddedAfterStop(server);
      await expectNotes(cloud, ids);
      expect(await countedEntries(cloud)).toBe(entries);
    },
  );
});

describe.skipIf(findPostgresPrograms() === undefined)('a PostgreSQL of its own', () => {
  let postgres: OwnPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, TIMEOUT_MS);
  afterAll(() => postgres.stop());

  test('that goes away and comes back is caught up with; nobody has to wait', { timeout: TIMEOUT_MS }, async () => {
    const server = await startRelay({ cloud: { url: postgres.url } });
    const device = await joinDevice(server);
    const ids = [addNote(device)];
    await untilReceipt(device, device.replica.latestVersion, 'cloud');
    for (let crash = 0; crash < 2; crash++) {
      postgres.halt();
      ids.push(...Array.from({ length: 100 }, () => addNote(device)));
      await device.until('synced');
      const version = device.replica.latestVersion;
      expect(device.client.receipt(version)).toBe('relay');
      expect((await server.get('/readyz')).status).toBe(200);
      postgres.resume();
      await untilReceipt(device, version, 'cloud');
    }
    const entries = await lastSeq(device, server);
    const cloud = await openedFor({ url: postgres.url, directory: '' });
    await expectNotes(cloud, ids);
    expect(await countedEntries(cloud)).toBe(entries);
  });

  test('that is away when the server starts is filled when it comes', { timeout: TIMEOUT_MS }, async () => {
    postgres.halt();
    const server = await startRelay({ cloud: { url: postgres.url } });
    const device = await joinDevice(server);
    const id = addNote(device);
    await device.until('synced');
    expect((await server.metrics()).get('tributary_projector_up')).toBe(0);
    postgres.resume();
    await untilReceipt(device, device.replica.latestVersion, 'cloud');
    expect((await server.metrics()).get('tributary_projector_up')).toBe(1);
    const cloud = await openedFor({ url: postgres.url, directory: '' });
    expect(await cloud.query('SELECT title FROM app.notes WHERE id = $1', [id])).toEqual([{ title: 'a note' }]);
  });
});

function addNote(device: Device): string {
  const id = randomUUID();
  device.addNote(id, 'a note');
  return id;
}

function untilReceipt(device: Device, version: number, level: 'relay' | 'cloud'): Promise<void> {
  return waitUntil(() => device.client.receipt(version) === level, {
    timeoutMs: 30_000,
    what: () => `${level}, instead of ${device.client.receipt(version)}, ${JSON.stringify(device.client.status)}`,
  });
}

async function lastSeq(device: Device, server: RelayProcess): Promise<number> {
  await device.client.sync();
  const { pull_cursor: seq } = device.replica.sqlite.prepare('SELECT pull_cursor FROM sync_state').get() as {
    pull_cursor: number;
  };
  expect(server.isRunning).toBe(true);
  return seq;
}

async function embeddedAfterStop(server: RelayProcess): Promise<CloudDatabase> {
  await server.stop();
  return openedFor({ directory: server.dataDirectory });
}

async function openedFor(where: { url?: string; directory: string }): Promise<CloudDatabase> {
  const cloud = await openCloud({ ...where, logger: silentLogger });
  onTestFinished(() => cloud.close());
  return cloud;
}

async function expectNotes(cloud: CloudDatabase, ids: readonly string[]): Promise<void> {
  const rows = await cloud.query<{ id: string }>('SELECT id FROM app.notes');
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
}

async function countedEntries(cloud: CloudDatabase): Promise<number> {
  const [row] = await cloud.query<{ entries: string }>(
    'SELECT coalesce(sum(entries), 0)::text AS entries FROM billing.usage_days',
  );
  return Number(row?.entries);
}
