import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Members } from '../../accounts/workspaces/members.ts';
import { TestMembers } from '../../accounts/workspaces/testing/test-members.ts';
import { Workspaces } from '../../accounts/workspaces/workspaces.ts';
import { describeEachCloud } from '../../cloud/testing/describe-each-cloud.ts';
import { addWorkspaceRoutes } from './workspace-routes.ts';

describeEachCloud('workspaces', (cloud) => {
  let accounts: TestMembers;
  let [ann, bob, eve] = ['', '', ''];
  let erasures = 0;

  beforeAll(async () => {
    accounts = await TestMembers.open(cloud);
    const { api, store, changes, signedIn } = accounts;
    addWorkspaceRoutes(api, {
      signedIn,
      workspaces: new Workspaces({ store, changes, onErasure: () => erasures++ }),
      members: new Members({ store, changes }),
    });
  });

  beforeEach(async () => {
    [ann, bob, eve] = [await accounts.addUser('Ann'), await accounts.addUser('Bob'), await accounts.addUser('Eve')];
  });

  const call: TestMembers['call'] = (...args) => accounts.call(...args);

  async function workspaceOf(owner: string, members: Record<string, 'owner' | 'editor' | 'viewer'> = {}) {
    const { status, json } = await call(owner, 'POST', '/v1/workspaces', { name: 'Home' });
    expect(status).toBe(201);
    for (const [userId, role] of Object.entries(members)) {
      await accounts.database.query('INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)', [
        json.id,
        userId,
        role,
      ]);
    }
    accounts.told.length = 0;
    return json.id as string;
  }

  async function invite(workspaceId: string, role: string, createdBy: string): Promise<void> {
    await accounts.database.query(
      `INSERT INTO auth.invitations (id, workspace_id, role, token_hash, created_by, expires_at, uses_left)
       VALUES (gen_random_uuid(), $1, $2, sha256(gen_random_uuid()::text::bytea), $3, now() + interval '1 day', 1)`,
      [workspaceId, role, createdBy],
    );
  }

  async function invitedRoles(workspaceId: string): Promise<string[]> {
    const rows = await accounts.database.query<{ role: string }>(
      'SELECT role FROM auth.invitations WHERE workspace_id = $1 ORDER BY role',
      [workspaceId],
    );
    return rows.map(({ role }) => role);
  }

  async function rolesIn(workspaceId: string): Promise<Record<string, string>> {
    const { json } = await call(ann, 'GET', `/v1/workspaces/${workspaceId}/members`);
    return Object.fromEntries(json.members.map((member: { name: string; role: string }) => [member.name, member.role]));
  }

  describe('a workspace', () => {
    test('is owned by whoever makes it, and nobody else sees it', async () => {
      const id = await workspaceOf(ann);
      const { json } = await call(ann, 'GET', '/v1/workspaces');
      const owner = { id: ann, name: 'Ann' };
      expect(json.workspaces).toEqual([
        { id, name: 'Home', role: 'owner', memberCount: 1, owner, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      ]);
      expect((await call(bob, 'GET', '/v1/workspaces')).json.workspaces).toEqual([]);
    });

    test('is renamed by an owner; an editor may not, and a stranger learns nothing', async () => {
      const id = await workspaceOf(ann, { [bob]: 'editor' });
      expect((await call(ann, 'PATCH', `/v1/workspaces/${id}`, { name: ' Garden ' })).status).toBe(204);
      expect((await call(bob, 'GET', '/v1/workspaces')).json.workspaces[0].name).toBe('Garden');
      expect((await call(bob, 'PATCH', `/v1/workspaces/${id}`, { name: 'x' })).code).toBe('forbidden');
      const [strange, missing] = [
        await call(eve, 'PATCH', `/v1/workspaces/${id}`, { name: 'x' }),
        await call(eve, 'PATCH', `/v1/workspaces/none-such`, { name: 'x' }),
      ];
      expect(strange.json).toEqual(missing.json);
      expect(strange.code).toBe('not_found');
    });

    test.each(['', '  ', 'x'.repeat(101), '\0', '\ud800'])('cannot be called %j', async (name) => {
      expect((await call(ann, 'POST', '/v1/workspaces', { name })).code).toBe('request_invalid');
    });

    test('that is deleted is gone for everybody, who are told, and is to be erased', async () => {
      const id = await workspaceOf(ann, { [bob]: 'editor' });
      expect((await call(bob, 'DELETE', `/v1/workspaces/${id}`)).code).toBe('forbidden');
      const before = erasures;
      expect((await call(ann, 'DELETE', `/v1/workspaces/${id}`)).status).toBe(204);
      expect(accounts.told).toEqual([{ workspaceId: id }]);
      expect(erasures).toBe(before + 1);
      expect((await call(bob, 'GET', '/v1/workspaces')).json.workspaces).toEqual([]);
      expect((await call(ann, 'GET', `/v1/workspaces/${id}/members`)).code).toBe('not_found');
      const queued = await accounts.database.query('SELECT member_id FROM auth.erasures WHERE workspace_id = $1', [id]);
      expect(queued).toEqual([{ member_id: null }]);
    });

    test('is nothing for a token of no account', async () => {
      expect((await call(undefined, 'GET', '/v1/workspaces')).code).toBe('unauthenticated');
    });
  });

  describe('members', () => {
    test('all see each other; the addresses only owners do', async () => {
      const id = await workspaceOf(ann, { [bob]: 'viewer' });
      const asOwner = (await call(ann, 'GET', `/v1/workspaces/${id}/members`)).json.members;
      expect(asOwner.map(({ name, role, isPaying }: Record<string, unknown>) => [name, role, isPaying])).toEqual([
        ['Ann', 'owner', true],
        ['Bob', 'viewer', false],
      ]);
      expect(asOwner.every(({ email }: { email?: string }) => email?.includes('@'))).toBe(true);
      const asViewer = (await call(bob, 'GET', `/v1/workspaces/${id}/members`)).json.members;
      expect(asViewer.map(({ email }: { email?: string }) => email !== undefined)).toEqual([false, true]);
      expect((await call(eve, 'GET', `/v1/workspaces/${id}/members`)).code).toBe('not_found');
    });

    test('get the role that an owner says, and the relay is told before the answer', async () => {
      const id = await workspaceOf(ann, { [bob]: 'editor' });
      const { status } = await call(ann, 'PATCH', `/v1/workspaces/${id}/members/${bob}`, { role: 'viewer' });
      expect(status).toBe(200);
      expect(accounts.told).toEqual([{ userId: bob, workspaceId: id }]);
      expect(await rolesIn(id)).toEqual({ Ann: 'owner', Bob: 'viewer' });
    });

    test.each(['editor', 'viewer'] as const)('who are %s manage nobody, themselves included', async (role) => {
      const id = await workspaceOf(ann, { [bob]: role });
      const attempts = [
        await call(bob, 'PATCH', `/v1/workspaces/${id}/members/${bob}`, { role: 'owner' }),
        await call(bob, 'DELETE', `/v1/workspaces/${id}/members/${ann}`),
        await call(bob, 'PUT', `/v1/workspaces/${id}/payer`, { memberId: bob }),
      ];
      expect(attempts.map(({ code }) => code)).toEqual(['forbidden', 'forbidden', 'forbidden']);
      expect(accounts.told).toEqual([]);
    });

    test('that are lowered lose the open links that would give them more', async () => {
      const id = await workspaceOf(ann, { [bob]: 'owner' });
      await invite(id, 'owner', ann);
      await invite(id, 'editor', ann);
      await invite(id, 'viewer', ann);
      await invite(id, 'viewer', bob);
      const { json } = await call(ann, 'PATCH', `/v1/workspaces/${id}/members/${bob}`, { role: 'editor' });
      expect(json).toEqual({ withdrawnInvitations: 2 });
      expect(await invitedRoles(id)).toEqual(['editor', 'viewer']);
    });

    test('that are removed are out, and so are all links that they could come back through', async () => {
      const id = await workspaceOf(ann, { [bob]: 'editor' });
      await invite(id, 'viewer', ann);
      const { json } = await call(ann, 'DELETE', `/v1/workspaces/${id}/members/${bob}`);
      expect(json).toEqual({ withdrawnInvitations: 1 });
      expect(accounts.told).toEqual([{ userId: bob, workspaceId: id }]);
      expect((await call(bob, 'GET', `/v1/workspaces/${id}/members`)).code).toBe('not_found');
      expect((await call(ann, 'DELETE', `/v1/workspaces/${id}/members/${bob}`)).code).toBe('not_found');
    });

    test('leave by themselves, with the links that they made', async () => {
      const id = await workspaceOf(ann, { [bob]: 'owner' });
      await invite(id, 'viewer', bob);
      await invite(id, 'viewer', ann);
      expect((await call(bob, 'POST', `/v1/workspaces/${id}/leave`)).status).toBe(204);
      expect(accounts.told).toEqual([{ userId: bob, workspaceId: id }]);
      expect(await invitedRoles(id)).toEqual(['viewer']);
      expect((await call(bob, 'POST', `/v1/workspaces/${id}/leave`)).code).toBe('not_found');
    });
  });

  describe('the last owner', () => {
    test.each(['POST leave', 'PATCH', 'DELETE'])('stays (%s)', async (how) => {
      const id = await workspaceOf(ann, { [bob]: 'editor' });
      const [method, suffix] = how === 'POST leave' ? ['POST', 'leave'] : [how, `members/${ann}`];
      const body = method === 'PATCH' ? { role: 'viewer' } : undefined;
      expect((await call(ann, method, `/v1/workspaces/${id}/${suffix}`, body)).code).toBe('last_owner');
      expect(await rolesIn(id)).toEqual({ Ann: 'owner', Bob: 'editor' });
    });

    test('is one of two who leave at the same moment', async () => {
      const id = await workspaceOf(ann, { [bob]: 'owner', [eve]: 'owner' });
      const leaving = [bob, eve].map((userId) => call(userId, 'POST', `/v1/workspaces/${id}/leave`));
      const [one, other] = await Promise.all([...leaving, call(ann, 'POST', `/v1/workspaces/${id}/leave`)]);
      expect([one?.status, other?.status]).toEqual([204, 204]);
      expect(await rolesIn(id)).toEqual({ Ann: 'owner' });
    });
  });

  describe('the owner who pays', () => {
    test('cannot leave before another one has taken that over', async () => {
      const id = await workspaceOf(ann, { [bob]: 'owner' });
      expect((await call(ann, 'POST', `/v1/workspaces/${id}/leave`)).code).toBe('conflict');
      expect((await call(bob, 'DELETE', `/v1/workspaces/${id}/members/${ann}`)).code).toBe('conflict');
      expect((await call(bob, 'PUT', `/v1/workspaces/${id}/payer`, { memberId: bob })).status).toBe(204);
      expect((await call(ann, 'POST', `/v1/workspaces/${id}/leave`)).status).toBe(204);
      const { owner } = (await call(bob, 'GET', '/v1/workspaces')).json.workspaces[0];
      expect(owner).toEqual({ id: bob, name: 'Bob' });
    });

    test('gives it to an owner, and another owner to nobody but themselves', async () => {
      const id = await workspaceOf(ann, { [bob]: 'owner', [eve]: 'editor' });
      const pay = (actor: string, memberId: string) => call(actor, 'PUT', `/v1/workspaces/${id}/payer`, { memberId });
      expect((await pay(ann, eve)).code).toBe('conflict');
      expect((await pay(ann, bob)).status).toBe(204);
      await call(ann, 'PATCH', `/v1/workspaces/${id}/members/${eve}`, { role: 'owner' });
      expect((await pay(ann, eve)).code).toBe('forbidden');
      expect((await pay(eve, eve)).status).toBe(204);
    });
  });

  test('what was done is written down for whoever did it and for whom it was done to', async () => {
    const id = await workspaceOf(ann, { [bob]: 'editor' });
    await call(ann, 'PATCH', `/v1/workspaces/${id}/members/${bob}`, { role: 'viewer' });
    const events = await accounts.database.query<{ kind: string; user_id: string; detail: string }>(
      'SELECT kind, user_id, detail FROM auth.audit_events WHERE workspace_id = $1 ORDER BY at, user_id = $2',
      [id, bob],
    );
    expect(events).toEqual([
      { kind: 'workspace-created', user_id: ann, detail: '' },
      { kind: 'role-changed', user_id: ann, detail: 'viewer' },
      { kind: 'role-changed', user_id: bob, detail: 'viewer' },
    ]);
  });
});
