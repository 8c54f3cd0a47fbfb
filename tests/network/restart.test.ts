/** A relay that comes and goes in good order, and what its clients notice of it. */
import { randomBytes } from 'node:crypto';
import { SERVER_ERRORS } from '@tributary/sync-server';
import { PROTOCOL_ERRORS } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { versionsIn } from './check-log.ts';
import { Device, WORKSPACE } from './device.ts';
import type { RelayProcess } from './relay-process.ts';
import { rowsOf } from './rows-of.ts';
import { runTributary } from './run-tributary.ts';
import { editorToken, joinDevice, openDevice, openRawSession, prepareRelay, startRelay } from './stage.ts';
import { sleep, waitUntil } from './wait-until.ts';

async function epochOf(relay: RelayProcess): Promise<string> {
  const session = openRawSession(relay);
  await session.hello({ token: await editorToken(relay), siteId: randomBytes(16) });
  await session.untilHeard('welcome');
  session.close();
  return session.last('welcome')!.epoch;
}

async function expectEqualRows(...devices: readonly Device[]): Promise<void> {
  for (const device of devices) await device.client.sync();
  for (const device of devices) await device.client.sync();
  const [first, ...others] = devices.map(({ replica }) => rowsOf(replica));
  for (const rows of others) expect(rows).toEqual(first);
}

describe('a relay that is told to end', () => {
  test('lets its clients go with a word, and ends with 0', async () => {
    const relay = await startRelay();
    const session = openRawSession(relay);
    await session.hello({ token: await editorToken(relay), siteId: randomBytes(16) });
    await session.untilHeard('caughtUp');
    const device = await joinDevice(relay);
    await device.until('synced');
    expect(await relay.stop()).toBe(0);
    await session.untilClosed();
    expect(session.closedWith?.code).toBe(PROTOCOL_ERRORS.going_away.closeCode);
    await device.until('offline');
    expect(device.reasons).toContain('the relay is shutting down');
    expect(relay.out).not.toContain('"level":50');
  });

  test('has its clients back when it is there again, in the same epoch, with what they have done meanwhile', async () => {
    const relay = await startRelay();
    const [ann, bob] = [await joinDevice(relay), await joinDevice(relay)];
    ann.addNote('before', 'with the relay');
    await bob.until('synced');
    await waitUntil(() => bob.titleOf('before') === 'with the relay', { what: 'the note has arrived' });
    const epoch = await epochOf(relay);
    await relay.stop();
    await ann.until('offline');
    const version = ann.addNote('meanwhile', 'without the relay');
    expect(ann.client.receipt(version)).toBe('local');
    bob.addNote('before', 'edited without the relay');

    await relay.start();
    await waitUntil(() => bob.titleOf('meanwhile') === 'without the relay', { what: 'the note has arrived' });
    await waitUntil(() => ann.titleOf('before') === 'edited without the relay', { what: 'the edit has arrived' });
    await expectEqualRows(ann, bob);
    expect(ann.client.receipt(version)).toBe('relay');
    expect(await epochOf(relay)).toBe(epoch);
    const connections = (await relay.metrics()).get('tributary_connections_total');
    expect(connections, 'each device once, and the one that asked').toBe(3);
  });

  test('has on its disk whatever it has acknowledged, and the rest is sent again', async () => {
    const relay = await startRelay();
    const device = await joinDevice(relay, { debounce: { debounceMs: 0, maxDelayMs: 0 } });
    await device.until('synced');
    const versions: number[] = [];
    const edit = () => versions.push(device.addNote(`note ${versions.length}`, 'in a hurry'));
    for (let edits = 0; edits < 30; edits++, await sleep(1)) edit();
    const stopped = relay.stop();
    while (device.state !== 'offline') {
      edit();
      await sleep(1);
    }
    expect(await stopped).toBe(0);
    const isInLog = versionsIn(await relay.readLog(WORKSPACE));
    const acknowledged = versions.filter((version) => device.client.receipt(version) === 'relay');
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((version) => !isInLog(device.replica.siteId, version))).toEqual([]);

    await relay.start();
    const other = await joinDevice(relay);
    await expectEqualRows(device, other);
    expect(other.countNotes()).toBe(versions.length);
  });
});

describe('two relays on one data directory', () => {
  test('the second is refused and says why, and the first goes on', async () => {
    const relay = await startRelay();
    const device = await joinDevice(relay);
    await device.until('synced');
    const second = await runTributary('serve', '--port', '0', '--data', relay.dataDirectory);
    expect(second.code).toBe(1);
    expect(second.err).toBe(`the data directory ${relay.dataDirectory} is in use by another process\n`);
    expect(SERVER_ERRORS.data_in_use.action).toContain('A killed owner frees it by itself');
    device.addNote('a', 'still there');
    await device.client.sync();
    expect(device.statesSinceSynced).not.toContain('offline');
  });

  test('a killed one frees it at once', async () => {
    const relay = await startRelay();
    await relay.kill();
    await relay.start();
    expect((await relay.get('/healthz')).status).toBe(200);
  });
});

test('a device that starts without a relay works, and is in sync once there is one', async () => {
  const relay = await prepareRelay();
  const made = await runTributary('token', '--user=ann', '--workspace=home', `--data=${relay.dataDirectory}`);
  const [laptop, phone] = ['laptop', 'phone'].map((name) => {
    const device = openDevice(relay, { token: made.out.trim() });
    device.client.connect();
    device.addNote(name, `written on the ${name}`);
    return device;
  }) as [Device, Device];
  await laptop.until('offline');
  expect(laptop.client.status.pendingOut).toBeGreaterThan(0);
  expect(laptop.titleOf('laptop')).toBe('written on the laptop');
  await relay.start();
  for (const device of [laptop, phone]) await device.until('synced');
  await expectEqualRows(laptop, phone);
  expect(laptop.titleOf('phone')).toBe('written on the phone');
});
