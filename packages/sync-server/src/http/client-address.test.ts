import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientAddress, isSecure, networkOf, type ProxyTrust } from './client-address.ts';

interface Asked {
  readonly socket?: string;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

async function ask<T>(read: (context: Parameters<typeof clientAddress>[0]) => T, { socket, headers, url }: Asked) {
  const app = new Hono();
  let result: T | undefined;
  app.get('*', (context) => {
    result = read(context);
    return context.body(null);
  });
  const env = socket === undefined ? undefined : { incoming: { socket: { remoteAddress: socket } } };
  await app.request(url ?? 'http://sync.example/', { headers: headers ?? {} }, env);
  return result;
}

const addressOf = (asked: Asked, trust: ProxyTrust = {}) => ask((context) => clientAddress(context, trust), asked);

describe('the address of a client', () => {
  test('is that of the socket', async () => {
    expect(await addressOf({ socket: '192.0.2.1' })).toBe('192.0.2.1');
    expect(await addressOf({ socket: '::ffff:192.0.2.1' })).toBe('192.0.2.1');
    expect(await addressOf({ socket: '2001:db8::1' })).toBe('2001:db8::1');
  });

  test('is found on a real socket', async () => {
    const app = new Hono();
    app.get('/', (context) => context.text(clientAddress(context, {}) ?? 'unknown'));
    const server = createAdaptorServer({ fetch: app.fetch });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { Connection: 'close' } });
    expect(await response.text()).toBe('127.0.0.1');
  });

  test('is not known without a socket', async () => {
    expect(await addressOf({})).toBeUndefined();
    expect(await addressOf({}, { trustedProxies: 1 })).toBeUndefined();
  });

  test('is not what anybody says in a header', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    expect(await addressOf({ socket: '192.0.2.1', headers })).toBe('192.0.2.1');
  });

  test.each([
    [1, '203.0.113.9', '203.0.113.9'],
    [1, 'forged, 198.51.100.7, 203.0.113.9', '203.0.113.9'],
    [2, 'forged, 198.51.100.7, 203.0.113.9', '198.51.100.7'],
    [5, '198.51.100.7, 203.0.113.9', '198.51.100.7'],
    [1, '203.0.113.9:4711', '203.0.113.9'],
    [1, '[2001:db8::9]:4711', '2001:db8::9'],
    [1, '[2001:db8::9]', '2001:db8::9'],
    [1, 'unknown', undefined],
    [1, '', '192.0.2.1'],
  ])('behind %i proxies of ours that say %j is %s', async (trustedProxies, said, address) => {
    const headers = { 'X-Forwarded-For': said };
    expect(await addressOf({ socket: '192.0.2.1', headers }, { trustedProxies })).toBe(address);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  [undefined, ''],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each<[string, Asked, number, boolean]>([
  ['by https', { url: 'https://sync.example/' }, 0, true],
  ['by http', {}, 0, false],
  ['that a proxy of ours has taken by https', { headers: { 'X-Forwarded-Proto': 'https' } }, 1, true],
  ['that says so itself', { headers: { 'X-Forwarded-Proto': 'https' } }, 0, false],
  ['of a page that came by https', { headers: { Origin: 'https://sync.example' } }, 0, true],
])('a request %s is secure or not: %#', async (_, asked, trustedProxies, secure) => {
  expect(await ask((context) => isSecure(context, { trustedProxies }), asked)).toBe(secure);
});
