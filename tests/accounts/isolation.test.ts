/**
 * Every operation of the API, the socket and search, asked by everybody who may not. The operations come from the server's own
 * document: one that is added has to be given a request here, or the suite fails.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openReplica } from '@tributary/database';
import { SyncClient, type SyncStatus } from '@tributary/sync';
import { SyncServer } from '@tributary/sync-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { badTokens } from './bad-tokens.ts';
import { Contract, type Operation } from './contract.ts';
import { PASSWORD, People, type Answer, type Person } from './people.ts';
import { REQUESTS, type Things } from './requests.ts';

let directory: string;
let server: SyncServer;
let people: People;
let ann: Person;
/** What belongs to Ann, and to the same kinds of things that nobody has. */
let hers: Things;
let nobodys: Things;

const tokens: Record<string, string> = {};

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tributary-isolation-'));
  server = await new SyncServer({ port: 0, dataDirectory: directory, accounts: { signup: 'open' } }).start();
  people = new People(server.address, await Contract.of(server.address));
  await populate();
}, 60_000);

afterAll(async () => {
  await server.stop({ timeoutMs: 100 });
  rmSync(directory, { recursive: true, force: true });
});

/** Ann owns a workspace with a viewer and an editor; others have been in it, or are elsewhere. */
async function populate(): Promise<void> {
  ann = await people.person('Ann');
  const [vera, rex, bob] = [await people.person('Vera'), await people.person('Rex'), await people.person('Bob')];
  const edith = await people.person('Edith');
  const { id: workspaceId } = await people.json<{ id: string }>('createWorkspace', {
    token: ann.accessToken,
    body: { name: 'Secret plans' },
  });
  for (const [person, role] of [
    [vera, 'viewer'],
    [edith, 'editor'],
    [rex, 'editor'],
  ] as const) {
    const { token } = await invite(workspaceId, role);
    await people.json('acceptInvitation', { token: person.accessToken, body: { token } });
  }
  await people.json('removeMember', { token: ann.accessToken, parameters: { workspaceId, memberId: rex.userId } });
  const open = await invite(workspaceId, 'editor');
  const lost = await people.signIn(ann.email, 'Lost phone');
  await people.json('revokeDevice', { token: ann.accessToken, parameters: { id: lost.deviceId } });
  const gone = await people.person('Gwen');
  await people.json('deleteAccount', { token: gone.accessToken, body: { email: gone.email, password: PASSWORD } });
  const out = await people.signIn(bob.email, 'Signed out');
  await people.json('logout', { body: { refreshToken: out.refreshToken } });

  hers = {
    workspaceId,
    memberId: vera.userId,
    invitationId: open.id,
    invitationToken: open.token,
    deviceId: ann.deviceId,
    email: ann.email,
    password: PASSWORD,
  };
  nobodys = {
    ...hers,
    workspaceId: '00000000-0000-4000-8000-000000000001',
    memberId: '00000000-0000-4000-8000-000000000002',
    invitationId: '00000000-0000-4000-8000-000000000003',
    invitationToken: 'A'.repeat(43),
    deviceId: '00000000-0000-4000-8000-000000000004',
  };
  const secret = readFileSync(path.join(directory, 'jwt-secret'), 'utf8').trim();
  Object.assign(tokens, badTokens(ann.accessToken, secret), {
    'a refresh token': ann.refreshToken,
    'a revoked device': lost.accessToken,
    'a deleted account': gone.accessToken,
    'somebody who has signed out': out.accessToken,
    'another tenant': bob.accessToken,
    'a removed member': rex.accessToken,
    'a viewer': vera.accessToken,
    'an editor': edith.accessToken,
  });
}

async function invite(workspaceId: string, role: string): Promise<{ readonly id: string; readonly token: string }> {
  return people.json('createInvitation', { token: ann.accessToken, parameters: { workspaceId }, body: { role } });
}

/** What nobody else may read anywhere. */
const SECRETS = /secret plans|ann@example|"Ann"|Lost phone/i;

function expectNothingOf(answer: Answer): void {
  expect(answer.text).not.toMatch(SECRETS);
}

/** Everything of Ann's that can be read, but for when it was. */
async function annsThings(): Promise<unknown[]> {
  const reading = ['getAccount', 'listDevices', 'listWorkspaces', 'listMembers', 'listInvitations', 'forecastDeletion'];
  return Promise.all(
    reading.map((operationId) =>
      people.json(operationId, { ...REQUESTS[operationId]?.(hers), token: ann.accessToken }),
    ),
  );
}

