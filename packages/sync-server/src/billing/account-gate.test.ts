import { randomBytes, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNLIMITED, type Quota } from '../auth/gate.ts';
import type { Identity, SignIn } from '../auth/identity.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { AccountGate } from './account-gate.ts';
import { OwnerQuotas } from './owner-quotas.ts';
import { Plans } from './plans.ts';
import { DEFAULT_GRACE_MS } from './subscriptions.ts';
import { DAY_MS, TestBilling } from './testing/test-billing.ts';
import { Usage } from './usage.ts';

describeEachCloud('the gate', (cloud) => {
  let database: CloudDatabase;
  let billing: TestBilling;
  let gate: AccountGate;
  let ada: string;
  let home: string;
  let laptop: string;

  beforeAll(async () => {
    database = await cloud.open();
    await TestBilling.migrate(database);
  });

  beforeEach(async () => {
    billing = new TestBilling(database);
    gate = gateOf(billing);
    ada = await billing.addUser();
    home = await billing.addWorkspace(ada);
    laptop = await billing.addDevice(ada);
    billing.told.length = 0;
  });

  afterEach(() => gate.close());

  const gateOf = ({ store, changes, clock, logger, subscriptions }: TestBilling): AccountGate =>
    new AccountGate({ store, changes, clock, logger, subscriptions, usage: new Usage(store) });

  const identity = (userId: string, signIn?: SignIn): Identity => ({
    userId,
    roleIn: () => 'editor',
    ...(signIn && { signIn }),
  });

  const admit = async (userId: string, deviceId: string, at: { workspaceId?: string; siteId?: Uint8Array } = {}) => {
    const { workspaceId = home, siteId = randomBytes(16) } = at;
    const signIn = { sessionId: randomUUID(), deviceId };
    return (await gate.admit({ identity: identity(userId, signIn), workspaceId, siteId })).quota;
  };

  const sites = (): Promise<object[]> =>
    database.query('SELECT user_id, device_id FROM auth.sites WHERE workspace_id = $1', [home]);

  const settle = (ms: number): Promise<void> => {
    billing.elapse(ms);
    return billing.settle();
  };

  siteTests();
  deviceTests();
  byteTests();
  rereadTests();
  absenceTests();

  function siteTests(): void {
    describe('a site', () => {
      const siteId = randomBytes(16);

      test('is remembered as the account’s', async () => {
        await admit(ada, laptop, { siteId });
        await admit(ada, laptop, { siteId });
        expect(await sites()).toEqual([{ user_id: ada, device_id: laptop }]);
      });

      test('of another account is refused, and stays that account’s', async () => {
        const ben = await billing.addUser();
        const phone = await billing.addDevice(ben);
        await admit(ada, laptop, { siteId });
        await expect(admit(ben, phone, { siteId })).rejects.toMatchObject({ code: 'site_taken' });
        expect(await sites()).toEqual([{ user_id: ada, device_id: laptop }]);
      });

      test('that two accounts bring at once is one’s', async () => {
        const ben = await billing.addUser();
        const phone = await billing.addDevice(ben);
        const results = await Promise.allSettled([admit(ada, laptop, { siteId }), admit(ben, phone, { siteId })]);
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await sites()).toHaveLength(1);
      });

      test('goes to another device of the same account', async () => {
        const phone = await billing.addDevice(ada);
        await admit(ada, laptop, { siteId });
        await admit(ada, phone, { siteId });
        expect(await sites()).toEqual([{ user_id: ada, device_id: phone }]);
      });

      test('is one of each workspace', async () => {
        const ben = await billing.addUser();
        const [phone, other] = [await billing.addDevice(ben), await billing.addWorkspace(ben)];
        await admit(ada, laptop, { siteId });
        await expect(admit(ben, phone, { siteId, workspaceId: other })).resolves.toBeDefined();
      });

      test('in a workspace that is gone, or on a device that is gone, is refused', async () => {
        await expect(admit(ada, laptop, { workspaceId: randomUUID() })).rejects.toMatchObject({ code: 'forbidden' });
        await expect(admit(ada, randomUUID())).rejects.toMatchObject({ code: 'forbidden' });
      });

      test('of a token that nobody has signed in for is not remembered', async () => {
        await gate.admit({ identity: identity('cli'), workspaceId: home, siteId });
        expect(await sites()).toEqual([]);
      });
    });
  }

  function deviceTests(): void {
    describe('the limit of devices', () => {
      const devices = async (count: number): Promise<string[]> => {
        const all: string[] = [];
        for (let n = 0; n < count; n++) all.push(await billing.addDevice(ada));
        return all;
      };
      const refused = {
        code: 'too_many_devices',
        message:
          'the plan Free includes 2 devices, and 2 sync already: revoke one that is no longer used, or choose another plan',
      };

      test('refuses a device more, and says what to do', async () => {
        const [phone, tablet] = await devices(2);
        await admit(ada, laptop);
        await admit(ada, phone!);
        await expect(admit(ada, tablet!)).rejects.toMatchObject(refused);
      });

      test('counts devices that sync, not sites, nor those that only sign in', async () => {
        const [phone] = await devices(5);
        const other = await billing.addWorkspace(ada);
        for (const workspaceId of [home, home, other]) await admit(ada, laptop, { workspaceId });
        await expect(admit(ada, phone!)).resolves.toBeDefined();
      });

      test('has room again when one is revoked', async () => {
        const [phone, tablet] = await devices(2);
        await admit(ada, laptop);
        await admit(ada, phone!);
        await billing.revokeDevice(laptop);
        await expect(admit(ada, tablet!)).resolves.toBeDefined();
      });

      test('of two new ones at once leaves out one', async () => {
        const all = await devices(6);
        await admit(ada, laptop);
        const results = await Promise.allSettled(all.map((deviceId) => admit(ada, deviceId)));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });

      test('is that of the person’s own plan, wherever they sync', async () => {
        const ben = await billing.addUser();
        await billing.subscribe(ben, { plan: 'pro' });
        const [phone, tablet] = await devices(2);
        const workspaceId = await billing.addWorkspace(ben);
        await admit(ada, laptop, { workspaceId });
        await admit(ada, phone!, { workspaceId });
        await expect(admit(ada, tablet!, { workspaceId })).rejects.toMatchObject(refused);
      });

      test('with a lesser plan lets those go on that sync already', async () => {
        const all = [laptop, ...(await devices(3))];
        await billing.subscriptions.give(ada, 'team');
        for (const deviceId of all) await admit(ada, deviceId);
        await billing.subscriptions.give(ada, undefined);
        for (const deviceId of all) await expect(admit(ada, deviceId)).resolves.toBeDefined();
        const [another] = await devices(1);
        await expect(admit(ada, another!)).rejects.toMatchObject({
          message: expect.stringContaining('4 sync already'),
        });
      });
    });
  }

  function byteTests(): void {
    describe('what a plan includes', () => {
      test('may be stored, and no more', async () => {
        await billing.addUsage(home, 600);
        const quota = await admit(ada, laptop);
        expect(quota.refusal()).toBeUndefined();
        quota.stored(399);
        expect(quota.refusal()).toBeUndefined();
        quota.stored(1);
        expect(quota.refusal()).toBe(
          'the plan Free includes 1000 B and 1000 B are stored: choose another plan to go on syncing your edits; ' +
            'they stay on this device until then',
        );
      });

      test('counts in all workspaces of the owner together, for whoever writes', async () => {
        const other = await billing.addWorkspace(ada);
        const ben = await billing.addUser();
        const phone = await billing.addDevice(ben);
        await billing.addUsage(home, 500);
        await billing.addUsage(other, 100);
        const [ofAda, ofBen] = [await admit(ada, laptop), await admit(ben, phone, { workspaceId: other })];
        ofAda.stored(300);
        expect(ofBen.refusal()).toBeUndefined();
        ofBen.stored(200);
        expect(ofAda.refusal()).toContain('choose another plan');
        expect(ofBen.refusal()).toContain(
          'the plan Free of the workspace’s owner includes 1000 B and 1.1 KiB are stored',
        );
      });

      test('does not count what others own', async () => {
        const ben = await billing.addUser();
        await billing.addUsage(await billing.addWorkspace(ben), 5000);
        expect((await admit(ada, laptop)).refusal()).toBeUndefined();
      });

      test('without a limit is never too little', async () => {
        await billing.subscribe(ada, { plan: 'pro' });
        await billing.addUsage(home, 1e12);
        expect((await admit(ada, laptop)).refusal()).toBeUndefined();
      });

      test('counts for a token that nobody has signed in for, in a workspace that is known', async () => {
        await billing.addUsage(home, 1000);
        const admitted = (workspaceId: string): Promise<{ readonly quota: Quota }> =>
          gate.admit({ identity: identity('cli'), workspaceId, siteId: randomBytes(16) });
        expect((await admitted(home)).quota.refusal()).toBeDefined();
        expect((await admitted('unknown')).quota).toBe(UNLIMITED);
      });

      test('is not asked where no plan has a limit', async () => {
        gate.close();
        billing = new TestBilling(database, new Plans());
        gate = gateOf(billing);
        expect(await admit(ada, laptop)).toBe(UNLIMITED);
      });
    });
  }

  function rereadTests(): void {
    describe('the numbers', () => {
      test('end a refusal when the plan changes, and everybody in the owner’s workspaces is told', async () => {
        const other = await billing.addWorkspace(ada);
        await billing.addUsage(home, 1200);
        const quota = await admit(ada, laptop);
        expect(quota.refusal()).toBeDefined();
        await billing.subscriptions.give(ada, 'team');
        expect(quota.refusal()).toBeUndefined();
        expect(billing.told).toHaveLength(3);
        expect(billing.told).toEqual(
          expect.arrayContaining([{ userId: ada }, { workspaceId: home }, { workspaceId: other }]),
        );
      });

      test('begin one with a lesser plan; nothing is deleted', async () => {
        await billing.subscriptions.give(ada, 'pro');
        await billing.addUsage(home, 1200);
        const quota = await admit(ada, laptop);
        expect(quota.refusal()).toBeUndefined();
        billing.told.length = 0;
        await billing.subscriptions.give(ada, undefined);
        expect(quota.refusal()).toBeDefined();
        expect(billing.told).toContainEqual({ workspaceId: home });
        expect(await database.query('SELECT bytes FROM billing.usage_days WHERE workspace_id = $1', [home])).toEqual([
          { bytes: 1200n },
        ]);
      });

      test('count though somebody who is told fails', async () => {
        await billing.addUsage(home, 1200);
        const quota = await admit(ada, laptop);
        billing.changes.listen(({ workspaceId }) => {
          if (workspaceId !== undefined) throw new Error('no');
        });
        await billing.subscriptions.give(ada, 'team');
        expect(quota.refusal()).toBeUndefined();
        expect(billing.logger.lines).toEqual(['error: a change of what is left of a plan could not be told']);
      });

      test('that do not turn are told to nobody', async () => {
        await billing.addUsage(home, 1200);
        await admit(ada, laptop);
        await billing.changes.tell({ userId: ada });
        await settle(60_000);
        expect(billing.told).toEqual([{ userId: ada }]);
      });

      test('are not those from before a change, for whoever comes during it', async () => {
        await billing.addUsage(home, 1200);
        const kept = await admit(ada, laptop);
        await billing.subscribe(ada, { plan: 'pro' });
        const telling = billing.changes.tell({ userId: ada });
        expect((await admit(ada, laptop)).refusal()).toBeUndefined();
        await telling;
        expect(kept.refusal()).toBeUndefined();
      });

      test('end a refusal when there is room again', async () => {
        const other = await billing.addWorkspace(ada);
        await billing.addUsage(other, 900);
        await billing.addUsage(home, 200);
        const quota = await admit(ada, laptop);
        expect(quota.refusal()).toBeDefined();
        await database.query('DELETE FROM billing.usage_days WHERE workspace_id = $1', [other]);
        await settle(30_000);
        expect(quota.refusal()).toBeUndefined();
        expect(billing.told).toContainEqual({ workspaceId: home });
      });

      test('turn when a plan ends by itself', async () => {
        await billing.addUsage(home, 1200);
        const end = billing.clock.now() + DAY_MS;
        await billing.subscribe(ada, { plan: 'pro', cancelAtPeriodEnd: true, currentPeriodEnd: end });
        const quota = await admit(ada, laptop);
        await settle(DAY_MS + DEFAULT_GRACE_MS - 1);
        expect(quota.refusal()).toBeUndefined();
        await settle(30_001);
        expect(quota.refusal()).toBeDefined();
      });

      test('count what was stored once, before and after it is counted', async () => {
        await billing.addUsage(home, 100);
        const quota = await admit(ada, laptop);
        quota.stored(850);
        await settle(30_000);
        expect(quota.refusal()).toBeUndefined();
        await billing.addUsage(home, 850);
        await settle(30_000);
        expect(quota.refusal()).toBeUndefined();
        quota.stored(50);
        expect(quota.refusal()).toBeDefined();
      });

      test('forget after a while what was never counted', async () => {
        const quota = await admit(ada, laptop);
        quota.stored(1000);
        await settle(30_000);
        expect(quota.refusal()).toBeDefined();
        await settle(30_000);
        expect(quota.refusal()).toBeUndefined();
      });

      test('of an owner are in memory once, and not longer than a session has them', async () => {
        const { store, changes, clock, logger, subscriptions } = billing;
        const quotas = new OwnerQuotas({ changes, clock, logger, subscriptions, usage: new Usage(store) });
        const held = new Set([await quotas.of(ada, home), await quotas.of(ada, home)]);
        expect([held.size, quotas.size]).toEqual([1, 1]);
        held.clear();
        setFlagsFromString('--expose-gc');
        const collect = runInNewContext('gc') as () => void;
        for (let round = 0; round < 10 && quotas.size > 0; round++) {
          await new Promise((resolve) => setImmediate(resolve));
          collect();
        }
        expect(quotas.size).toBe(0);
        await settle(60_000);
        expect(clock.timerCount).toBe(0);
        quotas.close();
      });
    });
  }

  function absenceTests(): void {
    describe('while PostgreSQL is away', () => {
      test('people are let in, without a limit where nothing is known', async () => {
        billing.isAway = true;
        expect((await admit(ada, laptop)).refusal()).toBeUndefined();
        billing.isAway = false;
        expect(await sites()).toEqual([]);
      });

      test('what was known goes on to count', async () => {
        await billing.addUsage(home, 900);
        const quota = await admit(ada, laptop);
        billing.isAway = true;
        quota.stored(100);
        const again = await admit(ada, laptop);
        expect([quota.refusal(), again.refusal()]).toEqual([expect.any(String), expect.any(String)]);
        await settle(60_000);
        expect(again.refusal()).toBeDefined();
        expect(billing.logger.lines).toContain(
          'warn: what accounts have used cannot be read; what was known goes on to count',
        );
      });

      test('and what is known afterwards counts from then on', async () => {
        await billing.addUsage(home, 900);
        const quota = await admit(ada, laptop);
        billing.isAway = true;
        await billing.changes.tell({ userId: ada });
        billing.isAway = false;
        await billing.addUsage(home, 100);
        await settle(30_000);
        expect(quota.refusal()).toBeDefined();
      });
    });
  }
});
