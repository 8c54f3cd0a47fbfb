/** What a person may do changes while sessions are open. */
import { ProtocolError } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../auth/gate.ts';
import type { Authenticate, Identity, Role } from '../auth/identity.ts';
import { site } from '../testing/test-batches.ts';
import { WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

/** A token is the name of its user; roles can change. */
function directory(roles: Record<string, Role | undefined>): Authenticate {
  const identify = async (user: string): Promise<Identity> => {
    if (!(user in roles)) throw new ProtocolError('device_revoked', 'the device was shut out');
    return { userId: user, roleIn: (id) => (id === WORKSPACE ? roles[user] : 'owner'), again: () => identify(user) };
  };
  return identify;
}

describe('when rights have changed', () => {
  test('whoever has none any more is out, and nobody else notices', async () => {
    const roles: Record<string, Role | undefined> = { ann: 'owner', bob: 'editor' };
    const { join, relay } = createTestRelay({ authenticate: directory(roles) });
    const ann = await join({ token: 'ann' });
    const bob = await join({ token: 'bob', siteId: site(2) });
    roles['bob'] = undefined;
    await relay.recheck({ userId: 'bob', workspaceId: WORKSPACE });
    expect(bob.closedWith).toEqual({ code: 4403, reason: `no access to the workspace ${WORKSPACE}` });
    expect(ann.closedWith).toBeUndefined();
  });

  test('an editor who has become a viewer connects again, and is told so', async () => {
    const roles: Record<string, Role | undefined> = { bob: 'editor' };
    const { join, relay } = createTestRelay({ authenticate: directory(roles) });
    const bob = await join({ token: 'bob' });
    roles['bob'] = 'viewer';
    await relay.recheck({ userId: 'bob' });
    expect(bob.closedWith).toEqual({ code: 4411, reason: 'the role is viewer now' });
    const again = await join({ token: 'bob' });
    expect(again.last('welcome')?.role).toBe('viewer');
    await again.push(0, 1);
    expect(again.story.at(-1)).toBe('reject read_only');
  });

  test('whoever may do the same as before stays', async () => {
    const { join, relay } = createTestRelay({ authenticate: directory({ ann: 'owner' }) });
    const ann = await join({ token: 'ann' });
    await relay.recheck({ workspaceId: WORKSPACE });
    await relay.recheck({});
    await ann.push(0, 1);
    expect(ann.story.at(-1)).toBe('ack 1');
  });

  test('a device that was shut out is told why', async () => {
    const roles: Record<string, Role | undefined> = { ann: 'owner' };
    const { join, relay } = createTestRelay({ authenticate: directory(roles) });
    const ann = await join({ token: 'ann' });
    delete roles['ann'];
    await relay.recheck({ userId: 'ann' });
    expect(ann.closedWith).toEqual({ code: 4412, reason: 'the device was shut out' });
  });

  test('sessions of other people and in other workspaces are not looked at', async () => {
    let lookups = 0;
    const identity: Identity = {
      userId: 'ann',
      roleIn: () => 'owner',
      again: async () => {
        lookups++;
        return identity;
      },
    };
    const { join, relay } = createTestRelay({ authenticate: () => identity });
    await join();
    await relay.recheck({ userId: 'bob' });
    await relay.recheck({ workspaceId: 'another' });
    await relay.recheck({ userId: 'ann', workspaceId: 'another' });
    expect(lookups).toBe(0);
    await relay.recheck({ userId: 'ann', workspaceId: WORKSPACE });
    expect(lookups).toBe(1);
  });

  test('a session that is just being opened does not come in with what it had', async () => {
    const roles: Record<string, Role | undefined> = { bob: 'editor' };
    const answers: (() => void)[] = [];
    const slow: Authenticate = async (user) => {
      const identity = await directory(roles)(user);
      const role = identity.roleIn(WORKSPACE);
      await new Promise<void>((resolve) => answers.push(resolve));
      return { ...identity, roleIn: () => role };
    };
    const { connect, relay, settle } = createTestRelay({ authenticate: slow });
    const bob = connect();
    await bob.hello({ token: 'bob' });
    roles['bob'] = undefined;
    await relay.recheck({ userId: 'bob' });
    answers[0]!();
    await settle();
    expect(bob.story).toEqual([]);
    expect(bob.closedWith?.code).toBe(4403);
  });
});

describe('the gate', () => {
  function gateWith(quota: { refusal?: string | undefined; stored: number }, refuse?: ProtocolError): Gate {
    return {
      admit: async () => {
        if (refuse !== undefined) throw refuse;
        return { quota: { refusal: () => quota.refusal, stored: (bytes) => void (quota.stored += bytes) } };
      },
    };
  }

  test.each([
    ['site_taken', 4413],
    ['too_many_devices', 4414],
  ] as const)('may refuse with %s', async (code, closeCode) => {
    const gate = gateWith({ stored: 0 }, new ProtocolError(code, 'because'));
    const { join } = createTestRelay({ gate });
    expect((await join()).closedWith).toEqual({ code: closeCode, reason: 'because' });
  });

  test('is told what was stored, and stops pushes with its own words', async () => {
    const quota: { refusal?: string | undefined; stored: number } = { stored: 0 };
    const { join, log } = createTestRelay({ gate: gateWith(quota) });
    const ann = await join();
    await ann.push(0, 1);
    expect(ann.story.at(-1)).toBe('ack 1');
    expect(quota.stored).toBeGreaterThan(0);
    quota.refusal = 'the plan is full';
    await ann.push(1, 2);
    expect(ann.last('reject')).toMatchObject({ code: 'over_quota', message: 'the plan is full', toVersion: 2n });
    expect(ann.closedWith).toBeUndefined();
    expect(await log.workspaces()).toEqual([{ workspaceId: WORKSPACE, head: 1 }]);
  });

  test('has whoever was stopped connect again when there is room', async () => {
    const quota: { refusal?: string | undefined; stored: number } = { stored: 0, refusal: 'full' };
    const { join, relay } = createTestRelay({ gate: gateWith(quota) });
    const stopped = await join();
    const other = await join({ siteId: site(2) });
    await stopped.push(0, 1);
    await relay.recheck({});
    expect(stopped.closedWith).toBeUndefined();
    quota.refusal = undefined;
    await relay.recheck({});
    expect(stopped.closedWith).toEqual({ code: 4411, reason: 'the workspace may be changed again' });
    expect(other.closedWith).toBeUndefined();
  });
});

describe('a workspace that is closed', () => {
  test('has everybody leave, stores what was pushed before, and lets nobody in until it is released', async () => {
    const { join, relay, log } = createTestRelay();
    const ann = await join();
    const other = await join({
      workspaceId: 'another',
      token: JSON.stringify({ user: 'ann', roles: { another: 'owner' } }),
    });
    await ann.push(0, 1);
    const release = await relay.closeWorkspace(WORKSPACE);
    const releaseAgain = await relay.closeWorkspace(WORKSPACE);
    expect(ann.closedWith).toEqual({ code: 1001, reason: 'the workspace is closed for a moment' });
    expect(other.closedWith).toBeUndefined();
    expect((await relay.metrics()).rooms).toBe(1);
    expect((await join()).closedWith?.code).toBe(1001);
    release();
    expect((await join()).closedWith?.code).toBe(1001);
    releaseAgain();
    expect((await join()).closedWith).toBeUndefined();
    expect((await log.read(WORKSPACE, { after: 0, maxEntries: 9, maxBytes: 1e6 })).length).toBe(1);
  });
});