const NOBODIES = [
  'an expired token',
  'a token signed by another key',
  'a token that needs no signature',
  'a token without its signature',
  'a token with other claims',
  'a token of another type',
  'a token of another issuer',
  'a token of no session',
  'no token',
  'garbage',
  'a refresh token',
  'a revoked device',
  'a deleted account',
  'somebody who has signed out',
];

function secured(): readonly Operation[] {
  return people.contract.operations.filter(({ needsAccount }) => needsAccount);
}

function ask(who: string, operationId: string, things: Things): Promise<Answer> {
  const request = REQUESTS[operationId];
  if (request === undefined) throw new TypeError(`requests.ts has no request for ${operationId}`);
  return people.ask(operationId, { ...request(things), token: tokens[who] });
}

test('every operation that needs an account has a request here, and none that is gone', () => {
  expect(Object.keys(REQUESTS).sort()).toEqual(
    secured()
      .map(({ operationId }) => operationId)
      .sort(),
  );
});

describe.each(NOBODIES)('%s', (who) => {
  test('opens no operation, is told the same by all, and changes nothing', async () => {
    const before = await annsThings();
    const told = new Set<string>();
    for (const { operationId } of secured()) {
      const answer = await ask(who, operationId, hers);
      expect([operationId, answer.status, answer.code]).toEqual([operationId, 401, 'unauthenticated']);
      expectNothingOf(answer);
      told.add(answer.text);
    }
    expect([...told]).toHaveLength(1);
    expect(await annsThings()).toEqual(before);
  });

  test('does not get into the workspace', async () => {
    const { status, pulled } = await sync(tokens[who] ?? '');
    expect([status.state, pulled]).toEqual(['blocked', 0]);
  });
});

describe.each(['another tenant', 'a removed member'])('%s', (who) => {
  test('is told of what is somebody else’s what is told of what does not exist', async () => {
    const before = await annsThings();
    for (const { operationId, parameters } of secured()) {
      if (parameters.length === 0 && operationId !== 'search') continue;
      const [answer, other] = [await ask(who, operationId, hers), await ask(who, operationId, nobodys)];
      expect([operationId, answer.status >= 400 && answer.status < 500]).toEqual([operationId, true]);
      expect(answer.text.replaceAll(hers.workspaceId, nobodys.workspaceId)).toBe(other.text);
      expectNothingOf(answer);
    }
    expect(await annsThings()).toEqual(before);
  });

  test('sees and finds nothing of it in what is their own', async () => {
    for (const operationId of ['listWorkspaces', 'listDevices', 'getBilling', 'forecastDeletion', 'getAccount']) {
      expectNothingOf(await ask(who, operationId, hers));
    }
    const found = await people.ask('search', { token: tokens[who], query: 'q=plan' });
    expect(found.status).toBe(200);
    expectNothingOf(found);
  });

  test('does not get into the workspace', async () => {
    const { status } = await sync(tokens[who] ?? '');
    expect(status).toMatchObject({ state: 'blocked', reason: `no access to the workspace ${hers.workspaceId}` });
  });
});

const READING = new Set(['listMembers', 'getWorkspaceUsage', 'search']);

/** What every member may do with their own membership: not asked here, because it would end it. */
const LEAVING = 'leaveWorkspace';

describe.each(['a viewer', 'an editor'])('%s', (who) => {
  test('may look at the workspace, and manage nothing of it', async () => {
    const before = await annsThings();
    for (const { operationId, parameters } of secured()) {
      if (!parameters.includes('workspaceId') && operationId !== 'search') continue;
      if (operationId === LEAVING) continue;
      const { status } = await ask(who, operationId, hers);
      expect([operationId, status]).toEqual([operationId, READING.has(operationId) ? 200 : 403]);
    }
    expect(await annsThings()).toEqual(before);
  });

  test('does not learn the e-mail of others', async () => {
    const answer = await ask(who, 'listMembers', hers);
    expect(answer.text).not.toMatch(/ann@example|rex@example/);
  });

  test('cannot touch devices of others', async () => {
    for (const operationId of ['renameDevice', 'revokeDevice']) {
      expect((await ask(who, operationId, hers)).status).toBe(404);
    }
  });
});

