/** Rights, devices and plans that change while people are connected: what their devices do about it, and what they show. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePlans, SyncServer } from '@tributary/sync-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Contract } from './contract.ts';
import { Device } from './devices.ts';
import { People, type Person } from './people.ts';
import { tellOfSubscription, WEBHOOK_SECRET } from './stripe.ts';

const PLANS = parsePlans(
  JSON.stringify({
    default: 'free',
    plans: [
      { name: 'free', label: 'Free', devices: 2, storedBytes: 2_000 },
      { name: 'pro', label: 'Pro', prices: ['price_pro'] },
    ],
  }),
  'the plans',
);

let directory: string;
let server: SyncServer;
let people: People;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tributary-live-'));
  const accounts = { signup: 'open', plans: PLANS, stripe: { webhookSecrets: [WEBHOOK_SECRET] } } as const;
  server = await new SyncServer({ port: 0, dataDirectory: directory, accounts }).start();
  people = new People(server.address, await Contract.of(server.address));
}, 60_000);

afterAll(async () => {
  await server.stop({ timeoutMs: 100 });
  rmSync(directory, { recursive: true, force: true });
});

async function workspaceOf({ accessToken: token }: Person): Promise<string> {
  const { workspaces } = await people.json<{ workspaces: { id: string }[] }>('listWorkspaces', { token });
  return workspaces[0]!.id;
}

function connect({ accessToken: token }: Person, workspaceId: string, rest: object = {}): Device {
  return new Device({ address: server.address, token, workspaceId, ...rest });
}

async function join(owner: Person, guest: Person, role: string): Promise<string> {
  const workspaceId = await workspaceOf(owner);
  const { token } = await people.json<{ token: string }>('createInvitation', {
    token: owner.accessToken,
    parameters: { workspaceId },
    body: { role },
  });
  await people.json('acceptInvitation', { token: guest.accessToken, body: { token } });
  return workspaceId;
}

describe('a member who is connected', () => {
  test('can write no more from the moment that the role is lower, and again when it is higher', async () => {
    const [owner, guest] = [await people.person('Olga'), await people.person('Gus')];
    const workspaceId = await join(owner, guest, 'editor');
    const [hers, his] = [connect(owner, workspaceId), connect(guest, workspaceId)];
    his.write('as an editor');
    await his.until({ state: 'synced', role: 'editor' });
    const parameters = { workspaceId, memberId: guest.userId };
    const give = (role: string) => people.json('changeRole', { token: owner.accessToken, parameters, body: { role } });
    await give('viewer');
    his.write('as a viewer');
    await his.until({ state: 'blocked', reason: 'you may see this workspace, but not change it', role: 'viewer' });
    expect(hers.titles).toEqual(['as an editor']);
    await give('editor');
    await his.until({ state: 'synced', role: 'editor' });
    await expect.poll(() => hers.titles).toEqual(['as a viewer', 'as an editor']);
  });

  test('is out from the moment of being removed, and keeps what was not sent', async () => {
    const [owner, guest] = [await people.person('Oskar'), await people.person('Gina')];
    const workspaceId = await join(owner, guest, 'editor');
    const hers = connect(guest, workspaceId);
    await hers.until({ state: 'synced' });
    await people.json('removeMember', {
      token: owner.accessToken,
      parameters: { workspaceId, memberId: guest.userId },
    });
    hers.write('too late');
    await hers.until({ state: 'blocked', reason: `no access to the workspace ${workspaceId}` });
    expect(hers.client.status.pendingOut).toBeGreaterThan(0);
    const his = connect(owner, workspaceId);
    await his.until({ state: 'synced' });
    expect(his.titles).toEqual([]);
  });
});

describe('a device', () => {
  test('that is revoked neither pushes nor pulls any more; others of the same person go on', async () => {
    const first = await people.person('Dora');
    const second = await people.signIn(first.email, 'Phone');
    const workspaceId = await workspaceOf(first);
    const [laptop, phone] = [connect(first, workspaceId), connect(second, workspaceId)];
    await phone.until({ state: 'synced' });
    await people.json('revokeDevice', { token: first.accessToken, parameters: { id: second.deviceId } });
    phone.write('from the phone');
    laptop.write('from the laptop');
    await laptop.until({ state: 'synced' });
    await phone.until({ state: 'blocked', reason: 'this device was signed out or shut out: sign in again' });
    expect([laptop.titles, phone.titles]).toEqual([['from the laptop'], ['from the phone']]);
    expect((await people.ask('refresh', { body: { refreshToken: second.refreshToken } })).code).toBe('session_ended');
  });

  test('that somebody else has used becomes a site of its own, with all that is on it', async () => {
    const [owner, guest] = [await people.person('Paul'), await people.person('Pia')];
    const workspaceId = await join(owner, guest, 'editor');
    const his = connect(owner, workspaceId);
    his.write('of Paul');
    await his.until({ state: 'synced' });
    his.client.close();
    const { siteId } = his.replica;
    const hers = connect(guest, workspaceId, { replica: his.replica });
    hers.write('of Pia');
    await hers.until({ state: 'synced' });
    expect(hers.replica.siteId).not.toBe(siteId);
    const other = connect(owner, workspaceId);
    await expect.poll(() => other.titles).toEqual(['of Paul', 'of Pia']);
  });

  test('is one too many for a plan with fewer, and comes in when there is room', async () => {
    const first = await people.person('Max');
    const workspaceId = await workspaceOf(first);
    const [second, third] = [await people.signIn(first.email, 'Second'), await people.signIn(first.email, 'Third')];
    for (const device of [first, second]) await connect(device, workspaceId).until({ state: 'synced' });
    const late = connect(third, workspaceId);
    late.write('kept meanwhile');
    await late.until({ state: 'blocked' });
    expect(late.client.status.pendingOut).toBeGreaterThan(0);
    expect(late.client.status.reason).toMatch(/Free.*2 devices/);
    await people.json('revokeDevice', { token: first.accessToken, parameters: { id: second.deviceId } });
    late.client.connect();
    await late.until({ state: 'synced', pendingOut: 0 });
  });
});

test('a full plan stops edits with its reason, deletes nothing, and a larger one lets them go by themselves', async () => {
  const owner = await people.person('Quinn');
  const workspaceId = await workspaceOf(owner);
  const device = connect(owner, workspaceId);
  device.write(randomBytes(2_000).toString('base64'));
  await device.until({ state: 'synced' });
  device.write('one more');
  await device.until({ state: 'blocked' });
  expect(device.client.status.reason).toMatch(/plan Free/);
  const reader = connect(await people.signIn(owner.email, 'Reader'), workspaceId);
  await expect.poll(() => reader.titles).toHaveLength(1);

  const subscription = { id: 'sub_quinn', userId: owner.userId, price: 'price_pro' };
  await tellOfSubscription(server.address, { ...subscription, status: 'active' });
  await device.until({ state: 'synced', pendingOut: 0 });
  await expect.poll(() => reader.titles).toHaveLength(2);

  await tellOfSubscription(server.address, { ...subscription, status: 'canceled' });
  device.write('after the downgrade');
  await device.until({ state: 'blocked' });
  expect(reader.titles).toHaveLength(2);
});

test('two tabs that refresh at once stay signed in; a token that is used again later ends the session and its connections', async () => {
  const person = await people.person('Tilda');
  const device = connect(person, await workspaceOf(person));
  await device.until({ state: 'synced' });
  const refresh = () => people.json<Person>('refresh', { body: { refreshToken: person.refreshToken } });
  const [one, other] = await Promise.all([refresh(), refresh()]);
  expect(one.refreshToken).toBe(other.refreshToken);
  const next = await people.json<Person>('refresh', { body: { refreshToken: one.refreshToken } });
  expect((await people.ask('refresh', { body: { refreshToken: person.refreshToken } })).code).toBe('session_ended');
  expect((await people.ask('refresh', { body: { refreshToken: next.refreshToken } })).code).toBe('session_ended');
  await device.until({ state: 'blocked' });
});
