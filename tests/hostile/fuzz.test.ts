/** Thousands of hostile messages over real sockets, against the server as it is run; the codec and the relay alone get more. */
import { packKey, siteIdToHex } from '@tributary/database/changes';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { encodeBatch, encodeClientFrame, PROTOCOL_ERRORS, PROTOCOL_VERSION } from '@tributary/sync/protocol';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WORKSPACE } from '../network/device.ts';
import { editorToken, joinDevice, openRawSession, startRelay } from '../network/stage.ts';
import { waitUntil } from '../network/wait-until.ts';
import { hostileMessage, poisonedBatch } from './hostile-frames.ts';

const MESSAGES = 10_000;
const ATTACKERS = 12;
const MAX_GROWTH_BYTES = 96 * 1024 * 1024;

/** What a server may say at the end of a session, and 1000 for one that hung up itself. */
const DOCUMENTED = new Set<number>([
  1000,
  ...Object.values(PROTOCOL_ERRORS).flatMap(({ closeCode }) => closeCode ?? []),
]);

const strict = { nodeArgs: ['--unhandled-rejections=strict'] };

const seed = seedOfRun();

test(`${MESSAGES} hostile messages (seed ${seed}) harm nobody`, { timeout: 240_000 }, async () => {
  const relay = await startRelay(strict);
  const { pid } = relay;
  const token = await editorToken(relay);
  const bystander = await joinDevice(relay);
  await waitUntil(() => bystander.client.status.state === 'synced', { what: 'the bystander is in sync' });

  const closeCodes = new Map<number, number>();
  let sent = 0;
  let beforeBytes = 0;
  const attack = async (attacker: number) => {
    const random = createSeededRandom(seed + attacker);
    while (sent < MESSAGES) {
      const session = new Attacker(relay.url, random, token);
      sent += await session.run(Math.min(40, MESSAGES - sent));
      if (session.closeCode !== undefined)
        closeCodes.set(session.closeCode, (closeCodes.get(session.closeCode) ?? 0) + 1);
      if (sent > MESSAGES / 4 && beforeBytes === 0) beforeBytes = (await relay.memory()).rssBytes;
    }
  };
  await Promise.all(Array.from({ length: ATTACKERS }, (_, attacker) => attack(attacker)));

  expect(relay.pid).toBe(pid);
  expect((await relay.get('/healthz')).status).toBe(200);
  expect([...closeCodes.keys()].filter((code) => !DOCUMENTED.has(code))).toEqual([]);
  expect(closeCodes.get(PROTOCOL_ERRORS.malformed_frame.closeCode)).toBeGreaterThan(100);
  expect((await relay.memory()).rssBytes - beforeBytes).toBeLessThan(MAX_GROWTH_BYTES);
  const metrics = await relay.metrics();
  expect(metrics.get('tributary_refusals_total{code="malformed_frame"}')).toBeGreaterThan(100);
  expect(metrics.get('tributary_refusals_total{code="change_refused"}')).toBeGreaterThan(10);
  expect(metrics.get('tributary_refusals_total{code="internal"}') ?? 0).toBe(0);

  bystander.addNote('after', 'the storm');
  await waitUntil(() => bystander.client.status.state === 'synced', { what: 'the bystander is in sync again' });
  bystander.close();
  expect(await relay.stop()).toBe(0);
  expect(relay.err).not.toMatch(/rejection|uncaught|exception|TypeError|RangeError/i);
});

test('poisoned rows, pushes of a viewer and foreign workspaces are refused, logged, and nothing of them is stored', async () => {
  const relay = await startRelay(strict);
  const random = createSeededRandom(seed);
  const good = new Uint8Array(16).fill(7);
  const siteId = new Uint8Array(16).fill(9);
  const editor = await editorToken(relay);
  for (let poison = 0; poison < 60; poison++) {
    const session = openRawSession(relay);
    await session.hello({ token: editor, siteId });
    await session.untilHeard('welcome');
    session.push(poisonedBatch({ random, siteId, workspaceId: WORKSPACE, token: editor }));
    await session.untilClosed();
    expect([PROTOCOL_ERRORS.change_refused.closeCode, PROTOCOL_ERRORS.malformed_frame.closeCode]).toContain(
      session.closedWith?.code,
    );
    expect(session.closedWith?.reason).not.toBe('');
  }

  const viewer = openRawSession(relay);
  await viewer.hello({ token: await relay.token({ userId: 'vic', roles: { [WORKSPACE]: 'viewer' } }), siteId });
  await viewer.untilHeard('welcome');
  viewer.push(goodBatch(siteId));
  await viewer.untilHeard('reject');
  expect(viewer.last('reject')).toMatchObject({ code: 'read_only' });

  const stranger = openRawSession(relay);
  await stranger.hello({ token: await relay.token({ roles: { elsewhere: 'owner' } }), siteId });
  await stranger.untilClosed();
  expect(stranger.closedWith?.code).toBe(PROTOCOL_ERRORS.forbidden.closeCode);

  const nobody = openRawSession(relay);
  await nobody.hello({ token: editor, siteId: new Uint8Array(16) });
  await nobody.untilClosed();
  expect(nobody.closedWith?.code).toBe(PROTOCOL_ERRORS.malformed_frame.closeCode);

  const honest = openRawSession(relay);
  await honest.hello({ token: editor, siteId: good });
  await honest.untilHeard('welcome');
  honest.push(goodBatch(good));
  await honest.untilHeard('ack');

  await relay.stop();
  const entries = await relay.readLog(WORKSPACE);
  expect(entries.map((entry) => siteIdToHex(entry.siteId))).toEqual([siteIdToHex(good)]);
  for (const code of ['change_refused', 'read_only', 'forbidden']) expect(relay.out).toContain(`"code":"${code}"`);
});

