/** Who may do what, with tokens as the relay's owner makes them and as others forge them. */
import { signToken } from '@tributary/sync-server';
import { describe, expect, test } from 'vitest';
import { WORKSPACE } from './device.ts';
import type { RelayProcess } from './relay-process.ts';
import { runTributary } from './run-tributary.ts';
import { editorToken, joinDevice, startRelay } from './stage.ts';
import { sleep, waitUntil } from './wait-until.ts';

const HOUR_MS = 3_600_000;

function expiredToken(relay: RelayProcess): Promise<string> {
  return editorToken(relay, { now: () => Date.now() - 2 * HOUR_MS, lifetimeMs: HOUR_MS });
}

function forgedToken(): Promise<string> {
  const secret = 'not the secret of this relay, and long enough';
  return signToken({ secret, userId: 'ann', roles: { [WORKSPACE]: 'owner' }, lifetimeMs: HOUR_MS });
}

/** As a token that says it needs no signature. */
function unsignedToken(): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const claims = { sub: 'ann', exp: Math.floor(Date.now() / 1000) + 3600, workspaces: { [WORKSPACE]: 'owner' } };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

test('a token of `tributary token` works', async () => {
  const relay = await startRelay();
  const made = await runTributary(
    'token',
    '--user=ann',
    '--workspace=home',
    '--role=owner',
    `--data=${relay.dataDirectory}`,
  );
  expect([made.code, made.err]).toEqual([0, '']);
  const device = await joinDevice(relay, { token: made.out.trim() });
  await device.until('synced');
  expect(device.client.status.role).toBe('owner');
});

describe('a token that is no good', () => {
  test('blocks the device, which says why and keeps its edits', async () => {
    const relay = await startRelay();
    for (const token of [await expiredToken(relay), await forgedToken(), unsignedToken(), 'garbage', '']) {
      const device = await joinDevice(relay, { token });
      device.addNote('kept', 'until there is a good one');
      await device.until('blocked');
      expect(device.client.status.reason).toBe('the token is not accepted');
      expect(device.client.status.pendingOut).toBeGreaterThan(0);
      expect(device.statuses.map(({ state }) => state)).not.toContain('synced');
      device.client.setToken(await editorToken(relay));
      await device.until('synced');
      expect(device.client.receipt(device.replica.latestVersion)).toBe('relay');
      device.client.disconnect();
    }
    const refused = (await relay.metrics()).get('tributary_refusals_total{code="unauthenticated"}');
    expect(refused).toBe(5);
  });

  test('of another workspace blocks the device', async () => {
    const relay = await startRelay();
    const device = await joinDevice(relay, { token: await relay.token({ roles: { elsewhere: 'owner' } }) });
    await device.until('blocked');
    expect(device.client.status.reason).toBe('no access to the workspace home');
  });

  test('is replaced where the device has a function for it', async () => {
    const relay = await startRelay();
    const tokens = [await expiredToken(relay), await forgedToken(), await editorToken(relay)];
    let asked = 0;
    const device = await joinDevice(relay, { token: () => tokens[asked++] ?? '' });
    device.addNote('a', 'x');
    await device.until('synced');
    expect(asked).toBe(3);
    expect(device.reasons).toContain('the token is not accepted');
    expect(device.statuses.map(({ state }) => state)).not.toContain('blocked');
  });

  test('cannot be had is no more than being offline', async () => {
    const relay = await startRelay();
    const good = await editorToken(relay);
    let asked = 0;
    const token = () => {
      if (++asked < 3) throw new Error('the login is away');
      return good;
    };
    const device = await joinDevice(relay, { token });
    await device.until('synced');
    expect(device.reasons).toContain('there is no token: the login is away');
  });
});

test('a viewer’s edits stay on the device, which says so; the others’ still arrive, and theirs once they may', async () => {
  const relay = await startRelay();
  const editor = await joinDevice(relay);
  const viewer = await joinDevice(relay, {
    token: await relay.token({ userId: 'bob', roles: { [WORKSPACE]: 'viewer' } }),
  });
  await viewer.until('synced');
  const version = viewer.addNote('of the viewer', 'stays');
  await viewer.until('blocked');
  expect(viewer.client.status).toMatchObject({
    role: 'viewer',
    reason: 'you may see this workspace, but not change it',
  });
  editor.addNote('of the editor', 'arrives');
  await waitUntil(() => viewer.titleOf('of the editor') === 'arrives', { what: 'the editor’s note has arrived' });
  expect(viewer.client.receipt(version)).toBe('local');
  await editor.client.sync();
  expect(editor.titleOf('of the viewer')).toBeUndefined();
  expect(viewer.state).toBe('blocked');

  viewer.client.disconnect();
  viewer.client.setToken(await relay.token({ userId: 'bob', roles: { [WORKSPACE]: 'editor' } }));
  viewer.client.connect();
  await viewer.until('synced');
  await waitUntil(() => editor.titleOf('of the viewer') === 'stays', { what: 'the former viewer’s note has arrived' });
});

test('tokens are renewed during a session, which goes on and loses nothing', { timeout: 60_000 }, async () => {
  // Each would end the session after eight seconds, and is renewed after four.
  const relay = await startRelay({ args: ['--jwt-tolerance', '3s'] });
  let asked = 0;
  const token = () => {
    asked++;
    return editorToken(relay, { lifetimeMs: 5_000 });
  };
  const author = await joinDevice(relay, { token });
  const reader = await joinDevice(relay, { token });
  await author.until('synced');
  await reader.until('synced');
  const endsAt = performance.now() + 11_000;
  let edits = 0;
  while (performance.now() < endsAt) {
    author.addNote(`note ${edits++}`, 'while tokens come and go');
    await sleep(20);
  }
  await author.client.sync();
  await reader.client.sync();
  expect(reader.countNotes()).toBe(edits);
  expect(asked, 'tokens of two devices').toBeGreaterThanOrEqual(4);
  for (const device of [author, reader]) expect(device.statesSinceSynced).not.toContain('offline');
  expect((await relay.metrics()).get('tributary_connections_total')).toBe(2);
});

test(
  'a session whose token ends and is not renewed is over, and the device is blocked',
  { timeout: 60_000 },
  async () => {
    const relay = await startRelay({ args: ['--jwt-tolerance', '1s'] });
    const device = await joinDevice(relay, { token: await editorToken(relay, { lifetimeMs: 3_000 }) });
    await device.until('synced');
    await device.until('blocked');
    expect(device.client.status.reason).toBe('the token expired and no fresh one came');
  },
);
