/** Making an account and signing in, as a client sees it, and what somebody who guesses can see. */
import { hash } from '@node-rs/argon2';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { TEST_PASSWORD, TestAccounts, type TestSignIn } from './testing/test-accounts.ts';

const PAGE = { Origin: 'http://localhost' };

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Everything of an answer but when it was given. */
async function whole(response: Response): Promise<unknown> {
  return { status: response.status, headers: [...response.headers], body: await response.text() };
}

describeEachCloud('signing in', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  beforeAll(async () => {
    database = await cloud.open();
    home = await TestAccounts.create(database);
  });

  /** With limits of its own. */
  const fresh = (options?: ConstructorParameters<typeof TestAccounts>[1]) => new TestAccounts(database, options);

  const events = async (userId: string) => {
    const rows = await database.query<{ kind: string }>(
      'SELECT kind FROM auth.audit_events WHERE user_id = $1 ORDER BY at',
      [userId],
    );
    return rows.map(({ kind }) => kind);
  };

  describe('making an account', () => {
    test('gives one that can be signed in to, with a workspace that the person owns', async () => {
      const credentials = { email: ' New@Example.COM', password: TEST_PASSWORD };
      const made = await home.post('/v1/auth/register', { ...credentials, name: ' New\n Person ' });
      expect(made.status).toBe(202);
      const { user } = await home.signIn('new@example.com');
      expect(user).toMatchObject({ email: 'new@example.com', name: 'New  Person' });
      const workspaces = await database.query(
        `SELECT w.name, m.role FROM auth.members m JOIN auth.workspaces w ON w.id = m.workspace_id
         WHERE m.user_id = $1 AND w.owner_id = $1`,
        [user.id],
      );
      expect(workspaces).toEqual([{ name: 'Personal', role: 'owner' }]);
      expect(await events(user.id)).toEqual(['registered', 'signed-in']);
    });

    test('answers the same, byte for byte, for an e-mail that is taken, and changes nothing', async () => {
      const { email, id } = await home.person();
      const taken = await home.post('/v1/auth/register', { email, password: 'another password', name: 'Eve' });
      const free = await home.post('/v1/auth/register', { email: `free.${email}`, password: 'another password' });
      expect(await whole(taken)).toEqual(await whole(free));
      expect((await home.signIn(email)).user).toEqual({ id, email, name: 'Ann' });
      expect(await events(id)).toEqual(['registered', 'registered-again', 'signed-in']);
    });

    test('of the same e-mail twenty times at once makes one', async () => {
      const body = { email: 'crowd@example.com', password: TEST_PASSWORD };
      const answers = await Promise.all(Array.from({ length: 20 }, () => home.post('/v1/auth/register', body)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      const { user } = await home.signIn(body.email);
      expect(await database.query('SELECT id FROM auth.workspaces WHERE owner_id = $1', [user.id])).toHaveLength(1);
    });

    test.each([
      [{ email: 'nobody', password: TEST_PASSWORD }, 'email has to be an e-mail address'],
      [{ email: 'a@example.com', password: 'short' }, 'password has to have 8 characters at least'],
      [{ email: 'a@example.com', password: 'password' }, 'password is one of those that everybody tries first'],
      [{ email: 'a@example.com' }, 'password has to be a text'],
      [{ email: 'a@example.com', password: TEST_PASSWORD, admin: true }, 'admin is no parameter'],
    ])('refuses %j', async (body, detail) => {
      const response = await home.post('/v1/auth/register', body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'request_invalid', detail });
    });

    test('is refused where it is closed', async () => {
      const closed = fresh({ signup: 'closed' });
      const response = await closed.post('/v1/auth/register', { email: 'b@example.com', password: TEST_PASSWORD });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'signup_closed' });
    });

    test('is slowed down for one address', async () => {
      const strict = fresh({ rates: { registering: { perSecond: 0.1, burst: 2 } } });
      const statuses = [];
      for (let person = 0; person < 3; person++) {
        const body = { email: `many${person}@example.com`, password: TEST_PASSWORD };
        statuses.push((await strict.post('/v1/auth/register', body)).status);
      }
      expect(statuses).toEqual([202, 202, 429]);
    });
  });

  describe('with a password', () => {
    test('gives tokens, the account and the device', async () => {
      const { email, id } = await home.person('Bob');
      const device = { name: ' Bob’s laptop ', platform: 'web' };
      const response = await home.post('/v1/auth/login', {
        email: email.toUpperCase(),
        password: TEST_PASSWORD,
        device,
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('Cache-Control')).toBe('private, no-store');
      expect(response.headers.get('Set-Cookie')).toBeNull();
      const signedIn = (await response.json()) as TestSignIn;
      expect(signedIn).toMatchObject({
        expiresAt: new Date(home.clock.now() + 600_000).toISOString(),
        user: { id, email, name: 'Bob' },
        device: { name: 'Bob’s laptop', platform: 'web' },
      });
      const account = await home.as(signedIn)('GET', '/v1/account');
      expect(await account.json()).toMatchObject({ id, signIn: { password: true, issuers: [] } });
    });

    test('in a browser keeps the refresh token where no script can read it', async () => {
      const { email } = await home.person();
      const body = { email, password: TEST_PASSWORD, cookie: true };
      const response = await home.post('/v1/auth/login', body, PAGE);
      expect(await response.json()).not.toHaveProperty('refreshToken');
      expect(response.headers.get('Set-Cookie')).toMatch(
        /^tributary_refresh=[\w-]{70}; Max-Age=5184000; Path=\/v1\/auth; HttpOnly; SameSite=Strict$/,
      );
      const secure = await home.post('https://localhost/v1/auth/login', body, { Origin: 'https://localhost' });
      expect(secure.headers.get('Set-Cookie')).toContain('; Secure');
    });

    test('in a page of somebody else sets no cookie', async () => {
      const { email } = await home.person();
      const body = { email, password: TEST_PASSWORD, cookie: true };
      for (const headers of [{ Origin: 'https://evil.example' }, {}]) {
        const response = await home.post('/v1/auth/login', body, headers);
        expect(response.status).toBe(403);
        expect(response.headers.get('Set-Cookie')).toBeNull();
      }
    });

    test('on the same device again is the same device, under the name that it was given', async () => {
      const { email } = await home.person();
      const first = await home.signIn(email);
      await home.as(first)('PATCH', `/v1/devices/${first.device.id}`, { name: 'Mine' });
      const again = await home.signIn(email, TEST_PASSWORD, { id: first.device.id, name: 'Laptop', platform: 'cli' });
      expect(again.device).toEqual({ id: first.device.id, name: 'Mine', platform: 'cli' });
    });

    test('with the device of somebody else, or one that was shut out, is a new device', async () => {
      const [ann, bob] = [await home.person('Ann'), await home.person('Bob')];
      const hers = (await home.signIn(ann.email)).device.id;
      const his = await home.signIn(bob.email, TEST_PASSWORD, { id: hers, name: 'Laptop' });
      expect(his.device.id).not.toBe(hers);
      await home.as(his)('POST', `/v1/devices/${his.device.id}/revoke`);
      const back = await home.signIn(bob.email, TEST_PASSWORD, { id: his.device.id, name: 'Laptop' });
      expect([hers, his.device.id]).not.toContain(back.device.id);
    });

    test('brings a password that was kept with other parameters up to today’s', async () => {
      const { email, id } = await home.person();
      const old = await hash(TEST_PASSWORD, { memoryCost: 8, timeCost: 1 });
      await database.query('UPDATE auth.users SET password_hash = $2 WHERE id = $1', [id, old]);
      await home.signIn(email);
      const [row] = await database.query('SELECT password_hash AS hash FROM auth.users WHERE id = $1', [id]);
      expect(row).toEqual({ hash: expect.stringContaining('m=19456,t=2,p=1') });
      await home.signIn(email);
    });

    test('is refused when the account was given another one meanwhile', async () => {
      const { email, id } = await home.person();
      const racing = fresh();
      const transaction = racing.store.transaction.bind(racing.store);
      racing.store.transaction = async (...args: Parameters<typeof transaction>) => {
        await database.query("UPDATE auth.users SET password_hash = 'another' WHERE id = $1", [id]);
        return (await transaction(...args)) as never;
      };
      const response = await racing.post('/v1/auth/login', { email, password: TEST_PASSWORD });
      expect(response.status).toBe(401);
      expect(await database.query('SELECT 1 AS one FROM auth.sessions WHERE user_id = $1', [id])).toEqual([]);
    });

    test('is not to be had while PostgreSQL is away, and costs no attempt', async () => {
      const { email } = await home.person();
      const strict = fresh({ rates: { pair: { perSecond: 1e-6, burst: 1 } } });
      strict.isAway = true;
      for (let attempt = 0; attempt < 2; attempt++) {
        const response = await strict.post('/v1/auth/login', { email, password: TEST_PASSWORD });
        expect(response.status).toBe(503);
        expect(response.headers.get('Retry-After')).toBe('1');
        expect(await response.json()).toMatchObject({ code: 'accounts_unavailable' });
      }
      strict.isAway = false;
      await strict.signIn(email);
    });
  });

  describe('whoever guesses', () => {
    const guess = (where: TestAccounts, email: string) =>
      where.post('/v1/auth/login', { email, password: 'a wrong password' });

    test('gets the same answer, byte for byte, whether there is such an account or not', async () => {
      const guessed = fresh();
      const { email } = await home.person();
      const without = await home.person();
      await database.query('UPDATE auth.users SET password_hash = NULL WHERE id = $1', [without.id]);
      const known = await whole(await guess(guessed, email));
      expect(known).toMatchObject({ status: 401, body: expect.stringContaining('"code":"sign_in_failed"') });
      expect(await whole(await guess(guessed, 'nobody@example.com'))).toEqual(known);
      expect(await whole(await guess(guessed, without.email))).toEqual(known);
    });

    test('gets it after the same time', async () => {
      const wide = { perSecond: 1e6, burst: 1e6 };
      const guessed = fresh({ rates: { pair: wide, email: wide, network: wide, asking: wide } });
      const { email } = await home.person();
      const timed = async (target: string) => {
        const start = performance.now();
        await guess(guessed, target);
        return performance.now() - start;
      };
      // In pairs, so that what else the machine does falls on both; more of them only where that was not enough.
      const pairs: { readonly known: number; readonly unknown: number }[] = [];
      const difference = () =>
        median(pairs.map(({ known, unknown }) => known - unknown)) / median(pairs.map(({ unknown }) => unknown));
      while (pairs.length < 20 || (Math.abs(difference()) >= 0.1 && pairs.length < 200)) {
        const isFirst = pairs.length % 2 === 0;
        const before = isFirst ? await timed(email) : 0;
        const unknown = await timed('nobody@example.com');
        pairs.push({ known: isFirst ? before : await timed(email), unknown });
      }
      expect(Math.abs(difference())).toBeLessThan(0.1);
    });

    test('is slowed down with the same answer for both, and others are not', async () => {
      const guessed = fresh({ rates: { pair: { perSecond: 0.1, burst: 3 } } });
      const { email } = await home.person();
      const other = await home.person();
      const limits = [];
      for (const target of [email, 'nobody@example.com']) {
        for (let attempt = 0; attempt < 3; attempt++) expect((await guess(guessed, target)).status).toBe(401);
        limits.push(await whole(await guess(guessed, target)));
      }
      expect(limits[0]).toMatchObject({ status: 429, headers: expect.arrayContaining([['retry-after', '10']]) });
      expect(limits[1]).toEqual(limits[0]);
      await guessed.signIn(other.email);
      guessed.advance(10_000);
      await guessed.signIn(email);
    });

    test('leaves a trace with the account, and none of what was tried', async () => {
      const { email, id } = await home.person();
      await guess(fresh(), email);
      expect(await events(id)).toEqual(['registered', 'sign-in-failed']);
      const text = JSON.stringify(await database.query('SELECT * FROM auth.audit_events'));
      expect(text).not.toContain('nobody@example.com');
      expect(text).not.toContain('a wrong password');
    });
  });
});
