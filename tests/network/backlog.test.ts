/** Much at once: what it costs in memory, and that a transaction stays one however large it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBatchHeader } from '@tributary/sync/protocol';
import { expect, onTestFinished, test } from 'vitest';
import type { LogEntry } from '@tributary/sync-server';
import { WORKSPACE, type Device } from './device.ts';
import type { MemoryUse } from './memory-of.ts';
import { MemoryWatch } from './memory-watch.ts';
import { noise } from './noise.ts';
import { PullerProcess } from './puller-process.ts';
import type { RelayProcess } from './relay-process.ts';
import { editorToken, joinDevice, openDevice, startRelay } from './stage.ts';
import { waitUntil } from './wait-until.ts';

const CELLS_OF_A_NOTE = 7;
const TITLE_LENGTH = 3_500;

function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-backlog-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Returns the bytes of their titles. */
function addNotes({ replica }: Device, from: number, upTo: number, titleLength = TITLE_LENGTH): number {
  const insert = replica.sqlite.prepare('INSERT INTO notes (id, title) VALUES (?, ?)');
  replica.transaction(() => {
    for (let index = from; index < upTo; index++) insert.run(`note ${index}`, noise(titleLength));
  });
  return (upTo - from) * titleLength;
}

test('a backlog of 200,000 cells goes up and down in a fraction of its size', { timeout: 240_000 }, async () => {
  const notes = Math.ceil(200_000 / CELLS_OF_A_NOTE);
  const directory = temporaryDirectory();
  const relay = await startRelay({ args: ['--bytes-per-second', '200MiB'] });
  const token = await editorToken(relay);
  const pusher = openDevice(relay, { token, path: path.join(directory, 'pusher.db') });
  let bytes = 0;
  for (let from = 0; from < notes; from += 500) bytes += addNotes(pusher, from, Math.min(notes, from + 500));

  const whilePushed = await MemoryWatch.begin(() => relay.memory());
  pusher.client.connect();
  await pusher.until('synced', 120_000);
  expectLittle({ 'the relay, while it stores': await whilePushed.end() }, bytes);

  const puller = new PullerProcess(relay, token, path.join(directory, 'puller.db'));
  onTestFinished(() => puller.kill());
  await puller.untilOpen();
  const ofRelay = await MemoryWatch.begin(() => relay.memory());
  const ofPuller = await MemoryWatch.begin(() => puller.memory());
  puller.connect();
  await puller.untilItHas(notes, 120_000);
  expectLittle(
    { 'the relay, while it delivers': await ofRelay.end(), 'the one who pulls': await ofPuller.end() },
    bytes,
  );
});

/** Of what is kept a third at the most; of what the system has given, which is not taken back at once, less than it all. */
function expectLittle(uses: Readonly<Record<string, MemoryUse>>, bytes: number): void {
  for (const [who, { liveBytes, rssBytes }] of Object.entries(uses)) {
    expect(liveBytes, `bytes kept by ${who}, of ${bytes}`).toBeLessThan(bytes / 3);
    expect(rssBytes, `bytes of memory of ${who}, of ${bytes}`).toBeLessThan(bytes);
  }
}

test(
  'a transaction of 60,000 cells is whole or not there, also when the relay dies in between',
  { timeout: 120_000 },
  async () => {
    const notes = Math.ceil(60_000 / CELLS_OF_A_NOTE);
    const relay = await startRelay({ args: ['--bytes-per-second', '200MiB'] });
    const author = await joinDevice(relay);
    const reader = await joinDevice(relay);
    for (const device of [author, reader]) await device.until('synced');
    const seen = new Set<number>();
    const look = () => seen.add(reader.countNotes());
    reader.client.onSync(look);
    reader.client.onStatus(look);

    addNotes(author, 0, notes, 600);
    const version = author.replica.latestVersion;
    const isStored = () => author.client.receipt(version) !== 'local';
    let kills = 0;
    while (kills < 4 && (await arrivesInPart(relay, { moreThan: 100_000 * 2 ** kills, isStored }))) {
      await relay.kill();
      kills++;
      await relay.start();
    }
    expect(kills, 'kills amid the transaction').toBeGreaterThan(0);
    await waitUntil(() => look().has(notes), {
      what: () => `the notes have arrived; ${[...seen].join()}`,
      timeoutMs: 60_000,
    });
    expect([...seen]).toEqual([0, notes]);
    expect(author.client.receipt(version)).toBe('relay');

    const late = await joinDevice(relay);
    late.client.onSync(() => expect(late.countNotes()).toBe(notes));
    await late.until('synced', 60_000);
    expect(late.countNotes()).toBe(notes);
    await relay.stop();
    expectWholeVersions(await relay.readLog(WORKSPACE));
  },
);

interface Part {
  /** Bytes. */
  readonly moreThan: number;
  readonly isStored: () => boolean;
}

/** False when all of it is stored by then. */
async function arrivesInPart(relay: RelayProcess, { moreThan, isStored }: Part): Promise<boolean> {
  const hasArrived = async () => ((await relay.metrics()).get('tributary_received_bytes_total') ?? 0) > moreThan;
  await waitUntil(async () => isStored() || (await hasArrived()), { what: 'it arrives', timeoutMs: 60_000 });
  return !isStored();
}

function expectWholeVersions(entries: readonly LogEntry[]): void {
  const headers = entries.map(({ payload }) => readBatchHeader(payload));
  expect(headers.length).toBeGreaterThan(10);
  for (const [index, { fragment }] of headers.entries()) {
    expect(fragment?.index, `entry ${index + 1}`).toBe(index % (fragment?.count ?? 1));
  }
  expect(headers.length % (headers[0]?.fragment?.count ?? 0)).toBe(0);
}
