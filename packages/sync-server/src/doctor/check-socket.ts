/**
 * Whether a WebSocket comes through to the relay and stays: the upgrade, an answer at once, web pages of the right origin, and
 * a silence. A socket that has not logged in is closed by the relay after 10 s, so a longer silence takes a token.
 */
import { randomBytes } from 'node:crypto';
import { decodeServerFrame, encodeClientFrame, PROTOCOL_VERSION } from '@tributary/sync/protocol';
import { WebSocket } from 'ws';
import { durationText } from '../cli/output/quantities.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

export interface IdleCheck {
  readonly durationMs: number;
  /** With which a session is opened, to be silent in; undefined where it need not be, or nobody has one. */
  readonly login: Login | undefined;
}

export interface Login {
  readonly token: string;
  readonly workspaceId: string;
}

/** Somewhat less than the relay's patience with a socket that says nothing. */
export const MAX_SILENCE_MS = 9_000;

const OPEN_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 5_000;
const STRANGE_ORIGIN = 'https://doctor.invalid';
const SITE_ID_BYTES = 16;
/** From here on they are the relay's, and no proxy's. */
const OWN_CLOSE_CODES = 4_000;

export async function* checkSocket(base: URL, idle: IdleCheck): AsyncGenerator<Finding> {
  const url = new URL('sync', base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  const opened = await open(url);
  if (!('socket' in opened)) {
    yield upgradeFault(opened);
    return;
  }
  yield ok('WebSocket', `${url.href} opens`);
  yield await checkAnswer(opened.socket);
  opened.socket.terminate();
  yield await checkOwnOrigin(url, base.origin);
  yield await checkStrangeOrigin(url);
  yield await checkSilence(url, idle);
}

interface Refused {
  /** Of the answer in place of an upgrade; undefined where there was none. */
  readonly status: number | undefined;
  readonly message: string;
}

function open(url: URL, origin?: string): Promise<{ readonly socket: WebSocket } | Refused> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      ...(origin !== undefined && { origin }),
    });
    socket.once('open', () => resolve({ socket }));
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve({ status: statusCode, message: `was answered with ${statusCode}` });
    });
    socket.on('error', ({ message }) => resolve({ status: undefined, message }));
  });
}

function upgradeFault({ status, message }: Refused): Finding {
  const remedy =
    status === 426
      ? 'the proxy takes the upgrade away: have it pass the headers Upgrade and Connection, over HTTP/1.1'
      : status === 404
        ? 'have the proxy pass /sync to the server, without the path that it adds itself'
        : 'have the proxy pass WebSockets at /sync to the server';
  return wrong('WebSocket', `the upgrade at /sync ${message}`, remedy);
}

/** A proxy that collects before it passes on shows here. */
async function checkAnswer(socket: WebSocket): Promise<Finding> {
  const start = performance.now();
  const isAnswered = await within(ANSWER_TIMEOUT_MS, (done) => {
    socket.once('pong', () => done(true));
    socket.once('close', () => done(false));
    socket.ping();
  });
  if (isAnswered) return ok('buffering', `an answer takes ${durationText(performance.now() - start)}`);
  const says = `no answer on an open socket within ${ANSWER_TIMEOUT_MS / 1000} s`;
  return wrong('buffering', says, 'turn buffering off in the proxy, for /sync at least');
}

async function checkOwnOrigin(url: URL, origin: string): Promise<Finding> {
  const opened = await open(url, origin);
  if ('socket' in opened) {
    opened.socket.terminate();
    return ok('origin', `web pages of ${origin} may connect`);
  }
  const says = `a web page of ${origin} may not connect: it ${opened.message}`;
  const remedy = 'have the proxy pass Host as it came, port included, or name the origin in --allowed-origins';
  return wrong('origin', says, remedy);
}

async function checkStrangeOrigin(url: URL): Promise<Finding> {
  const opened = await open(url, STRANGE_ORIGIN);
  if (!('socket' in opened)) return ok('origins', 'pages of strangers may not');
  opened.socket.terminate();
  const remedy = 'name the origins of your own pages in --allowed-origins, in place of *';
  return note('origins', 'pages of everybody may connect, with a token', remedy);
}

async function checkSilence(url: URL, { durationMs, login }: IdleCheck): Promise<Finding> {
  if (durationMs > MAX_SILENCE_MS && login === undefined) {
    const says = `a silence of ${durationText(durationMs)} was not tried: it takes a token, and a workspace that exists`;
    return note('silence', says, 'run this beside the server, with its --data');
  }
  const opened = await open(url);
  if (!('socket' in opened)) return upgradeFault(opened);
  const { socket } = opened;
  const start = performance.now();
  let closedWith = { code: 0, reason: '' };
  socket.once('close', (code, reason) => (closedWith = { code, reason: reason.toString() }));
  if (login !== undefined) logIn(socket, login);
  const isCut = await within(durationMs, (done) => socket.once('close', () => done(true)));
  socket.terminate();
  if (!isCut) return ok('silence', `a silent connection lasts ${durationText(durationMs)}`);
  const after = durationText(performance.now() - start);
  if (closedWith.code >= OWN_CLOSE_CODES) {
    return note('silence', `could not be tried: the relay closed the connection after ${after} (${closedWith.reason})`);
  }
  const says = `a silent connection was cut after ${after}, and not by the relay`;
  return wrong('silence', says, 'raise the read timeout of the proxy for /sync, to 90 s or more');
}

/** As a device that only looks, and answers what it is asked. What is delivered it leaves lying. */
function logIn(socket: WebSocket, { token, workspaceId }: Login): void {
  socket.on('message', (data: Buffer) => {
    const frame = decodeServerFrame(data);
    if (frame.case === 'ping') socket.send(encodeClientFrame({ case: 'pong', value: { id: frame.value.id } }));
  });
  const versions = { protocolVersion: PROTOCOL_VERSION, minVersion: PROTOCOL_VERSION };
  const siteId = randomBytes(SITE_ID_BYTES);
  socket.send(encodeClientFrame({ case: 'hello', value: { ...versions, token, workspaceId, siteId } }));
}

/** False when the time is up. */
function within(timeoutMs: number, begin: (done: (answer: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    begin((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
