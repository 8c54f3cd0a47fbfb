/** Which tokens are an account's, what they allow, and for how long after something has changed. */
import { ProtocolError } from '@tributary/sync/protocol';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signToken } from '../auth/sign-token.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { ACCESS_TOKEN_ISSUER, ACCESS_TOKEN_TYPE, AccessTokens } from './access-token.ts';
import { Standings } from './standing.ts';
import { TEST_SECRET, TestAccounts, type TestSignIn } from './testing/test-accounts.ts';

const OTHER_SECRET = 'another secret that is also long enough';

describeEachCloud('a token', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  let ann: TestSignIn;
  let workspaceId: string;
  beforeAll(async () => {
    database = await cloud.open();
    await TestAccounts.create(database);
  });
  beforeEach(async () => {
    home = new TestAccounts(database);
    ann = await home.signedIn();
    const [row] = await database.query<{ id: string }>('SELECT id FROM auth.workspaces WHERE owner_id = $1', [
      ann.user.id,
    ]);
    workspaceId = row!.id;
  });

  const identify = async (token = ann.accessToken) => home.accounts.authenticate(token);

  async function expectRefused(token: string, code = 'unauthenticated'): Promise<void> {
    const refusal = await identify(token).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(ProtocolError);
    expect(refusal).toMatchObject({ code });
    const response = await home.as({ accessToken: token })('GET', '/v1/account');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  }

  const setRole = (role: string) =>
    database.query('UPDATE auth.members SET role = $2 WHERE user_id = $1', [ann.user.id, role]);

  describe('of an account', () => {
    test('says who it is, where, until when, and what that person may do', async () => {
      const identity = await identify();
      expect(identity).toMatchObject({
        userId: ann.user.id,
        expiresAt: home.clock.now() + 600_000,
        workspaceIds: [workspaceId],
        signIn: { deviceId: ann.device.id, sessionId: decodeJwt(ann.accessToken)['sid'] },
      });
      expect([workspaceId, 'another', '__proto__'].map((id) => identity.roleIn(id))).toEqual([
        'owner',
        undefined,
        undefined,
      ]);
    });

    test('is good for ten minutes and a few seconds', async () => {
      home.advance(604_000);
      await identify();
      home.advance(2_000);
      await expectRefused(ann.accessToken);
    });

    test('may be of any of several secrets', async () => {
      const rotating = new TestAccounts(database, { secrets: [OTHER_SECRET, TEST_SECRET] });
      expect(await rotating.accounts.authenticate(ann.accessToken)).toMatchObject({ userId: ann.user.id });
    });
  });

  describe('is refused', () => {
    const forged = (
      change: Record<string, unknown> = {},
      { alg = 'HS256', typ = ACCESS_TOKEN_TYPE, secret = TEST_SECRET } = {},
    ) =>
      new SignJWT({ ...decodeJwt(ann.accessToken), ...change })
        .setProtectedHeader({ alg, typ })
        .sign(new TextEncoder().encode(secret));

    test('never for being made here: the one that the others are changed from is good', async () => {
      expect(await identify(await forged())).toMatchObject({ userId: ann.user.id });
    });

    test('when it is signed with another key', async () => {
      await expectRefused(await forged({}, { secret: OTHER_SECRET }));
    });

    test('when it is not signed at all (alg none)', async () => {
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: ACCESS_TOKEN_TYPE })).toString('base64url');
      const [, payload] = new UnsecuredJWT(decodeJwt(ann.accessToken)).encode().split('.');
      await expectRefused(`${header}.${payload}.`);
    });

    test.each(['HS384', 'HS512'])('when it chose its own algorithm, %s', async (alg) => {
      await expectRefused(await forged({}, { alg, secret: TEST_SECRET }));
    });

    test.each<[string, Record<string, unknown>]>([
      ['another issuer', { iss: 'https://login.example' }],
      ['no issuer', { iss: undefined }],
      ['no end', { exp: undefined }],
      ['an end that is past', { exp: 1 }],
      ['no session', { sid: undefined }],
      ['no device', { did: undefined }],
      ['a subject that is no account', { sub: 'ann' }],
    ])('with %s', async (_, change) => {
      await expectRefused(await forged(change));
    });

    test('when it is of another type: a token with workspaces, or whatever else that secret signs', async () => {
      for (const typ of ['JWT', 'at+jwt', '']) {
        const token = await forged({}, { typ });
        await expect(identify(token)).rejects.toThrow();
        expect((await home.as({ accessToken: token })('GET', '/v1/account')).status).toBe(401);
      }
    });

    test('when it says that it is an account’s, and is one with workspaces', async () => {
      const claims = { sub: ann.user.id, exp: home.clock.now() / 1000 + 60, workspaces: { '*': 'owner' } };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: ACCESS_TOKEN_TYPE })
        .setIssuer(ACCESS_TOKEN_ISSUER)
        .sign(new TextEncoder().encode(TEST_SECRET));
      await expectRefused(token);
    });

    test.each(['', 'a.b.c', 'garbage'])('when it is none: %j', async (token) => {
      await expect(identify(token)).rejects.toThrow();
    });
  });

  test('with workspaces, from the command line or another issuer, is good as before, and of no account', async () => {
    const token = await signToken({
      secret: TEST_SECRET,
      userId: 'robot',
      roles: { w1: 'editor' },
      lifetimeMs: 60_000,
      now: () => home.clock.now(),
    });
    const identity = await identify(token);
    expect(identity).toMatchObject({ userId: 'robot', workspaceIds: ['w1'] });
    expect(identity.signIn).toBeUndefined();
    for (const path of ['/v1/account', '/v1/devices', '/v1/account/secret']) {
      const response = await home.as({ accessToken: token })('GET', path);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'not_an_account' });
    }
  });

  describe('no longer holds', () => {
    test('when its device was shut out', async () => {
      await home.accounts.devices.revoke({ userId: ann.user.id, deviceId: ann.device.id });
      await expectRefused(ann.accessToken, 'device_revoked');
    });

    test('when its session was ended', async () => {
      await home.accounts.sessions.signOut(ann.refreshToken);
      await expectRefused(ann.accessToken, 'device_revoked');
    });

    test('when its session was cleared away', async () => {
      await database.query('DELETE FROM auth.sessions WHERE user_id = $1', [ann.user.id]);
      await expectRefused(ann.accessToken, 'device_revoked');
    });

    test('when its account was deleted', async () => {
      await database.query('DELETE FROM auth.users WHERE id = $1', [ann.user.id]);
      await expectRefused(ann.accessToken);
    });

    test('when session, device and account do not belong together', async () => {
      const { accessToken } = await home.signedIn('Bob');
      const { sid, did } = decodeJwt(accessToken);
      const tokens = new AccessTokens({ secrets: [TEST_SECRET], now: () => home.clock.now() });
      const own = decodeJwt(ann.accessToken);
      const pairs = [
        [sid, did],
        [sid, own['did']],
        [own['sid'], did],
      ] as [string, string][];
      for (const [sessionId, deviceId] of pairs) {
        const signed = await tokens.sign({ userId: ann.user.id, sessionId, deviceId });
        await expectRefused(signed.accessToken, 'device_revoked');
        await home.changes.tell({});
      }
    });
  });

  describe('what the account may do', () => {
    test('is asked anew when something is told, or after 30 seconds', async () => {
      expect((await identify()).roleIn(workspaceId)).toBe('owner');
      await setRole('editor');
      expect((await identify()).roleIn(workspaceId)).toBe('owner');
      await home.changes.tell({ userId: 'somebody else' });
      await home.changes.tell({ workspaceId: 'another' });
      expect((await identify()).roleIn(workspaceId)).toBe('owner');
      await home.changes.tell({ userId: ann.user.id, workspaceId });
      expect((await identify()).roleIn(workspaceId)).toBe('editor');
      await setRole('viewer');
      await home.changes.tell({ workspaceId });
      expect((await identify()).roleIn(workspaceId)).toBe('viewer');
      await setRole('editor');
      home.advance(30_000);
      expect((await identify()).roleIn(workspaceId)).toBe('editor');
    });

    test('is asked anew by again(), whatever is remembered', async () => {
      const identity = await identify();
      await setRole('viewer');
      expect((await identity.again!()).roleIn(workspaceId)).toBe('viewer');
      expect((await identify()).roleIn(workspaceId)).toBe('viewer');
      await database.query('DELETE FROM auth.members WHERE user_id = $1', [ann.user.id]);
      const without = await identity.again!();
      expect([without.workspaceIds, without.roleIn(workspaceId)]).toEqual([[], undefined]);
      await database.query('UPDATE auth.devices SET revoked_at = now() WHERE id = $1', [ann.device.id]);
      await expect(without.again!()).rejects.toMatchObject({ code: 'device_revoked' });
    });

    test('that was asked before a change is not remembered after it', async () => {
      const find = home.store.find.bind(home.store);
      home.store.find = (async (...args: Parameters<typeof find>) => {
        const row = await find(...args);
        await setRole('viewer');
        await home.changes.tell({ userId: ann.user.id });
        return row;
      }) as typeof home.store.find;
      expect((await identify()).roleIn(workspaceId)).toBe('owner');
      home.store.find = find;
      expect((await identify()).roleIn(workspaceId)).toBe('viewer');
    });

    test('counts as it was last known while PostgreSQL is away', async () => {
      await identify();
      home.isAway = true;
      home.advance(300_000);
      const identity = await identify();
      expect(identity.roleIn(workspaceId)).toBe('owner');
      expect((await identity.again!()).roleIn(workspaceId)).toBe('owner');
    });

    test('cannot be said of somebody unknown while PostgreSQL is away', async () => {
      home.isAway = true;
      await expect(identify()).rejects.toMatchObject({
        code: 'internal',
        message: 'accounts cannot be asked right now',
      });
      const response = await home.as(ann)('GET', '/v1/account');
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: 'accounts_unavailable' });
      home.isAway = false;
      await identify();
    });

    test('is remembered of so many sessions only', async () => {
      const { store, changes } = home;
      const standings = new Standings({ store, changes, uptimeMs: () => 0, maxKept: 3 });
      for (let session = 0; session < 10; session++) {
        await standings.of({ userId: ann.user.id, sessionId: crypto.randomUUID(), deviceId: ann.device.id });
      }
      expect(standings.size).toBe(3);
    });
  });
});