test('a flood of names that nobody knows stops at the budget of the workspace, and survives a restart', async () => {
  const relay = await startRelay(strict);
  const token = await editorToken(relay);
  const siteId = new Uint8Array(16).fill(5);
  const flood = async () => {
    const session = openRawSession(relay);
    await session.hello({ token, siteId });
    await session.untilHeard('welcome');
    for (let version = 1; version <= 400 && session.closedWith === undefined; version++) {
      session.push(goodBatch(siteId, { cid: `unknown_${version}`, dbVersion: version }));
    }
    await session.untilClosed();
    expect(session.closedWith).toMatchObject({ code: PROTOCOL_ERRORS.change_refused.closeCode });
  };
  await flood();
  await relay.kill();
  await relay.start();
  const session = openRawSession(relay);
  await session.hello({ token, siteId });
  await session.untilHeard('welcome');
  session.push(goodBatch(siteId, { cid: 'unknown_afterwards', dbVersion: 1_000 }));
  await session.untilClosed();
  expect(session.closedWith).toMatchObject({ code: PROTOCOL_ERRORS.change_refused.closeCode });
  await relay.stop();
  expect((await relay.readLog(WORKSPACE)).length).toBeLessThanOrEqual(200);
});

function goodBatch(siteId: Uint8Array, { cid = 'title', dbVersion = 1 } = {}): Uint8Array {
  const change = { table: 'notes', pk: packKey(['n']), cid, val: 'x', colVersion: 1, cl: 1, seq: 0, dbVersion, siteId };
  const header = {
    prevVersion: dbVersion - 1,
    toVersion: dbVersion,
    base: undefined,
    refill: false,
    fragment: undefined,
  };
  return encodeBatch({ ...header, changes: [change] });
}

/** One connection: perhaps greeted first, then one hostile message after the other, until the server has had enough. */
class Attacker {
  readonly #socket: WebSocket;
  readonly #random: SeededRandom;
  readonly #token: string;
  readonly #siteId: Uint8Array;
  #answers = 0;
  #wake: () => void = () => undefined;
  closeCode: number | undefined;

  constructor(url: string, random: SeededRandom, token: string) {
    this.#random = random;
    this.#token = token;
    this.#siteId = Uint8Array.from({ length: 16 }, () => 1 + random.below(255));
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket.on('message', () => {
      this.#answers++;
      this.#wake();
    });
    this.#socket.on('close', (code: number) => {
      this.closeCode = code;
      this.#wake();
    });
    this.#socket.on('error', () => undefined);
  }

  /** Returns how many hostile messages the server has dealt with. */
  async run(messages: number): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#socket.once('open', () => resolve());
      this.#socket.once('close', () => resolve());
    });
    if (this.#random.chance(0.8)) await this.#say(this.#hello());
    let sent = 0;
    while (sent < messages && this.closeCode === undefined) {
      this.#socket.send(this.#hostile());
      sent++;
      // Whatever that was: the server answers the next, or has hung up.
      await this.#say(encodeClientFrame({ case: 'ping', value: { id: sent } }));
    }
    if (this.closeCode === undefined) this.#socket.terminate();
    return sent;
  }

  async #say(message: Uint8Array): Promise<void> {
    if (this.closeCode !== undefined) return;
    const before = this.#answers;
    this.#socket.send(message);
    const deadline = Date.now() + 20_000;
    while (this.#answers === before && this.closeCode === undefined) {
      if (Date.now() > deadline) throw new Error('the server neither answers nor hangs up');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 1_000).unref();
      });
    }
  }

  #hello(): Uint8Array {
    const value = { protocolVersion: PROTOCOL_VERSION, minVersion: 1, token: this.#token, workspaceId: WORKSPACE };
    return encodeClientFrame({ case: 'hello', value: { ...value, siteId: this.#siteId } });
  }

  #hostile(): Uint8Array | string {
    return hostileMessage({ random: this.#random, siteId: this.#siteId, workspaceId: WORKSPACE, token: this.#token });
  }
}
