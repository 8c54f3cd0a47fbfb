import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { encodeClientFrame, PROTOCOL_VERSION } from '@tributary/sync/protocol';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Config } from '../config/config.ts';
import { runCommand, untilListening, type CommandRun } from '../cli/testing/run-command.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { checkUrl } from './check-url.ts';
import { doctorLogin } from './doctor-login.ts';
import type { Finding } from './finding.ts';
import type { Login } from './check-socket.ts';
import { findingsOf, type Found } from './testing/findings-of.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const NEW_CERTIFICATE = ['req', '-x509', ...CURVE, '-subj', '/CN=localhost'];

const directory = mkdtempSync(path.join(tmpdir(), 'tributary-doctor-'));
let server: CommandRun;
let address: URL;

beforeAll(async () => {
  server = runCommand(['serve', '--data', directory, '--port', '0', '--relay-only']);
  address = new URL(await untilListening(server));
});

afterAll(async () => {
  server.stop();
  await server.code;
  rmSync(directory, { recursive: true, force: true });
});

/** From outside: without the data. A short silence is enough where none is waited for. */
function examined(url: string, ...args: readonly string[]): Promise<Found> {
  return findingsOf('--data', '/nowhere/at/all', '--url', url, '--idle', '50ms', ...args);
}

describe('the server itself', () => {
  test('is well, without a proxy', async () => {
    const found = await examined(address.href);
    expect([found.code, found.wrong]).toEqual([0, []]);
    for (const about of ['address', 'clock', 'WebSocket', 'buffering', 'origin', 'origins', 'silence']) {
      expect(found.of(about)?.state, about).toBe('ok');
    }
  });

  test('is named with process and version, from its own machine', async () => {
    const found = await findingsOf('--data', directory, '--relay-only');
    expect(found.wrong).toEqual([]);
    expect(found.of('server')?.says).toMatch(/^process \d+ at http:\/\/127\.0\.0\.1:\d+: version \d+\.\d+\.\d+, up /);
    expect(found.of('ready')?.state).toBe('ok');
    expect(found.of('log')?.says).toContain('the server has it open');
  });

  test('a long silence is not tried where it cannot be, and that is said', async () => {
    const found = await findingsOf('--data', '/nowhere/at/all', '--url', address.href, '--idle', '70s');
    expect(found.of('silence')).toMatchObject({ state: 'note' });
    expect(found.of('silence')?.remedy).toContain('--data');
  });
});

describe('a silence in a session', () => {
  const looks = async (login: Login): Promise<Finding | undefined> => {
    let last: Finding | undefined;
    for await (const finding of checkUrl({ url: address.href, idle: { durationMs: 400, login } })) {
      if (finding.about === 'silence') last = finding;
    }
    return last;
  };

  test('lasts, and makes no workspace and no refusal', async () => {
    const config = { dataDirectory: directory } as Config;
    // There is no workspace yet, and none is made to look at.
    expect(await doctorLogin(config, 70_000)).toBeUndefined();
    const log = await fetch(new URL('/metrics', address));
    expect(await log.text()).toContain('tributary_workspaces_open 0');
    await seedWorkspace();
    const login = await doctorLogin(config, 70_000);
    expect(login?.workspaceId).toBe('home');
    expect(await doctorLogin(config, 5_000)).toBeUndefined();
    expect(await looks(login!)).toMatchObject({ state: 'ok' });
    expect(await (await fetch(new URL('/metrics', address))).text()).not.toMatch(/refusals_total\{.*\} [1-9]/);
  });

  test('that the relay itself ends is not the proxy’s fault', async () => {
    const silence = await looks({ token: 'not.a.token', workspaceId: 'home' });
    expect(silence).toMatchObject({ state: 'note' });
    expect(silence?.says).toContain('the relay closed the connection');
  });
});

describe('a proxy', () => {
  test('that passes everything on, below a path of its own, is well', async () => {
    const found = await examined(await proxy({ prefix: '/tributary' }));
    expect([found.code, found.wrong]).toEqual([0, []]);
  });

  test('that takes the upgrade away is wrong', async () => {
    const found = await examined(await proxy({ upgrades: 'stripped' }));
    expect([found.code, found.wrong]).toEqual([1, ['WebSocket']]);
    expect(found.of('WebSocket')?.says).toBe('the upgrade at /sync was answered with 426');
    expect(found.of('WebSocket')?.remedy).toContain('pass the headers Upgrade and Connection');
  });

  test('that changes Host keeps web pages of its own name out', async () => {
    const found = await examined(await proxy({ host: 'backend.internal' }));
    expect(found.wrong).toEqual(['origin']);
    expect(found.of('origin')?.remedy).toContain('pass Host as it came');
  });

  test('that cuts silent connections is wrong', async () => {
    const found = await findingsOf('--data', '/nowhere', '--url', await proxy({ cutAfterMs: 800 }), '--idle', '3s');
    expect(found.wrong).toEqual(['silence']);
    expect(found.of('silence')?.says).toMatch(/was cut after \d+ ms, and not by the relay$/);
    expect(found.of('silence')?.remedy).toContain('90 s or more');
  });

  test('that keeps what comes to itself is wrong', { timeout: 20_000 }, async () => {
    const found = await examined(await proxy({ upgrades: 'swallowed' }));
    expect(found.of('buffering')).toMatchObject({ state: 'wrong' });
    expect(found.of('buffering')?.remedy).toContain('turn buffering off');
  });

  test('that does not reach the server is wrong', async () => {
    const found = await examined(await listening(createServer((_, answer) => answer.writeHead(502).end())));
    expect(found.wrong).toEqual(['address']);
    expect(found.of('address')?.remedy).toContain('the proxy does not reach the server');
  });

  test('that answers in the place of the server is wrong', async () => {
    const found = await examined(await listening(createServer((_, answer) => answer.end('<h1>Welcome</h1>'))));
    expect(found.of('address')?.says).toContain('is answered by something else');
  });

  test('whose clock is off is wrong', async () => {
    const late = createServer((_, answer) => {
      answer.setHeader('Date', new Date(Date.now() - 630_000).toUTCString());
      answer.end('ok\n');
    });
    const found = await examined(await listening(late));
    expect(found.of('clock')?.says).toMatch(/is 10 min behind this machine’s$/);
    expect(found.of('clock')?.remedy).toContain('NTP');
  });
});

