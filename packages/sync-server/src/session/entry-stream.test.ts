import path from 'node:path';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { batch, change, noise as noiseOf, site } from '../testing/test-batches.ts';
import { WORKSPACE, type TestClient } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

/** Printable characters deflate to some 82 %. */
const NOISE_LENGTH = 73_000;

describe('catching up', () => {
  test('delivers everything after the cursor, with its authors, and then CaughtUp', async () => {
    const { join } = createTestRelay();
    const author = await join();
    for (let version = 0; version < 5; version++) await author.push(version, version + 1);
    const epoch = author.last('welcome')!.epoch;
    const { mark } = author.last('ack')!;

    const reader = await join({ siteId: site(2), epoch, cursor: 2n, mark });
    expect(reader.story).toEqual(['welcome', 'deliver 3,4,5', 'caughtUp 5']);
    const [deliver] = reader.all('deliver');
    expect(deliver).toMatchObject({ mark });
    expect(deliver!.entries.map(({ knownVersion }) => knownVersion)).toEqual([2n, 3n, 4n]);
    expect(deliver!.entries[0]!.siteId).toEqual(site(1));
  });

  test('gives the bytes as they were pushed', async () => {
    const { join } = createTestRelay();
    const author = await join();
    const bytes = batch(0, 1);
    author.pushBytes(bytes);
    const reader = await join({ siteId: site(2) });
    expect(reader.all('deliver')[0]!.entries[0]!.batch).toEqual(bytes);
  });

  test('takes as many frames as the bounds of one ask for', async () => {
    const { join } = createTestRelay();
    const author = await join();
    for (let version = 0; version < 10; version++) {
      await author.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    const reader = await join({ siteId: site(2) });
    expect(reader.story).toEqual(['welcome', 'deliver 1,2,3,4', 'deliver 5,6,7,8', 'deliver 9,10', 'caughtUp 10']);
  });

  test('takes no more than 500 entries into one frame', async () => {
    const { join, settle } = createTestRelay();
    const author = await join();
    for (let version = 0; version < 1001; version++) author.pushBytes(batch(version, version + 1));
    await settle();
    const reader = await join({ siteId: site(2) });
    expect(reader.all('deliver').map(({ entries }) => entries.length)).toEqual([500, 500, 1]);
  });

  test('names for each entry the mark under which it was stored, however often the relay was started anew', async () => {
    const file = path.join(temporaryDirectory(), 'log.db');
    for (const life of [0, 1, 2]) {
      const log = openSqliteLog({ path: file });
      const author = await createTestRelay({ log }).join({ siteId: site(1 + life) });
      await author.push(0, 1);
      await author.push(1, 2);
      await log.close();
    }
    const log = openSqliteLog({ path: file });
    const reader = await createTestRelay({ log }).join({ siteId: site(9) });
    const told = reader.all('deliver').flatMap(({ entries, mark }) => entries.map(({ seq }) => [Number(seq), mark]));
    expect(told).toEqual(
      await Promise.all([1, 2, 3, 4, 5, 6].map(async (seq) => [seq, await log.markAt(WORKSPACE, seq)])),
    );
    expect(new Set(told.map(([, mark]) => mark)).size).toBe(3);
  });

  test('stops while the reader does not read, and goes on when it does', async () => {
    const { join, connect, settle } = createTestRelay();
    const author = await join();
    for (let version = 0; version < 30; version++) {
      await author.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    const reader = connect();
    reader.connection.stopReading();
    await reader.hello({ siteId: site(2) });
    expect(reader.connection.maxBufferedBytes).toBeLessThan(600_000);
    for (let rounds = 0; reader.last('caughtUp') === undefined; rounds++) {
      expect(rounds).toBeLessThan(20);
      reader.connection.goOnReading();
      reader.connection.stopReading();
      await settle();
    }
    expect(seqsOf(reader)).toEqual(upTo(30));
    expect(reader.connection.maxBufferedBytes).toBeLessThan(600_000);
  });

  test('leaves nothing out of what is pushed meanwhile', async () => {
    const { join, connect, settle } = createTestRelay();
    const author = await join();
    for (let version = 0; version < 20; version++) {
      await author.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    const reader = connect();
    const welcomed = reader.hello({ siteId: site(2) });
    for (let version = 20; version < 40; version++) {
      author.pushBytes(batch(version, version + 1));
      await settle();
    }
    await welcomed;
    await settle();
    expect(seqsOf(reader)).toEqual(upTo(40));
    expect(reader.last('caughtUp')).toBeDefined();
  });

  test('gives a session its own entries without their bytes', async () => {
    const { join, connect, settle } = createTestRelay();
    const other = await join({ siteId: site(2) });
    for (let version = 0; version < 10; version++) {
      await other.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    const slow = connect();
    slow.connection.stopReading();
    await slow.hello();
    slow.pushBytes(batch(0, 1));
    await settle();
    slow.connection.goOnReading();
    await settle();
    expect(slow.story).toEqual([
      'welcome',
      'deliver 1,2,3,4',
      'deliver 5,6,7,8',
      'ack 11',
      'deliver 9,10,(11)',
      'caughtUp 11',
    ]);
  });

  test('does not run ahead of the Acks', async () => {
    const { join, log, settle } = createTestRelay({ limits: { deliveryWindowBytes: 1 } });
    const author = await join();
    const reader = await join({ siteId: site(2) });
    reader.answers = false;
    for (const version of [0, 1, 2]) await author.push(version, version + 1);
    expect(reader.story.slice(2)).toEqual(['deliver 1']);
    let answer = (): void => {};
    log.answerGate = new Promise((resolve) => (answer = resolve));
    author.pushBytes(batch(3, 4));
    await settle();
    reader.answers = true;
    reader.answer(1n);
    await settle();
    expect(reader.story.slice(3)).toEqual(['deliver 2,3', 'caughtUp 3']);
    answer();
    await settle();
    expect(reader.story.slice(5)).toEqual(['deliver 4']);
  });

  test('gives a site what it pushed in a former session', async () => {
    const { join } = createTestRelay();
    const before = await join();
    await before.push(0, 1);
    before.lose();
    const after = await join();
    expect(after.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1']);
  });
});

describe('live', () => {
  test('everybody but the author gets the entry; the author gets the Ack', async () => {
    const { join } = createTestRelay();
    const author = await join();
    const others = [await join({ siteId: site(2) }), await join({ siteId: site(3) })];
    await author.push(0, 1);
    expect(author.story).toEqual(['welcome', 'caughtUp 0', 'ack 1']);
    for (const other of others) expect(other.story).toEqual(['welcome', 'caughtUp 0', 'deliver 1']);
    expect(others[0]!.last('deliver')!.mark).toBe(author.last('ack')!.mark);
    expect(author.last('ack')).toMatchObject({ toVersion: 1n, seq: 1n });
  });

  test('an Ack comes in its place among the entries of others', async () => {
    const { join, settle } = createTestRelay();
    const ann = await join();
    const bob = await join({ siteId: site(2) });
    const cleo = await join({ siteId: site(3) });
    ann.pushBytes(batch(0, 1));
    bob.pushBytes(batch(0, 1));
    bob.pushBytes(batch(1, 2));
    ann.pushBytes(batch(1, 2));
    await settle();
    expect(ann.story.slice(2)).toEqual(['ack 1', 'deliver 2,3', 'ack 4']);
    expect(bob.story.slice(2)).toEqual(['deliver 1', 'ack 2', 'ack 3', 'deliver 4']);
    expect(cleo.story.slice(2)).toEqual(['deliver 1,2,3,4']);
  });

  test('the author of a version in fragments gets over all of its entries', async () => {
    const { join, settle } = createTestRelay();
    const author = await join();
    const other = await join({ siteId: site(2) });
    for (const index of [0, 1, 2]) author.pushBytes(batch(0, 1, { fragment: { index, count: 3 } }));
    await settle();
    expect(author.story.slice(2)).toEqual(['deliver (1),(2)', 'ack 3']);
    expect(other.story.slice(2)).toEqual(['deliver 1,2,3']);
  });

  test('the other workspaces hear nothing', async () => {
    const { join } = createTestRelay();
    const token = JSON.stringify({ user: 'bob', roles: { other: 'editor' } });
    const stranger = await join({ token, workspaceId: 'other', siteId: site(2) });
    const author = await join();
    await author.push(0, 1);
    expect(stranger.story).toEqual(['welcome', 'caughtUp 0']);
    await stranger.push(0, 1);
    expect(stranger.last('ack')).toMatchObject({ seq: 1n });
    expect(author.story).toEqual(['welcome', 'caughtUp 0', 'ack 1']);
  });

  test('an Ack means that the entry is in the log', async () => {
    const { join, log } = createTestRelay();
    let open = (): void => {};
    log.gate = new Promise((resolve) => (open = resolve));
    const author = await join();
    await author.push(0, 1);
    expect(author.all('ack')).toEqual([]);
    open();
    log.gate = undefined;
    await author.push(1, 2);
    expect(author.story.slice(2)).toEqual(['ack 1', 'ack 2']);
  });
});

describe('a reader that is too slow', () => {
  test('goes back to the log, with a bounded buffer, and misses nothing', async () => {
    const { join, relay, settle } = createTestRelay();
    const author = await join();
    const slow = await join({ siteId: site(2) });
    slow.connection.stopReading();
    for (let version = 0; version < 60; version++) {
      await author.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    expect(slow.connection.maxBufferedBytes).toBeLessThan(400_000);
    expect((await relay.metrics()).cutOvers).toBe(1);
    expect((await relay.metrics()).sessions).toMatchObject({ live: 1, 'catching-up': 1 });

    slow.connection.goOnReading();
    await settle();
    expect(seqsOf(slow)).toEqual(upTo(60));
    expect(slow.story.at(-1)).toBe('caughtUp 60');
    await author.push(60, 61);
    expect(slow.story.at(-1)).toBe('deliver 61');
  });

  test('is helped on by the sweep, should nobody say that it has read', async () => {
    const { join, pass } = createTestRelay({ limits: { sendBufferBytes: 1_000 } });
    const author = await join();
    const slow = await join({ siteId: site(2) });
    slow.connection.stopReading();
    for (let version = 0; version < 3; version++) {
      await author.push(version, version + 1, { changes: [change({ dbVersion: version + 1, val: noise(version) })] });
    }
    const { handler } = slow.connection;
    slow.connection.handler = undefined;
    slow.connection.goOnReading();
    slow.connection.handler = handler;
    expect(seqsOf(slow)).toEqual([1]);
    await pass(1_000);
    expect(seqsOf(slow)).toEqual([1, 2, 3]);
  });

  test('gets the Acks of its own pushes at once', async () => {
    const { join } = createTestRelay({ limits: { sendBufferBytes: 1_000 } });
    const author = await join();
    const slow = await join({ siteId: site(2) });
    slow.connection.stopReading();
    await author.push(0, 1, { changes: [change({ val: noise(0) })] });
    await author.push(1, 2);
    await slow.push(0, 1, { changes: [change({ siteId: site(2) })] });
    slow.connection.goOnReading();
    expect(slow.story.slice(2, 4)).toEqual(['deliver 1', 'ack 3']);
  });

  test('that does not read at all is hung up on', async () => {
    const { join, lines } = createTestRelay({ limits: { maxBacklogBytes: 2_000 } });
    const client = await join();
    client.connection.stopReading();
    for (let id = 1; id < 1000 && client.closedWith === undefined; id++) client.send({ case: 'ping', value: { id } });
    expect(client.closedWith).toEqual({ code: 1000, reason: 'reads too slowly' });
    expect(client.connection.maxBufferedBytes).toBeLessThan(2_100);
    expect(lines.at(-1)?.message).toBe('hung up: reads too slowly');
  });
});

const seed = seedOfRun();
test(`every reader gets every entry once and in order, however slowly it reads (seed ${seed})`, async () => {
  const random = createSeededRandom(seed);
  const { join, connect, settle } = createTestRelay({
    limits: { sendBufferBytes: 30_000, maxConnectionsPerUser: 100 },
  });
  const writers = await Promise.all([1, 2, 3].map((number) => join({ siteId: site(number) })));
  const readers: TestClient[] = [];
  const versions = writers.map(() => 0);
  for (let step = 0; step < 150; step++) {
    const writer = random.below(writers.length);
    const version = versions[writer]!;
    versions[writer] = version + 1;
    const changes = [
      change({ dbVersion: version + 1, siteId: site(writer + 1), val: noise(step).slice(random.below(60_000)) }),
    ];
    writers[writer]!.pushBytes(batch(version, version + 1, { changes }));
    if (random.chance(0.1)) {
      const reader = connect();
      readers.push(reader);
      void reader.hello({ siteId: site(10 + readers.length) });
    }
    for (const { connection } of [...readers, ...writers]) {
      if (random.chance(0.2)) connection.stopReading();
      if (random.chance(0.2)) connection.goOnReading();
    }
    if (random.chance(0.5)) await settle();
  }
  for (const { connection } of [...readers, ...writers]) connection.goOnReading();
  await settle();
  for (const reader of readers) expect(seqsOf(reader)).toEqual(upTo(150));
  for (const writer of writers) {
    expect(writer.closedWith).toBeUndefined();
    expect(coveredBy(writer)).toEqual(upTo(150));
  }
});

function seqsOf(client: TestClient): number[] {
  return client.all('deliver').flatMap(({ entries }) => entries.map(({ seq }) => Number(seq)));
}

/** The cursor as a client moves it: over entries, and over an Ack that is next. */
function coveredBy(client: TestClient): number[] {
  const covered: number[] = [];
  for (const frame of client.frames) {
    if (frame.case === 'deliver') covered.push(...frame.value.entries.map(({ seq }) => Number(seq)));
    if (frame.case === 'ack' && Number(frame.value.seq) === covered.length + 1) covered.push(Number(frame.value.seq));
  }
  return covered;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** About 60 kB, however it is packed. */
function noise(seedOfText: number): string {
  return noiseOf(NOISE_LENGTH, seedOfText);
}
