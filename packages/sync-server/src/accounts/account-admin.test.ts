/** Accounts from the side of whoever runs the server. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { TEST_PASSWORD, TestAccounts, type TestAccountsOptions } from './testing/test-accounts.ts';

const DAY_MS = 24 * 60 * 60_000;

describeEachCloud('whoever runs the server', (cloud) => {
  let database: CloudDatabase;
  let home: TestAccounts;
  beforeAll(async () => {
    database = await cloud.open();
    await TestAccounts.create(database);
  });
  beforeEach(() => {
    home = fresh();
  });

  const fresh = (options?: TestAccountsOptions) => new TestAccounts(database, options);

  const kinds = async (userId: string) => {
    const rows = await database.query<{ kind: string }>('SELECT kind FROM auth.audit_events WHERE user_id = $1', [
      userId,
    ]);
    return rows.map(({ kind }) => kind);
  };

  describe('an admin', () => {
    test('adds somebody, although signing up is closed', async () => {
      const closed = fresh({ signup: 'closed' });
      const user = await closed.accounts.admin.addUser({
        email: 'Eve@Example.com',
        name: 'Eve',
        password: TEST_PASSWORD,
      });
      expect(user).toMatchObject({ email: 'eve@example.com', name: 'Eve' });
      expect((await closed.signIn('eve@example.com')).user).toEqual(user);
      await expect(closed.accounts.admin.addUser({ email: 'eve@example.com' })).rejects.toMatchObject({
        code: 'conflict',
      });
      await expect(closed.accounts.admin.addUser({ email: 'eve' })).rejects.toMatchObject({ code: 'request_invalid' });
    });

    test('sets a password, which signs everybody out', async () => {
      const { email, id } = await home.person();
      const signedIn = await home.signIn(email);
      home.told.length = 0;
      await home.accounts.admin.setPassword(email, 'a new password');
      expect(home.told).toEqual([{ userId: id }]);
      expect((await home.post('/v1/auth/refresh', { refreshToken: signedIn.refreshToken })).status).toBe(401);
      await home.signIn(email, 'a new password');
      await expect(home.accounts.admin.setPassword('x@example.com', 'a new password')).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('sees who there is', async () => {
      const { email, id } = await home.person('Zoe');
      const listed = async () => (await home.accounts.admin.listUsers()).find((user) => user.id === id);
      expect(await listed()).toMatchObject({ email, name: 'Zoe', hasPassword: true, devices: 0, lastSeenAt: null });
      await home.signIn(email);
      expect(await listed()).toMatchObject({ devices: 1, lastSeenAt: new Date(home.clock.now()) });
    });
  });

  test('a session that is long over is cleared away, with the events that are old', async () => {
    const { user } = await home.signedIn();
    const [other, stays] = [await home.signIn(user.email), await home.signIn(user.email)];
    await home.post('/v1/auth/logout', { refreshToken: other.refreshToken });
    const count = async () => {
      const [row] = await database.query<{ sessions: number }>(
        'SELECT count(*)::int AS sessions FROM auth.sessions WHERE user_id = $1',
        [user.id],
      );
      return row!.sessions;
    };
    await database.query(
      `INSERT INTO auth.audit_events (id, kind, user_id, at) VALUES
         (gen_random_uuid(), 'old', $1, $2), (gen_random_uuid(), 'kept', $1, $3)`,
      [user.id, new Date(home.clock.now() - 340 * DAY_MS), new Date(home.clock.now() - 100 * DAY_MS)],
    );
    home.advance(29 * DAY_MS);
    await home.accounts.upkeep.prune();
    expect(await count()).toBe(3);
    home.advance(2 * DAY_MS);
    await home.accounts.upkeep.prune();
    expect(await count()).toBe(2);
    expect(await kinds(user.id)).toContain('kept');
    expect(await kinds(user.id)).not.toContain('old');
    expect((await home.post('/v1/auth/refresh', { refreshToken: stays.refreshToken })).status).toBe(200);
  });

  test('upkeep comes back every hour until it is stopped', async () => {
    const { upkeep } = home.accounts;
    const runs: Promise<unknown>[] = [];
    const query = home.store.query.bind(home.store);
    home.store.query = ((...args: Parameters<typeof query>) => {
      const asked = query(...args);
      runs.push(asked);
      return asked;
    }) as typeof home.store.query;
    upkeep.start();
    home.advance(0);
    await expect.poll(() => home.clock.timerCount).toBe(1);
    expect(runs).toHaveLength(2);
    home.advance(60 * 60_000);
    await expect.poll(() => home.clock.timerCount).toBe(1);
    expect(runs).toHaveLength(4);
    upkeep.stop();
    expect(home.clock.timerCount).toBe(0);
  });
});
