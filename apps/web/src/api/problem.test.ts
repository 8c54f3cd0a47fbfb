import { afterEach, expect, test, vi } from 'vitest';
import { AccountApi } from './account-api.ts';
import { problemOf, tellProblem } from './problem.ts';
import { request } from './request.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('a problem keeps the code of the server, and is told by what is wrong with each field', async () => {
  const body = { code: 'request_invalid', detail: 'bad', issues: [{ parameter: 'password', message: 'is too short' }] };
  const problem = await problemOf(Response.json(body, { status: 400 }));
  expect(problem).toMatchObject({ code: 'request_invalid', status: 400, message: 'bad' });
  expect(tellProblem(problem)).toBe('password is too short');
});

test('an answer that is no problem of ours still has a code', async () => {
  expect(await problemOf(new Response('<html>', { status: 502 }))).toMatchObject({ code: 'unreachable', status: 502 });
  expect(await problemOf(new Response('', { status: 404 }))).toMatchObject({ code: 'not_found' });
});

test('a server that cannot be reached is a problem like any other', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
  await expect(request({ method: 'GET', path: '/v1/x' })).rejects.toMatchObject({ code: 'unreachable' });
});

test('a server that does not answer is given up, at whatever point', async () => {
  const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    return controller.signal;
  });
  const aborted = ({ signal }: RequestInit) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => aborted(init));
  await expect(request({ method: 'GET', path: '/v1/x' })).rejects.toMatchObject({ code: 'unreachable' });
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) =>
    Object.assign(Response.json({}), { json: () => aborted(init) }),
  );
  await expect(request({ method: 'GET', path: '/v1/x' })).rejects.toMatchObject({ code: 'unreachable' });
  expect(patience.mock.calls).toEqual([[15_000], [15_000]]);
});

test('a page that somebody in between has put in the place of the answer is no answer', async () => {
  vi.stubGlobal('fetch', async () => new Response('<html>Welcome to the train</html>'));
  await expect(request({ method: 'GET', path: '/v1/x' })).rejects.toMatchObject({ code: 'unreachable' });
});

test('a refused token is renewed, once', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('Authorization') ?? '';
    asked.push(token);
    return token === 'Bearer fresh'
      ? Response.json({ workspaces: [] })
      : Response.json({ code: 'unauthenticated', detail: 'expired' }, { status: 401 });
  });
  const tokens = { accessToken: async () => 'stale', renewAccessToken: async () => 'fresh' };
  expect(await new AccountApi(tokens).workspaces()).toEqual([]);
  expect(asked).toEqual(['Bearer stale', 'Bearer fresh']);
  const hopeless = { accessToken: async () => 'stale', renewAccessToken: async () => 'stale too' };
  await expect(new AccountApi(hopeless).workspaces()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(asked).toHaveLength(4);
});
