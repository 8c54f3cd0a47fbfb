/** The route over real sockets, with real tokens, and what was pushed by a client found by search. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { packKey } from '@tributary/database/changes';
import { encodeClientFrame, decodeServerFrame } from '@tributary/sync/protocol';
import { WebSocket } from 'ws';
import { readOrCreateLocalSecret } from '../../auth/local-secret.ts';
import type { Role } from '../../auth/identity.ts';
import { signToken } from '../../auth/sign-token.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';
import { silentLogger } from '../../logger.ts';
import { describeEachCloud } from '../../cloud/testing/index.ts';
import { TestSearch, uuid } from '../../search/testing/test-search.ts';
import { SyncServer } from '../../sync-server.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { batch, change, site } from '../../testing/test-batches.ts';
import { createApi, guardPages, type Api } from './api.ts';
import { addSearchRoute, type SearchRouteOptions } from './search-route.ts';

const ROLES: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  ann: { home: 'owner', work: 'viewer' },
  bob: { away: 'editor' },
  eve: {},
  admin: { '*': 'viewer' },
};

function createSearchApp(options: SearchRouteOptions & { readonly allowedOrigins?: readonly string[] }): Api {
  const api = createApi(silentLogger);
  guardPages(api, options.allowedOrigins ?? []);
  addSearchRoute(api, options);
  return api;
}

/** A token is the name of its user. */
const authenticate: SearchRouteOptions['authenticate'] = (token) => {
  const roles = ROLES[token];
  if (roles === undefined) throw new Error('unknown');
  const workspaceIds = '*' in roles ? undefined : Object.keys(roles);
  return { userId: token, workspaceIds, roleIn: (id) => (Object.hasOwn(roles, id) ? roles[id] : roles['*']) };
};

function as(user: string): RequestInit {
  return { headers: { Authorization: `Bearer ${user}` } };
}

