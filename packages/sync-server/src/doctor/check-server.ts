/** The server of the data directory: running, ready and of this version; or, where none is, whether it could listen. */
import { createServer } from 'node:net';
import { bytesText, durationText } from '../cli/output/quantities.ts';
import type { ControlClient } from '../control/control-client.ts';
import { readControlFile } from '../control/control-file.ts';
import { aboutServer } from '../control/operations/about-server.ts';
import { ServerError } from '../errors.ts';
import { ask } from './ask.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

export async function checkRunningServer(server: ControlClient, version: string): Promise<Finding[]> {
  return [await checkVersion(server, version), await checkReady(server.address)];
}

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
}

export async function checkAbsentServer({ host, port, dataDirectory }: ListenPlace): Promise<Finding[]> {
  const left = readControlFile(dataDirectory);
  const says =
    left === undefined
      ? 'none is running on this data'
      : `process ${left.pid} was at ${left.address}, and ended without a word`;
  return [note('server', says, 'start it: tributary serve'), await checkPort(host, port)];
}

async function checkVersion(server: ControlClient, version: string): Promise<Finding> {
  const who = `process ${server.pid} at ${server.address}`;
  const restart = 'restart the server with this version, or use the doctor of the other one';
  try {
    const about = await server.call(aboutServer, {}, () => undefined);
    if (about.version !== version)
      return wrong('server', `${who} is ${about.version}, and this is ${version}`, restart);
    const figures = `up ${durationText(about.uptimeMs)}, ${bytesText(about.memoryBytes)}, Node ${about.node}`;
    return ok('server', `${who}: version ${about.version}, ${figures}`);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return wrong('server', `${who}: ${error.message}`, restart);
  }
}

async function checkReady(address: string): Promise<Finding> {
  try {
    const { status, text } = await ask(new URL('/readyz', address));
    if (status === 200) return ok('ready', 'new clients are taken in');
    return wrong('ready', `/readyz says ${status}: ${text.trim()}`, 'it is being stopped: wait, or start it again');
  } catch (error) {
    const says = `/readyz does not answer: ${(error as Error).message}`;
    return wrong('ready', says, 'restart the server, and look at what it logged last');
  }
}

/** By listening there for a moment. */
async function checkPort(host: string, port: number): Promise<Finding> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return ok('port', `${host}:${port} is free`);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const remedy = LISTEN_REMEDIES[code] ?? 'choose another address with --host and --port';
    return wrong('port', `a server could not listen on ${host}:${port}: ${message}`, remedy);
  }
}

const LISTEN_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: end it, or choose another port with --port',
  EACCES: 'ports below 1024 are for root: choose another one with --port',
  EADDRNOTAVAIL: 'this machine has no such address: choose another one with --host',
};
