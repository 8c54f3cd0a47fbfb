import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { Throttle } from '../../accounts/throttle.ts';
import { Invitations } from '../../accounts/workspaces/invitations.ts';
import { TestMembers } from '../../accounts/workspaces/testing/test-members.ts';
import { describeEachCloud } from '../../cloud/testing/describe-each-cloud.ts';
import { addInvitationRoutes } from './invitation-routes.ts';

const DAY_MS = 86_400_000;

describeEachCloud('invitations', (cloud) => {
  let accounts: TestMembers;
  let [ann, bob] = ['', ''];
  let workspaceId = '';
  let address = 0;

  beforeAll(async () => {
    accounts = await TestMembers.open(cloud);
    const { api, store, changes, clock, signedIn } = accounts;
    addInvitationRoutes(api, {
      signedIn,
      invitations: new Invitations({ store, changes, clock }),
      throttle: new Throttle({ uptimeMs: () => clock.uptimeMs(), rates: { asking: { perSecond: 1, burst: 30 } } }),
      web: { trustedProxies: 1 },
    });
  });

  beforeEach(async () => {
    [ann, bob] = [await accounts.addUser('Ann'), await accounts.addUser('Bob')];
    workspaceId = `w-${ann}`;
    address++;
    const { database } = accounts;
    await database.query(`INSERT INTO auth.workspaces (id, name, owner_id) VALUES ($1, 'Home', $2)`, [
      workspaceId,
      ann,
    ]);
    await join(ann, 'owner');
    accounts.told.length = 0;
  });

  const call: TestMembers['call'] = (...args) => accounts.call(...args);
  const path = () => `/v1/workspaces/${workspaceId}/invitations`;
  const from = () => ({ 'X-Forwarded-For': `192.0.2.${address}` });
  const look = (token: string) => call(undefined, 'POST', '/v1/invitations/look', { token }, from());
  const accept = (userId: string, token: string) => call(userId, 'POST', '/v1/invitations/accept', { token });

  async function join(userId: string, role: string): Promise<void> {
    await accounts.database.query('INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)', [
      workspaceId,
      userId,
      role,
    ]);
  }

  async function link(body: object = { role: 'editor' }): Promise<string> {
    const { status, json } = await call(ann, 'POST', path(), body);
    expect(status).toBe(201);
    return json.token;
  }

  async function members(): Promise<Record<string, string>> {
    const rows = await accounts.database.query<{ name: string; role: string }>(
      'SELECT name, role FROM auth.members JOIN auth.users u ON u.id = user_id WHERE workspace_id = $1',
      [workspaceId],
    );
    return Object.fromEntries(rows.map(({ name, role }) => [name, role]));
  }

  test('a link says where it leads, and to whoever follows it a role is given', async () => {
    const token = await link({ role: 'viewer' });
    const looked = await look(token);
    expect(looked.json).toEqual({ workspaceName: 'Home', role: 'viewer', inviterName: 'Ann' });
    expect(looked.headers.get('Cache-Control')).toBe('private, no-store');
    expect((await accept(bob, token)).json).toEqual({ workspaceId, role: 'viewer' });
    expect(await members()).toEqual({ Ann: 'owner', Bob: 'viewer' });
    expect(accounts.told).toEqual([{ userId: bob, workspaceId }]);
  });

  test('what it carries is kept as a hash alone', async () => {
    const token = await link();
    expect(token).toMatch(/^[\w-]{43}$/);
    const [row] = await accounts.database.query<{ token_hash: Uint8Array; text: string }>(
      'SELECT token_hash, i::text AS text FROM auth.invitations i WHERE workspace_id = $1',
      [workspaceId],
    );
    expect(Buffer.from(row!.token_hash)).toEqual(createHash('sha256').update(token).digest());
    expect(row!.text).not.toContain(token);
  });

  test('it is good for one person and a week, unless it is said otherwise', async () => {
    await link();
    const { json } = await call(ann, 'GET', path());
    expect(json.invitations).toMatchObject([{ role: 'editor', usesLeft: 1, createdBy: { id: ann, name: 'Ann' } }]);
    expect(Date.parse(json.invitations[0].expiresAt)).toBe(accounts.clock.now() + 7 * DAY_MS);
  });

  test.each([{ days: 31 }, { days: 0 }, { uses: 101 }, { uses: 0 }, { role: 'admin' }, { until: 'always' }])(
    'none is made with %j',
    async (wrong) => {
      const { code } = await call(ann, 'POST', path(), { role: 'editor', ...wrong });
      expect(code).toBe('request_invalid');
    },
  );

  test('after its time it is no good', async () => {
    const token = await link({ role: 'editor', days: 1 });
    accounts.clock.advanceToNext(DAY_MS - 1);
    expect((await look(token)).status).toBe(200);
    accounts.clock.advanceToNext(1);
    expect((await look(token)).code).toBe('invitation_invalid');
    expect((await accept(bob, token)).code).toBe('invitation_invalid');
    expect((await call(ann, 'GET', path())).json.invitations).toEqual([]);
  });

  test('one that was withdrawn, and one that never was, are answered alike', async () => {
    const token = await link();
    const { json } = await call(ann, 'GET', path());
    expect((await call(ann, 'DELETE', `${path()}/${json.invitations[0].id}`)).status).toBe(204);
    expect((await call(ann, 'DELETE', `${path()}/${json.invitations[0].id}`)).code).toBe('not_found');
    const never = 'A'.repeat(43);
    expect((await look(token)).json).toEqual((await look(never)).json);
    expect((await accept(bob, token)).json).toEqual((await accept(bob, never)).json);
    expect((await accept(bob, token)).code).toBe('invitation_invalid');
    expect(await members()).toEqual({ Ann: 'owner' });
  });

  test('fifty who follow a link for ten at once are ten members', async () => {
    const token = await link({ role: 'viewer', uses: 10 });
    const people = await Promise.all(Array.from({ length: 50 }, (_, index) => accounts.addUser(`P${index}`)));
    const answers = await Promise.all(people.map((userId) => accept(userId, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ code }) => code === 'invitation_invalid')).toHaveLength(40);
    expect(Object.keys(await members())).toHaveLength(11);
  });

  test('a member who follows it again gets the same answer, and uses up nothing', async () => {
    const token = await link({ role: 'viewer', uses: 2 });
    const first = await accept(bob, token);
    expect((await accept(bob, token)).json).toEqual(first.json);
    expect((await call(ann, 'GET', path())).json.invitations[0].usesLeft).toBe(1);
    await accept(await accounts.addUser('Eve'), token);
    expect((await accept(bob, token)).json).toEqual(first.json);
  });

  test('it never lowers a role, and raises one', async () => {
    const token = await link({ role: 'editor', uses: 5 });
    expect((await accept(ann, token)).json).toEqual({ workspaceId, role: 'owner' });
    await join(bob, 'viewer');
    expect((await accept(bob, token)).json).toEqual({ workspaceId, role: 'editor' });
    expect(await members()).toEqual({ Ann: 'owner', Bob: 'editor' });
    expect((await call(ann, 'GET', path())).json.invitations[0].usesLeft).toBe(4);
  });

  test('an editor neither makes nor sees nor withdraws links; a stranger finds no workspace', async () => {
    await link();
    const { id } = (await call(ann, 'GET', path())).json.invitations[0];
    const attempts = async () => [
      (await call(bob, 'POST', path(), { role: 'viewer' })).code,
      (await call(bob, 'GET', path())).code,
      (await call(bob, 'DELETE', `${path()}/${id}`)).code,
    ];
    expect(await attempts()).toEqual(['not_found', 'not_found', 'not_found']);
    await join(bob, 'editor');
    expect(await attempts()).toEqual(['forbidden', 'forbidden', 'forbidden']);
  });

  test('a link of another workspace cannot be withdrawn here', async () => {
    await link();
    const { id } = (await call(ann, 'GET', path())).json.invitations[0];
    const other = `other-${ann}`;
    await accounts.database.query(`INSERT INTO auth.workspaces (id, name, owner_id) VALUES ($1, 'B', $2)`, [
      other,
      bob,
    ]);
    await accounts.database.query(`INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, 'owner')`, [
      other,
      bob,
    ]);
    expect((await call(bob, 'DELETE', `/v1/workspaces/${other}/invitations/${id}`)).code).toBe('not_found');
    expect((await call(ann, 'GET', path())).json.invitations).toHaveLength(1);
  });

  test('from one address links are not looked at without end', async () => {
    const codes = new Set<string | undefined>();
    for (let i = 0; i < 40; i++) codes.add((await look('B'.repeat(43))).code);
    expect(codes).toEqual(new Set(['invitation_invalid', 'rate_limited']));
    address++;
    expect((await look('B'.repeat(43))).code).toBe('invitation_invalid');
  });

  test('nobody follows a link without an account', async () => {
    const token = await link();
    expect((await call(undefined, 'POST', '/v1/invitations/accept', { token })).code).toBe('unauthenticated');
  });
});
