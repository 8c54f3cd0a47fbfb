import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SignedIn } from '../api/auth.ts';
import { ApiProblem } from '../api/problem.ts';
import { SavedAccount, type KeyValueStorage } from './saved-account.ts';
import { Session } from './session.ts';

class MemoryStorage implements KeyValueStorage {
  readonly #values = new Map<string, string>();
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
}

const UNREACHABLE = new ApiProblem({ code: 'unreachable', status: 0, detail: 'away' });
const ENDED = new ApiProblem({ code: 'session_ended', status: 401, detail: 'over' });
const NO_ACCOUNTS = new ApiProblem({ code: 'not_found', status: 404, detail: 'there is no such path' });

function answerFor(userId: string): SignedIn {
  return {
    accessToken: `token of ${userId}`,
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    user: { id: userId, email: `${userId}@example.org`, name: userId },
    device: { id: `device of ${userId}`, name: 'Chrome' },
  };
}

describe('a session', () => {
  let storage: MemoryStorage;
  let cookie: string | undefined;
  let fault: ApiProblem | undefined;
  let logins: object[];

  beforeEach(() => {
    storage = new MemoryStorage();
    cookie = undefined;
    fault = undefined;
    logins = [];
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      if (fault !== undefined) throw new TypeError('failed to fetch');
      const [, , userId = ''] =
        /^(Bearer token of )(.*)$/.exec(new Headers(init.headers).get('Authorization') ?? '') ?? [];
      const workspaces = [{ id: `home of ${userId}`, name: 'Personal', role: 'owner', memberCount: 1 }];
      return path === '/v1/workspaces' ? Response.json({ workspaces }) : new Response('', { status: 404 });
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  function open(tabStorage: KeyValueStorage = new MemoryStorage()): Session {
    return new Session({
      saved: new SavedAccount(storage, tabStorage),
      device: { name: 'Chrome', platform: 'web' },
      auth: {
        login: async ({ email }, device) => {
          logins.push(device);
          cookie = email.split('@')[0];
          return answerFor(cookie ?? '');
        },
        refresh: async () => {
          if (fault !== undefined) throw fault;
          if (cookie === undefined) throw ENDED;
          return answerFor(cookie);
        },
        logout: async () => {
          if (fault !== undefined) throw fault;
          cookie = undefined;
        },
      },
    });
  }

  async function signInAsAnn(): Promise<Session> {
    const session = open();
    await session.signIn({ email: 'ann@example.org', password: 'x' });
    return session;
  }

  test('is nobody’s before anybody has signed in', async () => {
    const session = open();
    await session.start();
    expect(session.getSnapshot()).toEqual({ kind: 'signedOut', hasLeft: false });
  });

  test('is somebody’s after signing in, with a workspace', async () => {
    const session = await signInAsAnn();
    expect(session.getSnapshot()).toMatchObject({
      kind: 'signedIn',
      standing: 'confirmed',
      account: { userId: 'ann' },
      workspaceId: 'home of ann',
    });
  });

  test('opens the account of the last time at once, and without a network', async () => {
    await signInAsAnn();
    fault = UNREACHABLE;
    const session = open();
    const starting = session.start();
    expect(session.getSnapshot()).toMatchObject({ kind: 'signedIn', standing: 'unconfirmed' });
    await starting;
    expect(session.getSnapshot()).toMatchObject({
      kind: 'signedIn',
      standing: 'unconfirmed',
      workspaceId: 'home of ann',
    });
  });

  test('that the server has ended leaves what is on the device', async () => {
    await signInAsAnn();
    cookie = undefined;
    const session = open();
    await session.start();
    expect(session.getSnapshot()).toMatchObject({ kind: 'signedIn', standing: 'ended', account: { userId: 'ann' } });
  });

  test('says so when the first sign-in needs a server that is away', async () => {
    fault = UNREACHABLE;
    const session = open();
    await session.start();
    expect(session.getSnapshot()).toEqual({ kind: 'unreachable' });
  });

  test('says so when the server has no accounts', async () => {
    fault = NO_ACCOUNTS;
    const session = open();
    await session.start();
    expect(session.getSnapshot()).toEqual({ kind: 'noAccounts' });
  });

  test('is over after signing out, also when the server was told only later', async () => {
    const session = await signInAsAnn();
    fault = UNREACHABLE;
    await session.signOut();
    expect(session.getSnapshot()).toEqual({ kind: 'signedOut', hasLeft: true });
    expect(cookie).toBe('ann');
    fault = undefined;
    const later = open();
    await later.start();
    expect(later.getSnapshot()).toEqual({ kind: 'signedOut', hasLeft: false });
    expect(cookie).toBeUndefined();
  });

  test('of one tab ends with that of another', async () => {
    const session = await signInAsAnn();
    await open().signOut();
    session.storageChanged('tributary.account');
    expect(session.getSnapshot()).toEqual({ kind: 'signedOut', hasLeft: true });
  });

  test('of one tab becomes that of whoever signs in in another', async () => {
    const session = await signInAsAnn();
    await open().signIn({ email: 'bob@example.org', password: 'x' });
    session.storageChanged('tributary.account');
    expect(session.getSnapshot()).toMatchObject({
      kind: 'signedIn',
      account: { userId: 'bob' },
      workspaceId: 'home of bob',
    });
  });

  test('never gives the token of somebody else', async () => {
    const session = await signInAsAnn();
    cookie = 'bob';
    await expect(session.renewAccessToken('token of ann')).rejects.toMatchObject({ code: 'session_ended' });
  });

  test('tells the server which device it is when the same person comes back', async () => {
    const session = await signInAsAnn();
    await session.signOut();
    await open().signIn({ email: 'ann@example.org', password: 'x' });
    expect(logins).toMatchObject([{ name: 'Chrome' }, { name: 'Chrome', id: 'device of ann' }]);
  });

  test('remembers the workspace of each tab, and opens new tabs with the last one', async () => {
    const tabStorage = new MemoryStorage();
    const saved = new SavedAccount(storage, tabStorage);
    saved.rememberWorkspace('ann', 'first');
    new SavedAccount(storage, new MemoryStorage()).rememberWorkspace('ann', 'second');
    expect(saved.workspaceOf('ann')).toBe('first');
    expect(new SavedAccount(storage, new MemoryStorage()).workspaceOf('ann')).toBe('second');
    expect(saved.workspaceOf('bob')).toBeUndefined();
  });

  test('ignores what is no saved account', () => {
    storage.setItem('tributary.account', '{"userId":7}');
    expect(new SavedAccount(storage, storage).read()).toBeUndefined();
    storage.setItem('tributary.account', 'not JSON');
    expect(new SavedAccount(storage, storage).read()).toBeUndefined();
  });
});