describe('an address', () => {
  test('where nothing listens is wrong', async () => {
    const found = await examined('http://127.0.0.1:1');
    expect([found.code, found.wrong]).toEqual([1, ['address']]);
    expect(found.of('address')?.remedy).toContain('nothing listens there');
  });

  test('with https where nothing speaks TLS is wrong', async () => {
    const found = await examined(`https://${address.host}`);
    expect(found.wrong).toEqual(['TLS']);
    expect(found.of('TLS')?.remedy).toContain('nothing speaks TLS there');
  });

  test.skipIf(!hasOpenssl)('with a certificate that nobody trusts is wrong', async () => {
    const place = temporaryDirectory();
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(place, name));
    const made = spawnSync('openssl', [...NEW_CERTIFICATE, '-keyout', key!, '-out', cert!]);
    expect(made.status).toBe(0);
    const pems = { key: readFileSync(key!), cert: readFileSync(cert!) };
    const tls = createTlsServer(pems, (_, answer) => answer.end('ok\n'));
    const found = await examined((await listening(tls)).replace('http:', 'https:'));
    expect(found.wrong).toEqual(['TLS']);
    expect(found.of('TLS')?.remedy).toContain('a certificate that devices trust');
  });
});

/** As a first client does. */
async function seedWorkspace(): Promise<void> {
  const signed = runCommand(['token', '--user', 'ann', '--workspace', 'home', '--data', directory]);
  await signed.code;
  const socket = new WebSocket(new URL('/sync', address));
  await new Promise((resolve) => socket.once('open', resolve));
  const versions = { protocolVersion: PROTOCOL_VERSION, minVersion: PROTOCOL_VERSION };
  const names = { workspaceId: 'home', siteId: new Uint8Array(16).fill(7) };
  socket.send(encodeClientFrame({ case: 'hello', value: { ...versions, ...names, token: signed.out.trim() } }));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.terminate();
}

interface ProxyOptions {
  readonly prefix?: string;
  /** Whether they come through, lose their headers, or go nowhere after they were accepted. */
  readonly upgrades?: 'passed' | 'stripped' | 'swallowed';
  readonly host?: string;
  readonly cutAfterMs?: number;
}

/** Before the server; what it does wrong is in the options. Returns its address. */
async function proxy({ prefix = '', upgrades = 'passed', host, cutAfterMs }: ProxyOptions): Promise<string> {
  const optionsFor = ({ url = '', method, headers }: IncomingMessage, kept: IncomingMessage['headers']) => ({
    host: address.hostname,
    port: address.port,
    path: url.replace(prefix, ''),
    method,
    headers: { ...kept, host: host ?? headers.host },
  });
  const http = createServer((incoming, answer) => {
    const { upgrade: _, connection: __, ...kept } = incoming.headers;
    const sent = request(optionsFor(incoming, kept), (received) => {
      answer.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(answer);
    });
    sent.on('error', () => answer.destroy());
    incoming.pipe(sent);
  });
  if (upgrades !== 'stripped') {
    http.on('upgrade', (incoming: IncomingMessage, client: Duplex) => {
      const sent = request(optionsFor(incoming, incoming.headers));
      sent.on('response', (received) => client.end(`HTTP/1.1 ${received.statusCode} No\r\nContent-Length: 0\r\n\r\n`));
      sent.on('upgrade', (received, upstream) => {
        const lines = Object.entries(received.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
        client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
        join(client, upstream);
        if (upgrades === 'passed') upstream.pipe(client);
        client.pipe(upstream);
        if (cutAfterMs !== undefined) setTimeout(() => client.destroy(), cutAfterMs);
      });
      sent.on('error', () => client.destroy());
      sent.end();
    });
  }
  return (await listening(http)) + prefix;
}

/** When the one is gone, the other has nobody left. */
function join(one: Duplex, other: Duplex): void {
  for (const [near, far] of [
    [one, other],
    [other, one],
  ] as const) {
    near.on('error', () => far.destroy());
    near.on('close', () => far.destroy());
  }
}

async function listening(http: Server): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
