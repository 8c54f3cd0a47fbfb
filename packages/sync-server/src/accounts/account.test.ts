/** What the owner of an account sees and changes of it, and that nobody else does. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { TEST_PASSWORD, TestAccounts, type TestSignIn } from './testing/test-accounts.ts';

const base64 = (length: number, fill: number) => Buffer.alloc(length, fill).toString('base64');
const SECRET = { salt: base64(16, 1), iterations: 600_000, wrapped: base64(60, 2) };
const NEXT = { salt: base64(16, 3), iterations: 700_000, wrapped: base64(60, 4) };

describeEachCloud('an account', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  let ann: TestSignIn;
  let ask: ReturnType<TestAccounts['as']>;
  beforeAll(async () => {
    database = await cloud.open();
    await TestAccounts.create(database);
  });
  beforeEach(async () => {
    home = new TestAccounts(database);
    ann = await home.signedIn();
    ask = home.as(ann);
    home.told.length = 0;
  });

  const json = async (response: Response | Promise<Response>) => (await response).json() as Promise<unknown>;

  const removePassword = () =>
    database.query('UPDATE auth.users SET password_hash = NULL WHERE id = $1', [ann.user.id]);

  const stillSignedIn = async ({ refreshToken }: TestSignIn) =>
    (await home.post('/v1/auth/refresh', { refreshToken })).status === 200;

  test('is shown to its owner, and renamed', async () => {
    const account = {
      ...ann.user,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      signIn: { password: true, issuers: [] },
      hasSecret: false,
    };
    expect(await json(ask('GET', '/v1/account'))).toEqual(account);
    expect(await json(ask('PATCH', '/v1/account', { name: 'Ann Smith' }))).toEqual({ ...account, name: 'Ann Smith' });
    expect(await json(ask('GET', '/v1/account'))).toEqual({ ...account, name: 'Ann Smith' });
  });

  test.each([
    ['GET', '/v1/account'],
    ['PATCH', '/v1/account'],
    ['POST', '/v1/account/password'],
    ['GET', '/v1/account/secret'],
    ['PUT', '/v1/account/secret'],
    ['GET', '/v1/devices'],
    ['PATCH', '/v1/devices/0190a5b2-0000-7000-8000-000000000001'],
    ['POST', '/v1/devices/0190a5b2-0000-7000-8000-000000000001/revoke'],
    ['POST', '/v1/auth/logout-everywhere'],
  ])('%s %s needs a token', async (method, path) => {
    const response = await home.send(method, path);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  describe('its password', () => {
    test('is changed by whoever knows the current one, and everybody else is signed out', async () => {
      const other = await home.signIn(ann.user.email);
      home.told.length = 0;
      const response = await ask('POST', '/v1/account/password', { current: TEST_PASSWORD, next: 'a new password' });
      expect(response.status).toBe(204);
      expect(home.told).toEqual([{ userId: ann.user.id }]);
      expect(await stillSignedIn(other)).toBe(false);
      expect((await home.as(other)('GET', '/v1/account')).status).toBe(401);
      expect(await stillSignedIn(ann)).toBe(true);
      expect((await ask('GET', '/v1/account')).status).toBe(200);
      await home.signIn(ann.user.email, 'a new password');
      await expect(home.signIn(ann.user.email)).rejects.toThrow('sign_in_failed');
      const ended = await database.query(
        `SELECT end_reason AS reason FROM auth.sessions WHERE user_id = $1 AND ended_at IS NOT NULL`,
        [ann.user.id],
      );
      expect(ended).toEqual([{ reason: 'password-changed' }]);
    });

    test.each([
      ['another password', { current: 'not the password', next: 'a new password' }, 403, 'wrong_password'],
      ['none', { next: 'a new password' }, 403, 'wrong_password'],
      ['one that is too short', { current: TEST_PASSWORD, next: 'short' }, 400, 'request_invalid'],
      [
        'a secret that is none',
        { current: TEST_PASSWORD, next: 'a new password', secret: { ...NEXT, salt: 'x' } },
        400,
        'request_invalid',
      ],
    ])('is not changed with %s', async (_, body, status, code) => {
      const response = await ask('POST', '/v1/account/password', body);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code });
      await home.signIn(ann.user.email);
    });

    test('cannot be guessed by somebody at an unlocked screen', async () => {
      const statuses = [];
      for (let attempt = 0; attempt < 11; attempt++) {
        const body = { current: `guess ${attempt}`, next: 'a new password' };
        statuses.push((await ask('POST', '/v1/account/password', body)).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429]);
    });

    test('changed twice at once is changed once', async () => {
      const bodies = ['first password', 'second password'].map((next) => ({ current: TEST_PASSWORD, next }));
      const statuses = await Promise.all(
        bodies.map(async (body) => (await ask('POST', '/v1/account/password', body)).status),
      );
      expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 403]);
      await home.signIn(ann.user.email, bodies[statuses.indexOf(204)]!.next);
    });

    test('can be set where there is none, soon after signing in', async () => {
      await removePassword();
      const set = () => ask('POST', '/v1/account/password', { next: 'a new password' });
      home.advance(601_000);
      const late = await set();
      expect(late.status).toBe(403);
      expect(await late.json()).toMatchObject({
        code: 'wrong_password',
        detail: expect.stringContaining('sign in again'),
      });
      home.advance(-2_000);
      expect((await set()).status).toBe(204);
      await home.signIn(ann.user.email, 'a new password');
    });
  });

  describe('its secret', () => {
    test('is kept once, and given back as it came', async () => {
      expect((await ask('GET', '/v1/account/secret')).status).toBe(404);
      expect((await ask('PUT', '/v1/account/secret', { ...SECRET, ifAbsent: true })).status).toBe(204);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(SECRET);
      expect(await json(ask('GET', '/v1/account'))).toMatchObject({ hasSecret: true });
      const second = await ask('PUT', '/v1/account/secret', { ...NEXT, ifAbsent: true });
      expect(second.status).toBe(409);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(SECRET);
    });

    test('of two devices that make one at once is that of one', async () => {
      const statuses = await Promise.all(
        [SECRET, NEXT].map(
          async (secret) => (await ask('PUT', '/v1/account/secret', { ...secret, ifAbsent: true })).status,
        ),
      );
      expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 409]);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(statuses[0] === 204 ? SECRET : NEXT);
    });

    test('is replaced only with the password', async () => {
      await ask('PUT', '/v1/account/secret', { ...SECRET, ifAbsent: true });
      const replace = async (rest: object) => (await ask('PUT', '/v1/account/secret', { ...NEXT, ...rest })).status;
      expect(await replace({})).toBe(400);
      expect(await replace({ ifAbsent: true, currentPassword: TEST_PASSWORD })).toBe(400);
      expect(await replace({ currentPassword: 'not the password' })).toBe(403);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(SECRET);
      expect(await replace({ currentPassword: TEST_PASSWORD })).toBe(204);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(NEXT);
    });

    test('changes together with the password, or not at all', async () => {
      await ask('PUT', '/v1/account/secret', { ...SECRET, ifAbsent: true });
      const change = (current: string) =>
        ask('POST', '/v1/account/password', { current, next: 'a new password', secret: NEXT });
      expect((await change('not the password')).status).toBe(403);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(SECRET);
      expect((await change(TEST_PASSWORD)).status).toBe(204);
      expect(await json(ask('GET', '/v1/account/secret'))).toEqual(NEXT);
    });

    test.each([
      ['a short salt', { salt: base64(15, 1) }],
      ['a long salt', { salt: base64(65, 1) }],
      ['what is no base64', { salt: 'not base64!' }],
      ['no iterations', { iterations: 0 }],
      ['half an iteration', { iterations: 1.5 }],
      ['nothing in it', { wrapped: '' }],
      ['too much in it', { wrapped: base64(1_025, 1) }],
    ])('is refused with %s', async (_, change) => {
      const response = await ask('PUT', '/v1/account/secret', { ...SECRET, ...change, ifAbsent: true });
      expect(response.status).toBe(400);
    });

    test('is nobody else’s', async () => {
      await ask('PUT', '/v1/account/secret', { ...SECRET, ifAbsent: true });
      const bob = await home.signedIn('Bob');
      expect((await home.as(bob)('GET', '/v1/account/secret')).status).toBe(404);
    });
  });

  describe('its devices', () => {
    const list = async () => {
      const { devices } = (await json(ask('GET', '/v1/devices'))) as { devices: { id: string }[] };
      return devices;
    };

    test('are listed with the replicas that synced there, the last one first', async () => {
      home.advance(60_000);
      const phone = await home.signIn(ann.user.email, TEST_PASSWORD, { name: 'Phone', platform: 'web' });
      await database.query(
        `INSERT INTO auth.sites (workspace_id, site_id, user_id, device_id)
         SELECT id, $2, $1, $3 FROM auth.workspaces WHERE owner_id = $1`,
        [ann.user.id, Buffer.alloc(16, 0xab), ann.device.id],
      );
      const at = new Date(home.clock.now()).toISOString();
      const earlier = new Date(home.clock.now() - 60_000).toISOString();
      const [{ id: workspaceId }] = (await database.query('SELECT id FROM auth.workspaces WHERE owner_id = $1', [
        ann.user.id,
      ])) as [{ id: string }];
      const common = { revokedAt: null };
      expect(await list()).toEqual([
        { ...phone.device, ...common, createdAt: at, lastSeenAt: at, isCurrent: false, sites: [] },
        {
          ...ann.device,
          ...common,
          createdAt: earlier,
          lastSeenAt: earlier,
          isCurrent: true,
          sites: [{ workspaceId, siteId: 'ab'.repeat(16) }],
        },
      ]);
    });

    test('are renamed', async () => {
      expect((await ask('PATCH', `/v1/devices/${ann.device.id}`, { name: ' Desk ' })).status).toBe(204);
      expect(await list()).toMatchObject([{ name: 'Desk' }]);
      expect((await ask('PATCH', `/v1/devices/${ann.device.id}`, { name: ' ' })).status).toBe(400);
    });

    test('are shut out: at once, and for good', async () => {
      const phone = await home.signIn(ann.user.email);
      home.told.length = 0;
      for (let time = 0; time < 2; time++) {
        expect((await ask('POST', `/v1/devices/${phone.device.id}/revoke`)).status).toBe(204);
      }
      expect(home.told).toContainEqual({ userId: ann.user.id });
      expect(await stillSignedIn(phone)).toBe(false);
      expect((await home.as(phone)('GET', '/v1/account')).status).toBe(401);
      expect(await stillSignedIn(ann)).toBe(true);
      const revoked = (await list()).find(({ id }) => id === phone.device.id);
      expect(revoked).toMatchObject({ revokedAt: new Date(home.clock.now()).toISOString() });
      const reasons = await database.query('SELECT end_reason AS reason FROM auth.sessions WHERE device_id = $1', [
        phone.device.id,
      ]);
      expect(reasons).toEqual([{ reason: 'revoked' }]);
      const events = await database.query(
        `SELECT kind FROM auth.audit_events WHERE user_id = $1 AND kind = 'device-revoked'`,
        [ann.user.id],
      );
      expect(events).toHaveLength(1);
    });

    test('of others look as if there were none', async () => {
      const bob = await home.signedIn('Bob');
      const others = await ask('POST', `/v1/devices/${bob.device.id}/revoke`);
      const none = await ask('POST', `/v1/devices/${crypto.randomUUID()}/revoke`);
      expect(others.status).toBe(404);
      expect(await others.text()).toBe(await none.text());
      expect((await ask('PATCH', `/v1/devices/${bob.device.id}`, { name: 'Mine' })).status).toBe(404);
      expect(await stillSignedIn(bob)).toBe(true);
      expect((await ask('POST', '/v1/devices/x/revoke')).status).toBe(400);
    });
  });
});
