/** The whole server, over real sockets. */
import { connect as connectTcp } from 'node:net';
import { decodeServerFrame, encodeClientFrame, type ParsedServerFrame } from '@tributary/sync/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { readOrCreateLocalSecret } from './auth/local-secret.ts';
import { signToken } from './auth/sign-token.ts';
import { SyncServer, type SyncServerOptions } from './sync-server.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';
import { batch, change, noise, site } from './testing/test-batches.ts';

const UPGRADE =
  'GET /sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

async function startServer(options: SyncServerOptions = {}): Promise<{ server: SyncServer; directory: string }> {
  const directory = options.dataDirectory ?? temporaryDirectory();
  const server = await new SyncServer({ port: 0, dataDirectory: directory, cloud: false, ...options }).start();
  onTestFinished(() => server.stop({ timeoutMs: 100 }));
  return { server, directory };
}

class SocketClient {
  readonly socket: WebSocket;
  readonly frames: ParsedServerFrame[] = [];
  closedWith: { code: number; reason: string } | undefined;
  #changed = (): void => {};

  constructor(server: SyncServer, options?: ConstructorParameters<typeof WebSocket>[2]) {
    this.socket = new WebSocket(`${server.address.replace('http', 'ws')}/sync`, [], options);
    this.socket.on('message', (data) => {
      this.frames.push(decodeServerFrame(data as Buffer));
      this.#changed();
    });
    this.socket.on('close', (code, reason) => {
      this.closedWith = { code, reason: reason.toString() };
      this.#changed();
    });
    this.socket.on('error', () => {});
  }