describeEachCloud('GET /v1/search', (cloud) => {
  let database: CloudDatabase;
  const app = createSearchApp({ authenticate, database: () => database, rate: { perSecond: 1e6, burst: 1e6 } });
  beforeAll(async () => {
    database = await cloud.open();
    const home = await TestSearch.create(database);
    await home.note(1, { title: 'Plan of home', project_id: uuid(9) });
    await home.put('chats', { id: uuid(2) }, { title: 'Plan' });
    await home.in('work').note(3, { title: 'Plan of work' });
    await home.in('away').note(4, { title: 'Plan of others' });
    await home.index();
  });

  async function idsFor(user: string, query: string): Promise<string[]> {
    const response = await app.request(`/v1/search?${query}`, as(user));
    expect(response.status).toBe(200);
    const { hits } = (await response.json()) as { hits: { workspaceId: string; id: string }[] };
    return hits.map(({ workspaceId, id }) => `${workspaceId} ${Number(id.slice(-12))}`).sort();
  }

  test.each([
    ['ann', 'q=plan', ['home 1', 'home 2', 'work 3']],
    ['ann', 'q=plan&workspace=work', ['work 3']],
    ['ann', 'q=plan&workspace=work,home,work', ['home 1', 'home 2', 'work 3']],
    ['ann', 'q=plan&kind=note', ['home 1', 'work 3']],
    ['ann', 'q=plan&kind=note,chat&workspace=home', ['home 1', 'home 2']],
    ['ann', `q=plan&project=${uuid(9)}`, ['home 1']],
    ['bob', 'q=plan', ['away 4']],
    ['eve', 'q=plan', []],
    ['admin', 'q=plan&workspace=home,away', ['away 4', 'home 1', 'home 2']],
  ])('gives %s for %s what that user may read', async (user, query, expected) => {
    expect(await idsFor(user, query)).toEqual(expected);
  });

  test('says what it found, and lets nobody keep it', async () => {
    const response = await app.request('/v1/search?q=plan+home', as('ann'));
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
    expect(await response.json()).toEqual({
      hits: [
        {
          workspaceId: 'home',
          kind: 'note',
          id: uuid(1),
          projectId: uuid(9),
          title: 'Plan of home',
          titleSegments: [
            { text: 'Plan', match: true },
            { text: ' of ', match: false },
            { text: 'home', match: true },
          ],
          snippet: [],
          rank: expect.any(Number) as number,
          updatedAt: '1970-01-01T00:00:00.000Z',
        },
      ],
      fuzzy: true,
      vector: false,
      tookMs: expect.any(Number) as number,
    });
  });

  test('goes on from page to page', async () => {
    const first = (await (await app.request('/v1/search?q=plan&limit=2', as('ann'))).json()) as {
      cursor: string;
      hits: object[];
    };
    const second = await app.request(`/v1/search?q=plan&limit=2&cursor=${first.cursor}`, as('ann'));
    expect([first.hits.length, ((await second.json()) as { hits: object[] }).hits.length]).toEqual([2, 1]);
    const elsewhere = await app.request(`/v1/search?q=plan&limit=2&cursor=${first.cursor}`, as('bob'));
    expect(elsewhere.status).toBe(400);
  });

  test.each([
    ['bob', 'q=plan&workspace=home'],
    ['ann', 'q=plan&workspace=home,away'],
    ['eve', 'q=plan&workspace=home'],
    ['ann', 'q=plan&workspace=nowhere'],
    ['ann', 'q=plan&workspace=__proto__'],
  ])('refuses %s for %s', async (user, query) => {
    const response = await app.request(`/v1/search?${query}`, as(user));
    expect([response.status, response.headers.get('Content-Type')]).toEqual([403, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ code: 'forbidden', status: 403 });
  });

  test.each([
    ['ann', '', 'q'],
    ['ann', 'q=a&q=b', 'q'],
    ['ann', 'q=a&kind=secret', 'kind'],
    ['ann', 'q=a&kind=note&kind=chat', 'kind'],
    ['ann', `q=a&project=' OR true --`, 'project'],
    ['ann', 'q=a&project=%00', 'project'],
    ['ann', `q=a&workspace=home'--`, 'workspace'],
    ['ann', 'q=a&workspace=', 'workspace'],
    ['ann', `q=a&workspace=${Array.from({ length: 101 }, (_, i) => `w${i}`).join()}`, 'workspace'],
    ['admin', 'q=a', 'workspace'],
    ['ann', 'q=a&limit=0', 'limit'],
    ['ann', 'q=a&limit=101', 'limit'],
    ['ann', 'q=a&limit=1e2', 'limit'],
    ['ann', 'q=a&cursor=abc', 'cursor'],
    ['ann', 'q=a&workspaces=away', 'workspaces'],
    ['ann', 'q=a&__proto__=1', '__proto__'],
  ])('tells %s of %j that %s is wrong', async (user, query, parameter) => {
    const response = await app.request(`/v1/search?${query}`, as(user));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'request_invalid', issues: [{ parameter }] });
  });

  test.each<[string, RequestInit]>([
    ['no token', {}],
    ['another scheme', { headers: { Authorization: 'Basic ann' } }],
    ['a token of nobody', as('mallory')],
    ['two words', { headers: { Authorization: 'Bearer ann bob' } }],
  ])('does not know whoever has %s', async (_, init) => {
    const response = await app.request('/v1/search?q=plan', init);
    expect([response.status, response.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  test('is too slow where the time is up', async () => {
    const slow: CloudDatabase = {
      ...database,
      transaction: (_, options) =>
        database.transaction((queries) => queries.query('SELECT pg_sleep(1)') as Promise<never>, options),
    };
    if (cloud.kind === 'pglite') return;
    const hasty = createSearchApp({ authenticate, database: () => slow, timeoutMs: 50 });
    const response = await hasty.request('/v1/search?q=plan', as('ann'));
    expect([response.status, await response.json()]).toMatchObject([503, { code: 'search_too_slow' }]);
  });
});

describe('GET /v1/search', () => {
  const away = new CloudError('cloud_unavailable', 'postgres://user:secret@host is away');

  test.each<[string, SearchRouteOptions['database'], number, string]>([
    ['there is no PostgreSQL', () => undefined, 503, 'search_unavailable'],
    ['PostgreSQL is away', () => failing(away), 503, 'search_unavailable'],
    ['something is broken', () => failing(new Error('secret')), 500, 'internal'],
  ])('says so when %s, and nothing more', async (_, database, status, code) => {
    const response = await createSearchApp({ authenticate, database }).request('/v1/search?q=plan', as('ann'));
    const text = await response.text();
    expect([response.status, (JSON.parse(text) as { code: string }).code]).toEqual([status, code]);
    expect(text).not.toContain('secret');
  });

  test('lets each user ask so often', async () => {
    const clock = new FakeClock();
    const rate = { perSecond: 1, burst: 2 };
    const app = createSearchApp({ authenticate, database: () => undefined, rate, clock });
    const ask = async (user: string) => (await app.request('/v1/search?q=a', as(user))).status;
    expect([await ask('ann'), await ask('ann'), await ask('ann'), await ask('bob')]).toEqual([503, 503, 429, 503]);
    expect((await app.request('/v1/search?q=a', as('ann'))).headers.get('Retry-After')).toBe('1');
    clock.advanceToNext(1_000);
    expect(await ask('ann')).toBe(503);
  });

  test('takes no token that has expired', async () => {
    const clock = new FakeClock();
    const app = createSearchApp({
      authenticate: () => ({ userId: 'ann', expiresAt: clock.now() - 6_000, roleIn: () => 'owner' }),
      database: () => undefined,
      clock,
    });
    expect((await app.request('/v1/search?q=a', as('ann'))).status).toBe(401);
  });

  test('answers web pages of allowed origins only', async () => {
    const app = createSearchApp({ authenticate, database: () => undefined, allowedOrigins: ['https://app.example'] });
    const allowed = async (origin: string) => {
      const headers = { Origin: origin, 'Access-Control-Request-Method': 'GET' };
      const response = await app.request('/v1/search', { method: 'OPTIONS', headers });
      return response.headers.get('Access-Control-Allow-Origin');
    };
    expect([await allowed('https://app.example'), await allowed('https://evil.example')]).toEqual([
      'https://app.example',
      null,
    ]);
  });

  test('lets pages have the cookie only where their origin is named', async () => {
    const allowedOrigins = ['*', 'https://app.example'];
    const app = createSearchApp({ authenticate, database: () => undefined, allowedOrigins });
    const headersFor = async (origin: string) =>
      (await app.request('/v1/search', { method: 'OPTIONS', headers: { Origin: origin } })).headers;
    const [named, other] = [await headersFor('https://app.example'), await headersFor('https://other.example')];
    expect(named.get('Access-Control-Allow-Credentials')).toBe('true');
    expect(other.get('Access-Control-Allow-Origin')).toBe('https://other.example');
    expect(other.get('Access-Control-Allow-Credentials')).toBeNull();
  });

  function failing(error: Error): CloudDatabase {
    return { transaction: () => Promise.reject(error) } as unknown as CloudDatabase;
  }
});

describe('a server', () => {
  test('finds what a client has just pushed, for those who have a token', { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory();
    const server = await new SyncServer({ port: 0, dataDirectory: directory }).start();
    onTestFinished(() => server.stop({ timeoutMs: 100 }));
    const secret = readOrCreateLocalSecret(directory);
    const tokenOf = (userId: string, roles: Record<string, Role>) =>
      signToken({ secret, userId, roles, lifetimeMs: 60_000 });
    const token = await tokenOf('ann', { home: 'editor' });
    await push(server, token);
    const found = async (bearer: string): Promise<[number, string[]]> => {
      const response = await fetch(`${server.address}/v1/search?q=lisb`, as(bearer));
      const { hits = [] } = (await response.json()) as { hits?: { title: string }[] };
      return [response.status, hits.map(({ title }) => title)];
    };
    await expect.poll(() => found(token), { timeout: 5_000 }).toEqual([200, ['Lisbon']]);
    expect(await found(await tokenOf('bob', { away: 'owner' }))).toEqual([200, []]);
    expect(await found('nonsense')).toEqual([401, []]);
    const long = await fetch(`${server.address}/v1/search?q=${'x'.repeat(100_000)}`, as(token));
    expect(long.status).toBe(431);
  });

  async function push(server: SyncServer, token: string): Promise<void> {
    const socket = new WebSocket(`${server.address.replace('http', 'ws')}/sync`);
    await new Promise((resolve) => socket.once('open', resolve));
    const changes = [change({ dbVersion: 1, pk: packKey([uuid(1)]) })];
    const answered = new Promise<void>((resolve) =>
      socket.on('message', (data) => {
        const { case: kind } = decodeServerFrame(data as Buffer);
        const value = { batch: batch(0, 1, { changes }) };
        if (kind === 'caughtUp') socket.send(encodeClientFrame({ case: 'push', value }));
        if (kind === 'ack') resolve();
      }),
    );
    const hello = { protocolVersion: 1, minVersion: 1, token, workspaceId: 'home', siteId: site(1) };
    socket.send(encodeClientFrame({ case: 'hello', value: hello }));
    await answered;
    socket.close();
  }
});