test('a viewer sees what others write, and changes nothing', async () => {
  const writer = await sync(ann.accessToken, 'written by Ann');
  expect(writer.status.state).toBe('synced');
  expect((await sync(tokens['a viewer'] ?? '')).titles).toContain('written by Ann');
  const { status } = await sync(tokens['a viewer'] ?? '', 'written by a viewer');
  expect(status).toMatchObject({ state: 'blocked', reason: 'you may see this workspace, but not change it' });
  expect((await sync(ann.accessToken)).titles).not.toContain('written by a viewer');
});

describe('a stranger', () => {
  const wrong = { password: 'not the password of anybody', device: { name: '', platform: '' } };

  test('is told the same of an e-mail that exists and of one that does not', async () => {
    const login = (email: string) => people.ask('login', { body: { email, ...wrong } });
    const [known, unknown] = [await login(ann.email), await login('nobody@example.org')];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    const register = (email: string) => people.ask('register', { body: { email, password: PASSWORD, name: 'X' } });
    const [taken, free] = [await register(ann.email), await register('free@example.org')];
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    expect((await people.signIn(ann.email)).userId).toBe(ann.userId);
  });

  test.each([
    ['refresh', { body: { refreshToken: 'A'.repeat(60) } }, 401],
    ['lookAtInvitation', { body: { token: 'A'.repeat(43) } }, 404],
    ['receivePaymentEvent', { body: { type: 'customer.subscription.updated' } }, 503],
    ['finishOidc', { query: 'code=1&state=2' }, 404],
    ['startOidc', { query: 'return_to=//evil.example' }, 400],
  ] as const)('gets nothing out of %s', async (operationId, asked, status) => {
    const answer = await people.ask(operationId, asked);
    expect(answer.status).toBe(status);
    expectNothingOf(answer);
  });
});

test('Ann may do all of it, and every operation but those that need a provider has been answered as the document says', async () => {
  const may = async (operationId: string, things = hers) =>
    people.json(operationId, { ...REQUESTS[operationId]?.(things), token: ann.accessToken });
  const { token, id } = await invite(hers.workspaceId, 'viewer');
  await people.json('lookAtInvitation', { body: { token } });
  await may('acceptInvitation', { ...hers, invitationToken: token });
  await may('withdrawInvitation', { ...hers, invitationId: id });
  await may('putAccountSecret');
  for (const operationId of ['getAccountSecret', 'getBilling', 'getWorkspaceUsage', 'search']) await may(operationId);
  for (const operationId of ['renameWorkspace', 'renameDevice', 'changeAccount', 'changeRole']) await may(operationId);
  await people.json('changeRole', {
    token: ann.accessToken,
    parameters: { workspaceId: hers.workspaceId, memberId: hers.memberId },
    body: { role: 'owner' },
  });
  await may('setPayer');
  await may('leaveWorkspace');
  const { id: another } = await people.json<{ id: string }>('createWorkspace', {
    token: ann.accessToken,
    body: { name: 'Another' },
  });
  await may('deleteWorkspace', { ...hers, workspaceId: another });
  const { refreshToken } = await people.json<Person>('refresh', { body: { refreshToken: ann.refreshToken } });
  expect(refreshToken).not.toBe(ann.refreshToken);
  await people.json('aboutOidc');
  await may('changePassword');
  await may('logoutEverywhere');
  const needProvider = ['beginCheckout', 'openBillingPortal', 'receivePaymentEvent', 'startOidc', 'finishOidc'];
  const missing = people.contract.operations
    .map(({ operationId }) => operationId)
    .filter((operationId) => !people.contract.succeeded.has(operationId));
  expect(missing.sort()).toEqual(needProvider.sort());
});

interface Synced {
  readonly status: SyncStatus;
  readonly pulled: number;
  readonly titles: readonly string[];
}

/** A fresh replica of Ann's workspace, until it is in sync or blocked. */
async function sync(token: string, title?: string): Promise<Synced> {
  const replica = openReplica({ path: ':memory:', engine: 'wasm' });
  const { workspaceId } = hers;
  const client = new SyncClient(`${server.address.replace('http', 'ws')}/sync`, token, { replica, workspaceId });
  onTestFinished(() => {
    client.close();
    replica.close();
  });
  if (title !== undefined) replica.db.insert(replica.schema.tables.notes).values({ id: replica.newId(), title }).run();
  const { pulled } = await client.sync().catch(() => ({ pulled: 0 }));
  const titles = replica.sqlite.prepare('SELECT title FROM notes').pluck().all() as string[];
  return { status: client.status, pulled, titles };
}