  async until(condition: (client: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => (this.#changed = resolve));
    return this;
  }

  has(wanted: ParsedServerFrame['case']): boolean {
    return this.frames.some((frame) => frame.case === wanted);
  }

  async open(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await new Promise((resolve) => this.socket.once('open', resolve));
    return this;
  }

  async hello(token: string, siteNumber = 1): Promise<this> {
    await this.open();
    const value = { protocolVersion: 1, minVersion: 1, token, workspaceId: 'home', siteId: site(siteNumber) };
    this.socket.send(encodeClientFrame({ case: 'hello', value }));
    return this.until((client) => client.has('caughtUp') || client.closedWith !== undefined);
  }
}

function tokenFor(directory: string): Promise<string> {
  return signToken({
    secret: readOrCreateLocalSecret(directory),
    userId: 'ann',
    roles: { home: 'editor' },
    lifetimeMs: 60_000,
  });
}

describe('a server', () => {
  test('carries a push from one device to another, and has it after a restart', async () => {
    const { server, directory } = await startServer();
    const token = await tokenFor(directory);
    const laptop = await new SocketClient(server).hello(token, 1);
    const phone = await new SocketClient(server).hello(token, 2);
    const bytes = batch(0, 1);
    laptop.socket.send(encodeClientFrame({ case: 'push', value: { batch: bytes } }));
    await laptop.until((client) => client.has('ack'));
    await phone.until((client) => client.has('deliver'));
    await server.stop();
    await laptop.until(({ closedWith }) => closedWith !== undefined);
    expect(laptop.closedWith?.code).toBe(1001);

    const { server: again } = await startServer({ dataDirectory: directory });
    const tablet = await new SocketClient(again).hello(token, 3);
    const delivered = tablet.frames.find((frame) => frame.case === 'deliver');
    expect(Uint8Array.from(delivered!.value.entries[0]!.batch)).toEqual(bytes);
  });

  test('takes the caller’s own way to know people', async () => {
    const { server } = await startServer({
      auth: (token) => ({ userId: token, roleIn: (workspaceId) => (workspaceId === 'home' ? 'viewer' : undefined) }),
    });
    const client = await new SocketClient(server).hello('anybody');
    expect(client.frames[0]).toMatchObject({ case: 'welcome', value: { role: 'viewer' } });
  });

  test('refuses a token of another server', async () => {
    const { server } = await startServer();
    const client = await new SocketClient(server).hello(await tokenFor(temporaryDirectory()));
    expect(client.closedWith).toEqual({ code: 4401, reason: 'the token is not accepted' });
  });

  test('does not start twice, nor know its address before', async () => {
    const { server } = await startServer();
    await expect(server.start()).rejects.toThrow(TypeError);
    expect(() => new SyncServer().address).toThrow(TypeError);
    await server.stop();
    await server.stop();
    expect(() => server.relay).toThrow(TypeError);
  });

  test('frees its directory when it cannot listen', async () => {
    const { server } = await startServer();
    const directory = temporaryDirectory();
    const unlucky = new SyncServer({ port: server.port, dataDirectory: directory, cloud: false });
    await expect(unlucky.start()).rejects.toThrow(expect.objectContaining({ code: 'cannot_listen' }));
    await startServer({ dataDirectory: directory });
  });

  test('waits for a client that does not answer a close no longer than it is told', async () => {
    const { server } = await startServer();
    const stubborn = connectTcp(server.port, '127.0.0.1');
    stubborn.on('error', () => {});
    stubborn.write(UPGRADE);
    await new Promise((resolve) => stubborn.once('data', resolve));
    const startedAt = performance.now();
    await server.stop({ timeoutMs: 200 });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    stubborn.destroy();
  });
});

describe('a client that stops reading', () => {
  test('makes nothing pile up, and gets everything when it reads again', async () => {
    const { server, directory } = await startServer();
    const token = await tokenFor(directory);
    const author = await new SocketClient(server).hello(token, 1);
    const slow = await new SocketClient(server).hello(token, 2);
    slow.socket.pause();
    const count = 200;
    for (let version = 0; version < count; version++) {
      const changes = [change({ dbVersion: version + 1, val: noise(60_000, version) })];
      author.socket.send(
        encodeClientFrame({ case: 'push', value: { batch: batch(version, version + 1, { changes }) } }),
      );
    }
    await author.until(({ frames }) => frames.filter((frame) => frame.case === 'ack').length === count);
    const { sessions, cutOvers, bytesSent } = await server.relay.metrics();
    expect([sessions['catching-up'], cutOvers]).toEqual([1, 1]);
    expect(bytesSent).toBeLessThan(8_000_000);

    slow.socket.on('message', (data) => {
      const { case: kind, value } = decodeServerFrame(data as Buffer);
      const seq = kind === 'deliver' ? value.entries.at(-1)?.seq : undefined;
      if (seq !== undefined) slow.socket.send(encodeClientFrame({ case: 'received', value: { seq } }));
    });
    slow.socket.resume();
    slow.socket.send(encodeClientFrame({ case: 'received', value: { seq: BigInt(count) } }));
    await slow.until(({ frames }) => frames.filter((frame) => frame.case === 'caughtUp').length === 2);
    const seqs = slow.frames.flatMap((frame) =>
      frame.case === 'deliver' ? frame.value.entries.map(({ seq }) => Number(seq)) : [],
    );
    expect(seqs).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });
});

describe('the WebSocket', () => {
  test('is at /sync only', async () => {
    const { server } = await startServer();
    const elsewhere = new WebSocket(`${server.address.replace('http', 'ws')}/other`);
    const error = await new Promise<Error>((resolve) => elsewhere.on('error', resolve));
    expect(error.message).toContain('404');
    const withQuery = new WebSocket(`${server.address.replace('http', 'ws')}/sync?x=1`);
    await new Promise((resolve) => withQuery.on('open', resolve));
    withQuery.terminate();
  });

  test('is refused to web pages of other origins', async () => {
    const { server } = await startServer({ allowedOrigins: ['https://app.example'] });
    const stranger = new SocketClient(server, { origin: 'https://evil.example' });
    const response = await new Promise<{ statusCode?: number | undefined }>((resolve) =>
      stranger.socket.on('unexpected-response', (_, answer) => resolve(answer)),
    );
    expect(response.statusCode).toBe(403);
    for (const origin of ['https://app.example', server.address]) await new SocketClient(server, { origin }).open();
  });

  test('closes on a frame beyond the limit, and counts it', async () => {
    const { server } = await startServer({ limits: { maxFrameBytes: 1_000 } });
    const client = await new SocketClient(server).open();
    client.socket.send(new Uint8Array(1_001));
    await client.until(({ closedWith }) => closedWith !== undefined);
    expect(client.closedWith?.code).toBe(1009);
    expect((await server.relay.metrics()).refusals).toEqual({ frame_too_large: 1 });
  });

  test.each([
    ['a reserved bit', [0xf2, 0x80, 0, 0, 0, 0], 1002, 'malformed_frame'],
    ['an unmasked frame', [0x82, 1, 0], 1002, 'malformed_frame'],
    ['a length beyond all numbers', [0x82, 0xff, 0x7f, ...new Array<number>(11).fill(0xff)], 1009, 'frame_too_large'],
  ])('closes on %s, and counts it', async (_, bytes, closeCode, code) => {
    const { server } = await startServer();
    const socket = connectTcp(server.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.write(UPGRADE);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(Uint8Array.from(bytes));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(Buffer.concat(received).readUInt16BE(Buffer.concat(received).lastIndexOf(0x88) + 2)).toBe(closeCode);
    expect((await server.relay.metrics()).refusals).toEqual({ [code]: 1 });
  });

  test('closes on text', async () => {
    const { server } = await startServer();
    const client = await new SocketClient(server).open();
    client.socket.send('hello');
    await client.until(({ closedWith }) => closedWith !== undefined);
    expect(client.closedWith?.code).toBe(4400);
  });

  test('survives whatever is written to its port', async () => {
    const { server, directory } = await startServer();
    const openings = [
      'GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      'GET /sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u00ff\u00ff\u00ff\u00ff garbage',
      'GET  /sync\r\n\r\n',
      'GET http://[/sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      '\u0000\u0001\u0002',
    ];
    for (const opening of openings) {
      const socket = connectTcp(server.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(opening);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.resetAndDestroy();
    }
    const client = await new SocketClient(server).hello(await tokenFor(directory));
    expect(client.has('welcome')).toBe(true);
  });
});

describe('over HTTP', () => {
  test.each([
    ['/', 200, 'Tributary relay'],
    ['/healthz', 200, 'ok'],
    ['/readyz', 200, 'ready'],
    ['/sync', 426, 'a WebSocket is expected here'],
    ['/nothing', 404, '404'],
  ])('%s answers %i', async (path, status, text) => {
    const { server } = await startServer();
    const response = await fetch(server.address + path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  test('/metrics counts what happened', async () => {
    const { server, directory } = await startServer();
    await new SocketClient(server).hello(await tokenFor(directory));
    const response = await fetch(`${server.address}/metrics`);
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    const text = await response.text();
    expect(text).toContain('tributary_connections_total 1\n');
    expect(text).toContain('tributary_sessions{state="live"} 1\n');
  });
});
