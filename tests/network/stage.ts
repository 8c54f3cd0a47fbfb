/** The relay and devices of one test, which go when it is over. */
import { onTestFinished } from 'vitest';
import { Device, WORKSPACE, type DeviceOptions } from './device.ts';
import { RawSession } from './raw-session.ts';
import { RelayProcess, type RelayProcessOptions, type TokenOptions } from './relay-process.ts';

export async function startRelay(options: RelayProcessOptions = {}): Promise<RelayProcess> {
  const relay = await prepareRelay(options);
  await relay.start();
  return relay;
}

export async function prepareRelay(options: RelayProcessOptions = {}): Promise<RelayProcess> {
  const relay = await RelayProcess.prepare(options);
  onTestFinished(() => relay.remove());
  return relay;
}

export function editorToken(relay: RelayProcess, rest: Partial<TokenOptions> = {}): Promise<string> {
  return relay.token({ roles: { [WORKSPACE]: 'editor' }, ...rest });
}

/** Connected, but not yet in sync. As an editor, unless a token is given. */
export async function joinDevice(relay: RelayProcess, options: Partial<DeviceOptions> = {}): Promise<Device> {
  const device = openDevice(relay, { token: await editorToken(relay), ...options });
  device.client.connect();
  return device;
}

export function openDevice(relay: RelayProcess, options: Omit<DeviceOptions, 'url'>): Device {
  const device = new Device({ url: relay.url, ...options });
  onTestFinished(() => device.close());
  return device;
}

export function openRawSession(relay: RelayProcess): RawSession {
  const session = new RawSession(relay.url);
  onTestFinished(() => session.close());
  return session;
}
