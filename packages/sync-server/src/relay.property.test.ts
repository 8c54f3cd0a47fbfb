/**
 * What the log promises to everybody, whatever clients, network and disk do: what was acknowledged is there, no site has a
 * hole, and every reader gets the same entries.
 */
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { readBatchHeader } from '@tributary/sync/protocol';
import { expect, test } from 'vitest';
import { openSqliteLog } from './log/sqlite/sqlite-log.ts';
import type { LogEntry } from './log/log.ts';
import { batch, change, site } from './testing/test-batches.ts';
import { token, WORKSPACE, type TestClient } from './testing/test-client.ts';
import { createTestRelay, type TestRelay } from './testing/test-relay.ts';

const SITES = 4;
const STEPS = 250;
const EVERYTHING = { after: 0, maxEntries: 1e6, maxBytes: Infinity };

/** A client that pushes ahead of the answers, and sometimes goes on after a refusal as if there had been none. */
class RecklessWriter {
  readonly number: number;
  client: TestClient | undefined;
  /** The highest version that was ever acknowledged to this site. */
  ackedVersion = 0;
  #sentVersion = 0;
  #hasPushed = false;
  #seenFrames = 0;

  constructor(number: number) {
    this.number = number;
  }

  async connect(relay: TestRelay): Promise<void> {
    this.client = relay.connect();
    this.#seenFrames = 0;
    this.#hasPushed = false;
    await this.client.hello({ siteId: site(this.number), token: token({ user: `user-${this.number}` }) });
    this.#sentVersion = Number(this.client.last('welcome')?.ackedVersion ?? 0n);
  }

  push(random: SeededRandom): void {
    const { client } = this;
    if (client === undefined || client.closedWith !== undefined) return;
    // Only the first push of a session is taken at its word.
    const isReckless = this.#hasPushed && random.chance(0.1);
    const prevVersion = isReckless ? this.#sentVersion + random.below(3) : this.#sentVersion;
    this.#hasPushed = true;
    const toVersion = prevVersion + 1 + random.below(3);
    const changes = [change({ dbVersion: toVersion, siteId: site(this.number) })];
    const count = random.chance(0.2) ? 1 + random.below(4) : 0;
    for (let index = 0; index < Math.max(1, count); index++) {
      const fragment = count > 0 ? { index, count } : undefined;
      client.pushBytes(batch(prevVersion, toVersion, { changes, fragment }));
    }
    this.#sentVersion = toVersion;
  }

  /** Takes note of the answers; after a refusal it mostly goes back to what was acknowledged. */
  listen(random: SeededRandom): void {
    const { client } = this;
    if (client === undefined) return;
    for (const frame of client.frames.slice(this.#seenFrames)) {
      if (frame.case === 'ack') this.ackedVersion = Math.max(this.ackedVersion, Number(frame.value.toVersion));
      if (frame.case === 'reject' && random.chance(0.8)) this.#sentVersion = this.ackedVersion;
    }
    this.#seenFrames = client.frames.length;
  }
}

async function disturb(relay: TestRelay, writers: readonly RecklessWriter[], random: SeededRandom): Promise<void> {
  const writer = random.pick(writers);
  if (random.chance(0.1)) relay.log.failWith = new Error('disk full');
  if (random.chance(0.3)) relay.log.failWith = undefined;
  if (random.chance(0.05)) writer.client?.lose();
  const isGone = writer.client === undefined || writer.client.closedWith !== undefined;
  if (isGone || random.chance(0.08)) await writer.connect(relay);
}

function expectNoHole(entries: readonly LogEntry[]): void {
  const known = new Map<string, number>();
  for (const { siteId, knownVersion, payload } of entries) {
    const key = siteId.join();
    const { prevVersion, toVersion, fragment } = readBatchHeader(payload);
    const highest = known.get(key) ?? 0;
    expect(prevVersion).toBeLessThanOrEqual(highest);
    expect(knownVersion).toBe(highest);
    const isComplete = fragment === undefined || fragment.index === fragment.count - 1;
    if (isComplete) known.set(key, Math.max(highest, toVersion));
  }
}

const seed = seedOfRun();

test.each([0, 1, 2])(
  `holds with failing commits, lost connections and reckless writers (seed ${seed} + %i)`,
  async (more) => {
    const random = createSeededRandom(seed + more);
    const relay = createTestRelay({
      limits: { userChangeRate: { perSecond: 1e6, burst: 1e6 }, sendBufferBytes: 2_000, maxPendingBytes: 2_000 },
    });
    const writers = Array.from({ length: SITES }, (_, index) => new RecklessWriter(index + 1));
    const reader = await relay.join({ siteId: site(100) });
    for (let step = 0; step < STEPS; step++) {
      await disturb(relay, writers, random);
      random.pick(writers).push(random);
      if (random.chance(0.3)) reader.connection.stopReading();
      if (random.chance(0.3)) reader.connection.goOnReading();
      if (random.chance(0.5)) await relay.settle();
      for (const writer of writers) writer.listen(random);
    }
    relay.log.failWith = undefined;
    reader.connection.goOnReading();
    await relay.pass(1_000);
    for (const writer of writers) writer.listen(random);

    const entries = await relay.log.read(WORKSPACE, EVERYTHING);
    expectNoHole(entries);
    for (const { number, ackedVersion } of writers) {
      expect((await relay.log.siteHead(WORKSPACE, site(number))).version).toBeGreaterThanOrEqual(ackedVersion);
    }
    const delivered = reader.all('deliver').flatMap((deliver) => deliver.entries);
    expect(delivered.map(({ seq }) => Number(seq))).toEqual(entries.map(({ seq }) => seq));
    expect(delivered.map((entry) => Buffer.from(entry.batch))).toEqual(
      entries.map(({ payload }) => Buffer.from(payload)),
    );
    expect((await relay.relay.metrics()).pendingBytes).toBeLessThan(2_000);
    expect(
      relay.lines.filter(({ level, message }) => level === 'error' && message !== 'the log could not be written'),
    ).toEqual([]);
  },
);

test(`a log that is opened again and again goes on where it was (seed ${seed})`, async () => {
  const random = createSeededRandom(seed);
  const log = openSqliteLog({ path: ':memory:' });
  const writers = Array.from({ length: SITES }, (_, index) => new RecklessWriter(index + 1));
  for (let life = 0; life < 5; life++) {
    const relay = createTestRelay({ log });
    for (const writer of writers) await writer.connect(relay);
    for (let step = 0; step < 30; step++) {
      random.pick(writers).push(random);
      if (random.chance(0.3)) await relay.settle();
    }
    if (random.chance(0.5)) await relay.settle();
    for (const writer of writers) writer.listen(random);
    relay.relay.close();
    await relay.settle();
  }
  const entries = await log.read(WORKSPACE, EVERYTHING);
  expectNoHole(entries);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  for (const { number, ackedVersion } of writers) {
    expect((await log.siteHead(WORKSPACE, site(number))).version).toBeGreaterThanOrEqual(ackedVersion);
  }
});
