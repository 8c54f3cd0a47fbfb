import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { AccountDeletion } from '../../accounts/erasure/account-deletion.ts';
import { listErasures } from '../../accounts/erasure/erasures.ts';
import { TEST_PASSWORD, TestAccounts, type TestSignIn } from '../../accounts/testing/test-accounts.ts';
import { describeEachCloud } from '../../cloud/testing/describe-each-cloud.ts';
import { ApiError } from '../../errors.ts';
import { addDeletionRoutes } from './deletion-routes.ts';
import { signedIn } from './signed-in.ts';

type Roles = Readonly<Record<string, 'owner' | 'editor' | 'viewer'>>;

describeEachCloud('deleting an account', (cloud) => {
  let accounts: TestAccounts;
  let erasures = 0;
  let beforeDelete: (userId: string) => Promise<void> = async () => undefined;

  beforeAll(async () => {
    accounts = await TestAccounts.create(await cloud.open());
    const { api, store, changes, clock } = accounts;
    const { authenticate, confirmation } = accounts.accounts;
    const now = () => clock.now();
    addDeletionRoutes(api, {
      signedIn: signedIn({ authenticate, now, uptimeMs: () => clock.uptimeMs(), toleranceMs: 5_000 }),
      deletion: new AccountDeletion({
        store,
        changes,
        confirmation,
        beforeDelete: (userId) => beforeDelete(userId),
        onErasure: () => erasures++,
      }),
      web: {},
    });
  });

  async function workspace(name: string, payer: TestSignIn, roles: Roles = {}): Promise<string> {
    const id = randomUUID();
    const { database } = accounts;
    await database.query('INSERT INTO auth.workspaces (id, name, owner_id) VALUES ($1, $2, $3)', [
      id,
      name,
      payer.user.id,
    ]);
    for (const [userId, role] of Object.entries({ [payer.user.id]: 'owner', ...roles })) {
      await database.query('INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)', [
        id,
        userId,
        role,
      ]);
    }
    return id;
  }

  const remove = (person: TestSignIn, password: string | undefined = TEST_PASSWORD, email = person.user.email) =>
    accounts.as(person)('POST', '/v1/account/deletion', { email, ...(password !== '' && { password }) });

  async function codeOf(response: Response): Promise<unknown> {
    return ((await response.json()) as { code: string }).code;
  }

  async function erasuresOf(workspaceIds: readonly string[]) {
    const all = await listErasures(accounts.store);
    return all.filter(({ workspaceId }) => workspaceIds.includes(workspaceId));
  }

  test('is forecast: what goes for everybody, what lives on, and who pays for it then', async () => {
    const [ann, bob, eve] = [
      await accounts.signedIn('Ann'),
      await accounts.signedIn('Bob'),
      await accounts.signedIn('Eve'),
    ];
    const shared = await workspace('Shared', ann, { [bob.user.id]: 'editor' });
    const handed = await workspace('Handed', ann, { [eve.user.id]: 'owner', [bob.user.id]: 'editor' });
    const visited = await workspace('Visited', bob, { [ann.user.id]: 'viewer' });
    const answer = await accounts.as(ann)('GET', '/v1/account/deletion');
    const { needs, deleted, left } = (await answer.json()) as Record<string, { id: string }[]>;
    expect(needs).toBe('password');
    expect(deleted).toContainEqual({
      id: shared,
      name: 'Shared',
      otherMembers: [{ id: bob.user.id, name: 'Bob', role: 'editor' }],
    });
    expect(left).toEqual([
      { id: handed, name: 'Handed', newPayer: { id: eve.user.id, name: 'Eve' } },
      { id: visited, name: 'Visited' },
    ]);
    expect((await accounts.as(ann)('GET', '/v1/account')).status).toBe(200);
  });

  test('leaves nothing of it in any table, tells the relay, and puts the rest on the list', async () => {
    const [ann, bob] = [await accounts.signedIn('Ann'), await accounts.signedIn('Bob')];
    const own = await workspace('Own', ann);
    const handed = await workspace('Handed', ann, { [bob.user.id]: 'owner' });
    const left = await workspace('Left', bob);
    await accounts.database.query(
      'INSERT INTO auth.sites (workspace_id, site_id, user_id, device_id) VALUES ($1, $2, $3, $4)',
      [left, new Uint8Array(16).fill(7), ann.user.id, ann.device.id],
    );
    const before = erasures;
    accounts.told.length = 0;
    expect((await remove(ann)).status).toBe(204);

    expect(erasures).toBe(before + 1);
    expect(accounts.told).toEqual(expect.arrayContaining([{ userId: ann.user.id }, { workspaceId: own }]));
    expect(await tablesWith(ann.user.id)).toEqual(['auth.erasures']);
    expect(await tablesWith(ann.user.email)).toEqual([]);
    const [payer] = await accounts.database.query('SELECT owner_id FROM auth.workspaces WHERE id = $1', [handed]);
    expect(payer).toEqual({ owner_id: bob.user.id });
    const queued = await erasuresOf([own, handed, left]);
    expect(new Map(queued.map(({ workspaceId, memberId }) => [workspaceId, memberId]))).toEqual(
      new Map([
        [own, undefined],
        [handed, ann.user.id],
        [left, ann.user.id],
      ]),
    );
    expect(await codeOf(await accounts.as(ann)('GET', '/v1/account'))).toBe('unauthenticated');
    expect(await codeOf(await accounts.post('/v1/auth/refresh', { refreshToken: ann.refreshToken }))).toBe(
      'session_ended',
    );
  });

  test.each([
    ['a wrong password', 'wrong', undefined, 'wrong_password'],
    ['no password', '', undefined, 'wrong_password'],
    ['another e-mail', TEST_PASSWORD, 'other@example.com', 'request_invalid'],
  ])('is refused with %s', async (_, password, email, code) => {
    const ann = await accounts.signedIn('Ann');
    expect(await codeOf(await remove(ann, password, email ?? ann.user.email))).toBe(code);
    expect((await accounts.as(ann)('GET', '/v1/account')).status).toBe(200);
  });

  test('without a password needs a sign-in of the last ten minutes', async () => {
    const ann = await accounts.signedIn('Ann');
    await accounts.database.query(
      'UPDATE auth.users SET password_hash = NULL, password_changed_at = NULL WHERE id = $1',
      [ann.user.id],
    );
    const age = (minutes: number) =>
      accounts.database.query('UPDATE auth.sessions SET created_at = $2 WHERE user_id = $1', [
        ann.user.id,
        new Date(accounts.clock.now() - minutes * 60_000),
      ]);
    await age(11);
    expect(await codeOf(await remove(ann, ''))).toBe('wrong_password');
    await age(9);
    expect((await remove(ann, '')).status).toBe(204);
  });

  describe('the payment provider', () => {
    test('is asked first, and what it refuses is not done', async () => {
      const ann = await accounts.signedIn('Ann');
      beforeDelete = () => Promise.reject(new ApiError('billing_unavailable', 'no answer'));
      expect(await codeOf(await remove(ann))).toBe('billing_unavailable');
      expect((await accounts.as(ann)('GET', '/v1/account')).status).toBe(200);
      const asked: string[] = [];
      beforeDelete = async (userId) => void asked.push(userId);
      expect((await remove(ann)).status).toBe(204);
      expect(asked).toEqual([ann.user.id]);
    });
  });

  async function tablesWith(text: string): Promise<string[]> {
    const { database } = accounts;
    const tables = await database.query<{ name: string }>(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_schema IN ('auth', 'billing') AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const [row] = await database.query<{ n: bigint }>(
        `SELECT count(*) AS n FROM ${name} t WHERE position($1 IN t::text) > 0`,
        [text],
      );
      if (row?.n !== 0n) found.push(name);
    }
    return found;
  }
});
