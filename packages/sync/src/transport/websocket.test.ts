/** Against a real server: what the port promises is what a socket does. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import { connectWebSocket } from './websocket.ts';

describe('a connection', () => {
  test('opens, and not before the call that makes it has returned', async () => {
    const { url } = await listen();
    const { events } = connect(url);
    expect(events).toEqual([]);
    await until(() => events.length > 0);
    expect(events).toEqual(['opened']);
  });

  test('carries binary messages both ways, in order', async () => {
    const { url, accepted } = await listen();
    const { connection, events } = await connectAndOpen(url);
    const server = await accepted();
    const heard: string[] = [];
    server.on('message', (data: Buffer, isBinary: boolean) => heard.push(`${isBinary} ${data.join()}`));
    for (const byte of [1, 2, 3]) connection.send(Uint8Array.of(byte, byte));
    for (const byte of [4, 5]) server.send(Uint8Array.of(byte));
    await until(() => heard.length === 3 && events.length === 2);
    expect([heard, events]).toEqual([
      ['true 1,1', 'true 2,2', 'true 3,3'],
      ['received 4', 'received 5'],
    ]);
  });

  test('takes a text for an empty message, which is no frame', async () => {
    const { url, accepted } = await listen();
    const { events } = await connectAndOpen(url);
    (await accepted()).send('hello');
    await until(() => events.length > 0);
    expect(events).toEqual(['received ']);
  });

  test('counts what has not left yet', async () => {
    const { url, accepted } = await listen();
    const { connection } = await connectAndOpen(url);
    const server = await accepted();
    expect(connection.bufferedBytes).toBe(0);
    server.pause();
    for (let megabyte = 0; megabyte < 32; megabyte++) connection.send(new Uint8Array(1024 * 1024));
    expect(connection.bufferedBytes).toBeGreaterThan(1024 * 1024);
    server.resume();
    await until(() => connection.bufferedBytes === 0);
  });

  test('drops what is sent before it is open and after it has ended', async () => {
    const { url, accepted } = await listen();
    const { connection, events } = connect(url);
    connection.send(Uint8Array.of(1));
    await until(() => events.length > 0);
    const server = await accepted();
    const heard: unknown[] = [];
    server.on('message', (data) => heard.push(data));
    connection.close(1000, '');
    connection.send(Uint8Array.of(2));
    await once(server, 'close');
    expect(heard).toEqual([]);
  });
});

describe('closing', () => {
  test('is told here at once, and there with code and reason', async () => {
    const { url, accepted } = await listen();
    const { connection, events } = await connectAndOpen(url);
    const server = await accepted();
    connection.close(1000, 'done');
    expect(events).toEqual(['closed 1000 done']);
    const [code, reason] = (await once(server, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1000, 'done']);
    connection.close(1000, 'again');
    expect(events).toEqual(['closed 1000 done']);
  });

  test('by the server is told with its code and reason', async () => {
    const { url, accepted } = await listen();
    const { events } = await connectAndOpen(url);
    (await accepted()).close(4401, 'expired');
    await until(() => events.length > 0);
    expect(events).toEqual(['closed 4401 expired']);
  });

  test('with a reason in any script takes as much of it as a socket does', async () => {
    const { url, accepted } = await listen();
    const { connection, events } = await connectAndOpen(url);
    const server = await accepted();
    const reason = `x${'ä😀'.repeat(60)}`;
    connection.close(1000, reason);
    expect(events).toEqual([`closed 1000 ${reason}`]);
    const [, told] = (await once(server, 'close')) as [number, Buffer];
    expect(told.length).toBeGreaterThan(115);
    expect(told.length).toBeLessThanOrEqual(123);
    expect(reason.startsWith(told.toString())).toBe(true);
  });

  test('hears nothing of what was on its way here', async () => {
    const { url, accepted } = await listen();
    const { connection, events } = await connectAndOpen(url);
    const server = await accepted();
    server.send(Uint8Array.of(1));
    connection.close(1000, '');
    await once(server, 'close');
    expect(events).toEqual(['closed 1000']);
  });

  test('while it is still connecting is a lost connection, at once, and the server hears no message', async () => {
    const { url, server } = await listen();
    const { connection, events } = connect(url);
    connection.close(1000, 'never mind');
    expect(events).toEqual(['closed 1006 never mind']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([events, server.clients.size]).toEqual([['closed 1006 never mind'], 0]);
  });
});

describe('a connection is lost', () => {
  test('where nobody listens', async () => {
    const { url, server } = await listen();
    await new Promise((resolve) => server.close(resolve));
    const { events } = connect(url);
    await until(() => events.length > 0);
    expect(events).toEqual(['closed 1006']);
  });

  test('when the line is cut', async () => {
    const { url, accepted } = await listen();
    const { events } = await connectAndOpen(url);
    (await accepted()).terminate();
    await until(() => events.length > 0);
    expect(events).toEqual(['closed 1006']);
  });

  test('where somebody answers who speaks no WebSocket', async () => {
    const url = await listenPlainly((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
    const { events } = connect(url);
    await until(() => events.length > 0);
    expect(events).toEqual(['closed 1006']);
  });
});

async function listen() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const sockets: WebSocket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await once(server, 'listening');
  const accepted = async () => {
    await until(() => sockets.length > 0);
    return sockets[0]!;
  };
  return { server, accepted, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function listenPlainly(accept: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.once('data', () => accept(socket));
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connect(url: string): { connection: Connection; events: string[] } {
  const events: string[] = [];
  const connection = connectWebSocket(url, {
    opened: () => void events.push('opened'),
    received: (message) => void events.push(`received ${message.join()}`),
    closed: (code, reason) => void events.push(`closed ${code} ${reason}`.trim()),
  });
  onTestFinished(() => connection.close(1000, ''));
  return { connection, events };
}

async function connectAndOpen(url: string) {
  const connected = connect(url);
  await until(() => connected.events.length > 0);
  expect(connected.events.splice(0)).toEqual(['opened']);
  return connected;
}

async function until(isSo: () => boolean): Promise<void> {
  await vi.waitUntil(isSo, { timeout: 10_000, interval: 2 });
}
