/** Signing in at a real provider, with a browser that keeps cookies and does as it is told. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../clock.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { describeEachCloud } from '../../cloud/testing/index.ts';
import { TEST_PASSWORD, TEST_SECRET, TestAccounts, type TestSignIn } from '../testing/test-accounts.ts';
import { OidcFlows } from './oidc-flow.ts';
import { CLIENT_ID, CLIENT_SECRET, TestProvider } from './testing/test-provider.ts';

const HOME = 'http://localhost';
const CALLBACK = `${HOME}/v1/auth/oidc/callback`;

let provider: TestProvider;
beforeAll(async () => {
  provider = await TestProvider.start(CALLBACK);
});
afterAll(() => provider.stop());
afterEach(() => {
  provider.intercept = undefined;
});

describeEachCloud('signing in elsewhere', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  let subjects = 0;
  /** Somebody new at the provider. */
  let subject: string;
  let email: string;
  const later = { ms: 0 };
  /** Tokens of the provider are of real time. */
  const clock: Clock = { ...systemClock, now: () => Date.now() + later.ms };
  beforeAll(async () => {
    database = await cloud.open();
    await TestAccounts.create(database);
  });
  beforeEach(() => {
    later.ms = 0;
    home = server();
    subject = `${cloud.kind}-${subjects++}`;
    email = `${subject}@example.com`;
    provider.people.set(subject, { email, email_verified: true, name: 'Ann\u0000 Smith' });
  });

  function server(config: object = {}, rest: object = {}): TestAccounts {
    const oidc = {
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      label: 'Our company',
      ...config,
    };
    return new TestAccounts(database, { oidc, clock, ...rest });
  }

  const cookieIn = (response: Response, name: string) =>
    response.headers
      .getSetCookie()
      .map((cookie) => new RegExp(`^${name}=([^;]*)`).exec(cookie)?.[1])
      .find((value) => value !== undefined && value !== '');

  async function leave(where = home, query = '') {
    const response = await where.send('GET', `/v1/auth/oidc/start${query}`);
    expect(response.status).toBe(302);
    return { url: response.headers.get('Location')!, cookie: cookieIn(response, 'tributary_oidc')!, response };
  }

  const comeBack = (url: string, cookie: string, where = home, headers: Record<string, string> = {}) =>
    where.send('GET', url, undefined, { Cookie: `tributary_oidc=${cookie}`, ...headers });

  async function through(where = home, who = subject, query = '') {
    const { url, cookie } = await leave(where, query);
    return comeBack(await provider.signIn(url, who), cookie, where);
  }

  async function signedIn(response: Response, where = home): Promise<TestSignIn> {
    expect(response.status).toBe(302);
    const refresh = await where.post('/v1/auth/refresh', undefined, {
      Origin: HOME,
      Cookie: `tributary_refresh=${cookieIn(response, 'tributary_refresh')}`,
    });
    expect(refresh.status).toBe(200);
    return (await refresh.json()) as TestSignIn;
  }

  async function expectProblem(response: Response, status: number, code: string): Promise<void> {
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(cookieIn(response, 'tributary_refresh')).toBeUndefined();
  }

  describe('somebody new', () => {
    test('has an account with a workspace, and is back in the app with a session on the device', async () => {
      const response = await through(home, subject, '?return_to=/notes%3Fa%3D1&device_name=Laptop&device_platform=web');
      expect(response.headers.get('Location')).toBe('/notes?a=1');
      const { user, device, accessToken } = await signedIn(response);
      expect(user).toMatchObject({ email, name: 'Ann  Smith' });
      expect(device).toMatchObject({ name: 'Laptop', platform: 'web' });
      const account = await home.as({ accessToken })('GET', '/v1/account');
      expect(await account.json()).toMatchObject({ signIn: { password: false, issuers: [provider.issuer] } });
      const owned = await database.query('SELECT name FROM auth.workspaces WHERE owner_id = $1', [user.id]);
      expect(owned).toEqual([{ name: 'Personal' }]);
    });

    test('is refused where signing up is closed, and nothing is left', async () => {
      const closed = server({}, { signup: 'closed' });
      await expectProblem(await through(closed), 403, 'signup_closed');
      expect(await database.query('SELECT id FROM auth.users WHERE email = $1', [email])).toEqual([]);
    });

    test('is refused when the provider does not say the e-mail', async () => {
      provider.people.set(subject, {});
      await expectProblem(await through(), 502, 'oidc_failed');
    });
  });

  test('somebody known is the same account, whatever the e-mail has become', async () => {
    const first = await signedIn(await through());
    provider.people.set(subject, { email: `new-${email}`, email_verified: false });
    const closed = server({}, { signup: 'closed' });
    const again = await signedIn(await through(closed), closed);
    expect(again.user).toEqual(first.user);
  });

  describe('an e-mail that has an account already', () => {
    test.each([
      ['the provider is not trusted with e-mails', { trustEmails: false }, true],
      ['the provider has not verified it', { trustEmails: true }, false],
    ])('is refused where %s', async (_, config, isVerified) => {
      await home.accounts.admin.addUser({ email, password: TEST_PASSWORD });
      provider.people.set(subject, { email, email_verified: isVerified });
      await expectProblem(await through(server(config)), 409, 'conflict');
      await home.signIn(email);
    });

    test('is that account where it is trusted, and whoever had it with a password has it no longer', async () => {
      const trusting = server({ trustEmails: true });
      const { id } = await home.accounts.admin.addUser({ email, password: TEST_PASSWORD });
      const before = await trusting.signIn(email);
      trusting.told.length = 0;
      const linked = await signedIn(await through(trusting), trusting);
      expect(linked.user.id).toBe(id);
      expect(trusting.told).toEqual([{ userId: id }]);
      expect((await trusting.post('/v1/auth/refresh', { refreshToken: before.refreshToken })).status).toBe(401);
      await expect(trusting.signIn(email)).rejects.toThrow('sign_in_failed');
      const again = await signedIn(await through(trusting), trusting);
      expect(again.user.id).toBe(id);
      expect((await trusting.as(linked)('GET', '/v1/account')).status).toBe(200);
    });
  });

  describe('coming back fails', () => {
    test('without the cookie of the browser that left, or with that of another', async () => {
      const { url } = await leave();
      const back = await provider.signIn(url, subject);
      await expectProblem(await home.send('GET', back), 502, 'oidc_failed');
      const other = await leave();
      await expectProblem(await comeBack(back, other.cookie), 502, 'oidc_failed');
    });

    test.each(['state', 'nonce', 'verifier', undefined])('with another %s, and only then', async (part) => {
      const flows = new OidcFlows([TEST_SECRET], () => clock.now());
      const { url, cookie } = await leave();
      const flow = (await flows.open(cookie))!;
      const back = await provider.signIn(url, subject);
      const sealed = await flows.seal({ ...flow, ...(part !== undefined && { [part]: 'x'.repeat(43) }) });
      const response = await comeBack(back, sealed);
      if (part === undefined) await signedIn(response);
      else await expectProblem(response, 502, 'oidc_failed');
    });

    test('with a cookie that somebody else has sealed, or changed', async () => {
      const { url, cookie } = await leave();
      const back = await provider.signIn(url, subject);
      const foreign = server({}, { secrets: ['another secret that is also long enough'] });
      await expectProblem(await comeBack(back, cookie, foreign), 502, 'oidc_failed');
      const middle = cookie.length >> 1;
      const other = cookie[middle] === 'x' ? 'y' : 'x';
      const changed = cookie.slice(0, middle) + other + cookie.slice(middle + 1);
      await expectProblem(await comeBack(back, changed), 502, 'oidc_failed');
    });

    test('the second time: the cookie goes, and the provider takes its code once', async () => {
      const { url, cookie } = await leave();
      const back = await provider.signIn(url, subject);
      const response = await comeBack(back, cookie);
      await signedIn(response);
      expect(response.headers.getSetCookie()).toContainEqual(expect.stringMatching(/^tributary_oidc=; Max-Age=0/));
      await expectProblem(await comeBack(back, cookie), 502, 'oidc_failed');
    });

    test('after more than ten minutes', async () => {
      const { url, cookie } = await leave();
      const back = await provider.signIn(url, subject);
      later.ms = 10 * 60_000 + 1_000;
      await expectProblem(await comeBack(back, cookie), 502, 'oidc_failed');
    });

    test('when the person breaks off there, and a page is told so in the app', async () => {
      const { url, cookie } = await leave(home, '?return_to=/notes%23top');
      const back = await provider.signIn(url, 'nobody');
      expect(back).toContain('error=access_denied');
      await expectProblem(await comeBack(back, cookie), 502, 'oidc_failed');
      const page = await comeBack(back, cookie, home, { Accept: 'text/html,*/*' });
      expect(page.status).toBe(302);
      expect(page.headers.get('Location')).toBe('/notes#sign-in-failed=oidc_failed');
    });

    test('with a code that the provider has never given', async () => {
      const { url, cookie } = await leave();
      const back = new URL(await provider.signIn(url, subject));
      back.searchParams.set('code', 'x'.repeat(43));
      await expectProblem(await comeBack(back.href, cookie), 502, 'oidc_failed');
    });

    test('when the provider is away by then', async () => {
      const { url, cookie } = await leave();
      const back = await provider.signIn(url, subject);
      provider.intercept = (_, response) => {
        response.destroy();
        return true;
      };
      await expectProblem(await comeBack(back, cookie), 502, 'oidc_failed');
    });
  });

  test('is not begun while the provider is away, and is as soon as it is back', async () => {
    provider.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    await expectProblem(await home.send('GET', '/v1/auth/oidc/start'), 502, 'oidc_failed');
    provider.intercept = undefined;
    await signedIn(await through());
  });

  test('asks with PKCE, state and nonce, and keeps them where no script can read them', async () => {
    const { url, response } = await leave();
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toEqual({
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
      state: expect.stringMatching(/^.{43}$/),
      nonce: expect.stringMatching(/^.{43}$/),
      code_challenge: expect.stringMatching(/^.{43}$/),
      code_challenge_method: 'S256',
    });
    expect(response.headers.get('Set-Cookie')).toMatch(
      /^tributary_oidc=[\w.-]+; Max-Age=600; Path=\/v1\/auth\/oidc; HttpOnly; SameSite=Lax$/,
    );
  });

  test('behind a proxy with TLS comes back by https, with secure cookies', async () => {
    const proxied = server({}, { web: { publicUrl: 'https://sync.example' } });
    const { url, response } = await leave(proxied);
    expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://sync.example/v1/auth/oidc/callback');
    expect(response.headers.get('Set-Cookie')).toContain('; Secure');
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/a\\b', 'notes', '/\tnotes', ''])(
    'leads to no other place than the app: %j',
    async (target) => {
      const response = await home.send('GET', `/v1/auth/oidc/start?return_to=${encodeURIComponent(target)}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'request_invalid' });
    },
  );

  test('is said to be there or not', async () => {
    const ask = async (where: TestAccounts) => (await where.send('GET', '/v1/auth/oidc')).json();
    expect(await ask(home)).toEqual({ isThere: true, label: 'Our company' });
    const without = new TestAccounts(database);
    expect(await ask(without)).toEqual({ isThere: false, label: '' });
    for (const path of ['/v1/auth/oidc/start', '/v1/auth/oidc/callback']) {
      await expectProblem(await without.send('GET', path), 404, 'not_found');
    }
  });
});
