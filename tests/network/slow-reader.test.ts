/** Clients that take what they are sent slowly, or not at all, and what the relay and the others notice of it. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { BulkWriter } from './bulk-writer.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { HelloInit, RawSession } from './raw-session.ts';
import type { RelayProcess } from './relay-process.ts';
import { editorToken, joinDevice, openRawSession, startRelay } from './stage.ts';
import { waitUntil } from './wait-until.ts';

/** Some 200 KiB on the wire. */
const TITLE_LENGTH = 256 * 1024;
const WARM_UP_TITLES = 100;
const TITLES = 512;
const PARTS = 16;
const WRITTEN_BYTES = TITLES * 192 * 1024;

async function join(relay: RelayProcess, rest: HelloInit = {}): Promise<RawSession> {
  const session = openRawSession(relay);
  await session.hello({ token: await editorToken(relay, { userId: 'somebody' }), siteId: randomBytes(16), ...rest });
  await session.untilHeard('welcome');
  return session;
}

/** Where the log ends, to say Hello with. */
function positionOf(writer: RawSession): HelloInit {
  const { seq, mark } = writer.last('ack')!;
  return { epoch: writer.last('welcome')!.epoch, cursor: seq, mark };
}

test(
  'readers that do not read cost the relay nothing, and the others do not notice',
  { timeout: 180_000 },
  async () => {
    const relay = await startRelay({ args: ['--bytes-per-second', '500MiB'] });
    const siteId = randomBytes(16);
    const author = await join(relay, { siteId });
    const writer = new BulkWriter(author, siteId);
    const device = await joinDevice(relay);
    await device.until('synced');
    await writer.write(WARM_UP_TITLES, TITLE_LENGTH);

    const deaf = await join(relay, positionOf(author));
    const liar = await join(relay, positionOf(author));
    const mute = await join(relay);
    deaf.socket.pause();
    liar.socket.pause();
    mute.answers = false;
    const watch = await MemoryWatch.begin(() => relay.memory());
    for (let part = 0; part < PARTS; part++) {
      liar.send({ case: 'received', value: { seq: 2n ** 53n } });
      await writer.write(TITLES / PARTS, TITLE_LENGTH);
      await device.client.sync();
      expect(device.titleOf(writer.lastNote)).toBe(writer.lastTitle);
    }
    const { liveBytes, rssBytes } = await watch.end();
    expect(liveBytes, `bytes kept, of ${WRITTEN_BYTES} for each reader`).toBeLessThan(WRITTEN_BYTES / 2);
    expect(rssBytes, `bytes of memory, of ${WRITTEN_BYTES} for each reader`).toBeLessThan(WRITTEN_BYTES / 2);
    expect((await relay.metrics()).get('tributary_slow_readers_total')).toBeGreaterThanOrEqual(2);
    expect(device.statesSinceSynced).not.toContain('offline');
    for (const session of [deaf, liar, mute]) expect(session.closedWith).toBeUndefined();

    deaf.socket.resume();
    await waitUntil(() => deaf.delivered.at(-1) === WARM_UP_TITLES + TITLES, {
      what: () => `the reader that reads again has everything: ${deaf.delivered.at(-1)}`,
      timeoutMs: 60_000,
    });
    expect(deaf.delivered).toEqual(Array.from({ length: TITLES }, (_, index) => WARM_UP_TITLES + 1 + index));
  },
);
