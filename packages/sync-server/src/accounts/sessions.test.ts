/** Staying signed in: what becomes of refresh tokens that are shown once, twice, late, or by somebody else. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeCloud, describeEachCloud } from '../cloud/testing/index.ts';
import { readRefreshToken, RefreshTokens } from './refresh-token.ts';
import { TEST_SECRET, TestAccounts, type TestSignIn } from './testing/test-accounts.ts';

const OTHER_SECRET = 'another secret that is also long enough';
const DAY_MS = 24 * 60 * 60_000;

describeEachCloud('a session', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  let ann: TestSignIn;
  beforeAll(async () => {
    database = await cloud.open();
    await TestAccounts.create(database);
  });
  beforeEach(async () => {
    home = new TestAccounts(database);
    ann = await home.signedIn();
  });

  const show = (refreshToken: string, where = home) => where.post('/v1/auth/refresh', { refreshToken });

  async function refreshed(refreshToken: string, where = home): Promise<TestSignIn> {
    const response = await show(refreshToken, where);
    expect(response.status).toBe(200);
    return (await response.json()) as TestSignIn;
  }

  async function expectEnded(refreshToken: string, where = home): Promise<void> {
    const response = await show(refreshToken, where);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'session_ended', detail: 'sign in again' });
  }

  const stored = async () => {
    const rows = await database.query<{ generation: number; reason: string | null; expires: Date }>(
      'SELECT generation, end_reason AS reason, expires_at AS expires FROM auth.sessions WHERE user_id = $1',
      [ann.user.id],
    );
    return rows;
  };

  const kinds = async () => {
    const rows = await database.query<{ kind: string }>('SELECT kind FROM auth.audit_events WHERE user_id = $1', [
      ann.user.id,
    ]);
    return rows.map(({ kind }) => kind);
  };

  test('goes on with a new refresh token each time', async () => {
    const seen = [ann.refreshToken];
    for (let round = 0; round < 3; round++) {
      home.advance(60_000);
      const next = await refreshed(seen.at(-1)!);
      expect(seen).not.toContain(next.refreshToken);
      expect(next).toMatchObject({
        user: ann.user,
        device: ann.device,
        expiresAt: new Date(home.clock.now() + 600_000).toISOString(),
      });
      expect((await home.as(next)('GET', '/v1/account')).status).toBe(200);
      seen.push(next.refreshToken);
    }
    expect(await stored()).toMatchObject([{ generation: 4, reason: null }]);
  });

  test('has nothing in the database that a refresh token could be made from without the secret', async () => {
    const [row] = await database.query<{ seed: Uint8Array; id: string }>(
      'SELECT id, seed FROM auth.sessions WHERE user_id = $1',
      [ann.user.id],
    );
    const claim = { sessionId: row!.id, generation: 1 };
    expect(new RefreshTokens([TEST_SECRET]).sign(claim, row!.seed)).toBe(ann.refreshToken);
    await expectEnded(new RefreshTokens([OTHER_SECRET]).sign(claim, row!.seed));
    await refreshed(ann.refreshToken);
  });

  describe('a token that is shown again', () => {
    test('within 30 seconds gives the newest once more: an answer was lost', async () => {
      const { refreshToken } = await refreshed(ann.refreshToken);
      home.advance(30_000);
      expect((await refreshed(ann.refreshToken)).refreshToken).toBe(refreshToken);
      expect(await stored()).toMatchObject([{ generation: 2, reason: null }]);
      await refreshed(refreshToken);
    });

    test('later ends the session for whoever has it', async () => {
      const { refreshToken, accessToken } = await refreshed(ann.refreshToken);
      home.advance(30_001);
      home.told.length = 0;
      await expectEnded(ann.refreshToken);
      expect(home.told).toEqual([{ userId: ann.user.id }]);
      await expectEnded(refreshToken);
      expect((await home.as({ accessToken })('GET', '/v1/account')).status).toBe(401);
      expect(await stored()).toMatchObject([{ generation: 2, reason: 'reused' }]);
      expect(await kinds()).toContain('refresh-reused');
    });

    test('at once ends the session too, when it is older than the one before the newest', async () => {
      const second = await refreshed(ann.refreshToken);
      const third = await refreshed(second.refreshToken);
      await expectEnded(ann.refreshToken);
      await expectEnded(third.refreshToken);
      expect(await stored()).toMatchObject([{ generation: 3, reason: 'reused' }]);
    });

    test('ends no other session of the account', async () => {
      const elsewhere = await home.signIn(ann.user.email);
      await refreshed(ann.refreshToken);
      home.advance(31_000);
      await expectEnded(ann.refreshToken);
      await refreshed(elsewhere.refreshToken);
    });
  });

  test('that fifty tabs refresh at once is rotated once, and all get the same newest token', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => refreshed(ann.refreshToken)));
    const tokens = new Set(answers.map(({ refreshToken }) => refreshToken));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(ann.refreshToken);
    expect(await stored()).toMatchObject([{ generation: 2, reason: null }]);
    await refreshed([...tokens][0]!);
  });

  test('ends by itself when nobody has used it for 60 days, and every use puts that off', async () => {
    home.advance(59 * DAY_MS);
    const { refreshToken } = await refreshed(ann.refreshToken);
    home.advance(59 * DAY_MS);
    const last = await refreshed(refreshToken);
    expect((await stored())[0]!.expires).toEqual(new Date(home.clock.now() + 60 * DAY_MS));
    home.advance(60 * DAY_MS);
    await expectEnded(last.refreshToken);
  });

  test.each(['', 'x', 'a'.repeat(70), 'a.b.c'])('is not to be had with %j', async (text) => {
    await expectEnded(text);
  });

  test('outlives a change of the secret while the old one still verifies', async () => {
    const rotating = new TestAccounts(database, { secrets: [OTHER_SECRET, TEST_SECRET] });
    const next = await refreshed(ann.refreshToken, rotating);
    const rotated = new TestAccounts(database, { secrets: [OTHER_SECRET] });
    expect((await rotated.as(next)('GET', '/v1/account')).status).toBe(200);
    await refreshed(next.refreshToken, rotated);
    await expectEnded(ann.refreshToken, rotated);
  });

  test('goes on where a database was restored that knows of fewer tokens', async () => {
    const second = await refreshed(ann.refreshToken);
    const third = await refreshed(second.refreshToken);
    await database.query('UPDATE auth.sessions SET generation = 1 WHERE user_id = $1', [ann.user.id]);
    await refreshed(third.refreshToken);
    expect(await stored()).toMatchObject([{ generation: 4, reason: null }]);
  });

  test('tells when its device was last heard of, to the hour', async () => {
    const lastSeen = async () => {
      const rows = await database.query<{ at: Date }>(
        'SELECT last_seen_at AS at FROM auth.devices WHERE user_id = $1',
        [ann.user.id],
      );
      return rows[0]!.at.getTime() - home.clock.now();
    };
    home.advance(59 * 60_000);
    const { refreshToken } = await refreshed(ann.refreshToken);
    expect(await lastSeen()).toBe(-59 * 60_000);
    home.advance(60_000);
    await refreshed(refreshToken);
    expect(await lastSeen()).toBe(0);
  });

  describe('is ended', () => {
    test('by signing out, with any of its refresh tokens, and only once', async () => {
      const { refreshToken, accessToken } = await refreshed(ann.refreshToken);
      home.told.length = 0;
      for (let time = 0; time < 2; time++) {
        const response = await home.post('/v1/auth/logout', { refreshToken: ann.refreshToken });
        expect(response.status).toBe(204);
      }
      expect(home.told).toEqual([{ userId: ann.user.id }]);
      await expectEnded(refreshToken);
      expect((await home.as({ accessToken })('GET', '/v1/account')).status).toBe(401);
      expect(await stored()).toMatchObject([{ reason: 'signed-out' }]);
    });

    test('not by somebody who has no token of it', async () => {
      const [row] = await database.query<{ id: string }>('SELECT id FROM auth.sessions WHERE user_id = $1', [
        ann.user.id,
      ]);
      const forged = new RefreshTokens([OTHER_SECRET]).sign({ sessionId: row!.id, generation: 1 }, new Uint8Array(32));
      expect((await home.post('/v1/auth/logout', { refreshToken: forged })).status).toBe(204);
      await refreshed(ann.refreshToken);
    });

    test('by signing out everywhere, with all others', async () => {
      const elsewhere = await home.signIn(ann.user.email);
      expect((await home.as(ann)('POST', '/v1/auth/logout-everywhere')).status).toBe(204);
      await expectEnded(ann.refreshToken);
      await expectEnded(elsewhere.refreshToken);
      expect(await kinds()).toContain('signed-out-everywhere');
    });

    test('with its account', async () => {
      await database.query('DELETE FROM auth.users WHERE id = $1', [ann.user.id]);
      await expectEnded(ann.refreshToken);
    });
  });

  describe('in a browser', () => {
    const PAGE = { Origin: 'http://localhost' };
    const cookieOf = (response: Response) => /tributary_refresh=([^;]*)/.exec(response.headers.get('Set-Cookie')!)![1]!;
    const withCookie = (path: string, token: string, headers: object = PAGE) =>
      home.post(path, undefined, { Cookie: `tributary_refresh=${token}`, ...headers });

    test('goes on with the cookie, and says nothing of it to scripts', async () => {
      const response = await withCookie('/v1/auth/refresh', ann.refreshToken);
      expect(response.status).toBe(200);
      expect(await response.json()).not.toHaveProperty('refreshToken');
      const next = cookieOf(response);
      expect(next).not.toBe(ann.refreshToken);
      expect((await withCookie('/v1/auth/refresh', next)).status).toBe(200);
    });

    test.each([
      ['another site', { Origin: 'https://evil.example' }],
      ['a neighbour on the same site', { Origin: 'http://evil.localhost' }],
      ['somebody who does not say', {}],
      ['a sandbox', { Origin: 'null' }],
    ])('is of no use to %s', async (_, headers) => {
      for (const path of ['/v1/auth/refresh', '/v1/auth/logout']) {
        const response = await withCookie(path, ann.refreshToken, headers);
        expect(response.status).toBe(403);
        expect(response.headers.get('Set-Cookie')).toBeNull();
      }
      expect(await stored()).toMatchObject([{ generation: 1, reason: null }]);
    });

    test('may be of a page of an allowed origin, which * does not make every origin', async () => {
      const headers = { Origin: 'https://app.example', Cookie: `tributary_refresh=${ann.refreshToken}` };
      const allowing = (...allowedOrigins: string[]) => new TestAccounts(database, { web: { allowedOrigins } });
      expect((await allowing('*').post('/v1/auth/refresh', undefined, headers)).status).toBe(403);
      expect((await allowing('https://app.example').post('/v1/auth/refresh', undefined, headers)).status).toBe(200);
    });

    test('is ended by signing out, and the cookie goes', async () => {
      const response = await withCookie('/v1/auth/logout', ann.refreshToken);
      expect(response.status).toBe(204);
      expect(response.headers.get('Set-Cookie')).toBe('tributary_refresh=; Max-Age=0; Path=/v1/auth');
      await expectEnded(ann.refreshToken);
    });
  });

  describe('while PostgreSQL is away', () => {
    test('goes on without a new refresh token, and is rotated afterwards', async () => {
      const { refreshToken } = await refreshed(ann.refreshToken);
      home.isAway = true;
      home.advance(31_000);
      for (const token of [ann.refreshToken, refreshToken]) {
        const answer = await refreshed(token);
        expect(answer).toMatchObject({ refreshToken, user: ann.user });
        expect(answer.expiresAt).toBe(new Date(home.clock.now() + 600_000).toISOString());
      }
      home.isAway = false;
      expect((await refreshed(refreshToken)).refreshToken).not.toBe(refreshToken);
      expect(await stored()).toMatchObject([{ generation: 3, reason: null }]);
    });

    test('is not known where nobody has refreshed it, or it was ended, or the token is forged or too old', async () => {
      home.isAway = true;
      expect((await show(ann.refreshToken)).status).toBe(503);
      home.isAway = false;
      const second = await refreshed(ann.refreshToken);
      const third = await refreshed(second.refreshToken);
      home.isAway = true;
      await expectEnded(ann.refreshToken);
      const { sessionId } = readRefreshToken(ann.refreshToken)!;
      const forged = new RefreshTokens([OTHER_SECRET]).sign({ sessionId, generation: 3 }, new Uint8Array(32));
      expect((await show(forged)).status).toBe(503);
      await refreshed(third.refreshToken);
      home.isAway = false;
      await home.post('/v1/auth/logout', { refreshToken: third.refreshToken });
      home.isAway = true;
      expect((await show(third.refreshToken)).status).toBe(503);
    });
  });
});

describeCloud('postgres', 'a session', (cloud) => {
  test('is not set back by a refresh that was overtaken', async () => {
    const database = await cloud.open();
    const home = await TestAccounts.create(database);
    const { refreshToken } = await home.signedIn();
    let release: (() => void) | undefined;
    const overtaking = database.transaction(async (queries) => {
      await queries.query('UPDATE auth.sessions SET generation = 3');
      await new Promise<void>((resolve) => (release = resolve));
    });
    await expect.poll(() => release).toBeDefined();
    const overtaken = home.post('/v1/auth/refresh', { refreshToken });
    const waiting = () =>
      database.query(
        `SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
    await expect.poll(waiting).toHaveLength(1);
    release!();
    await overtaking;
    expect((await overtaken).status).toBe(401);
    const sessions = await database.query('SELECT generation, end_reason AS reason FROM auth.sessions');
    expect(sessions).toEqual([{ generation: 3, reason: 'reused' }]);
  });
});
