import { beforeAll, expect, test } from 'vitest';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { DEFAULT_GRACE_MS } from './subscriptions.ts';
import { DAY_MS, TestBilling, type TestSubscription } from './testing/test-billing.ts';

const NOW = FakeClock.START;

describeEachCloud('the plan of an account', (cloud) => {
  let billing: TestBilling;
  beforeAll(async () => {
    billing = new TestBilling(await cloud.open());
    await TestBilling.migrate(billing.cloud);
  });

  const planWith = async (...subscriptions: readonly TestSubscription[]): Promise<string> => {
    const userId = await billing.addUser();
    for (const subscription of subscriptions) await billing.subscribe(userId, subscription);
    return (await billing.subscriptions.planOf(userId)).plan.name;
  };

  test('without a subscription is the default', async () => {
    expect(await planWith()).toBe('free');
  });

  test.each<[string, TestSubscription, string]>([
    ['active', { plan: 'pro' }, 'pro'],
    ['active, and said long ago', { plan: 'pro', saidAt: 0, currentPeriodEnd: NOW - DAY_MS }, 'pro'],
    ['trialing', { plan: 'pro', status: 'trialing' }, 'pro'],
    ['by a price', { plan: 'price_pro_year' }, 'pro'],
    ['of a plan that is not there', { plan: 'gold' }, 'free'],
    ['past due within the grace', { plan: 'pro', status: 'past_due', saidAt: NOW - DEFAULT_GRACE_MS + 1 }, 'pro'],
    ['past due after the grace', { plan: 'pro', status: 'past_due', saidAt: NOW - DEFAULT_GRACE_MS }, 'free'],
    ['cancelled and paid', { plan: 'pro', status: 'cancelled', currentPeriodEnd: NOW + 1 }, 'pro'],
    ['cancelled and over', { plan: 'pro', status: 'cancelled', currentPeriodEnd: NOW }, 'free'],
    ['cancelled and not paid', { plan: 'pro', status: 'cancelled' }, 'free'],
    ['paused', { plan: 'pro', status: 'paused' }, 'free'],
    ['incomplete', { plan: 'pro', status: 'incomplete' }, 'free'],
    ['to end later', { plan: 'pro', cancelAtPeriodEnd: true, currentPeriodEnd: NOW + 1 }, 'pro'],
    [
      'to have ended long ago',
      { plan: 'pro', cancelAtPeriodEnd: true, currentPeriodEnd: NOW - DEFAULT_GRACE_MS },
      'free',
    ],
  ])('with one that is %s', async (_, subscription, plan) => {
    expect(await planWith(subscription)).toBe(plan);
  });

  test('is the most of several', async () => {
    expect(await planWith({ plan: 'team' }, { plan: 'pro' }, { plan: 'team' })).toBe('pro');
    expect(await planWith({ plan: 'team' }, { plan: 'pro', status: 'paused' })).toBe('team');
  });

  test('says until when it holds', async () => {
    const userId = await billing.addUser();
    await billing.subscribe(userId, { plan: 'pro', status: 'cancelled', currentPeriodEnd: NOW + 5 });
    expect(await billing.subscriptions.planOf(userId)).toMatchObject({ until: NOW + 5 });
    await billing.subscribe(userId, { plan: 'pro', status: 'cancelled', currentPeriodEnd: NOW + 9 });
    expect(await billing.subscriptions.planOf(userId)).toMatchObject({ until: NOW + 9 });
    await billing.subscribe(userId, { plan: 'pro' });
    const { until, subscription } = await billing.subscriptions.planOf(userId);
    expect([until, subscription?.status]).toEqual([undefined, 'active']);
  });

  test('is told of many at once', async () => {
    const [ada, ben] = [await billing.addUser(), await billing.addUser()];
    await billing.subscribe(ada, { plan: 'team' });
    const plans = await billing.subscriptions.plansOf([ada, ben]);
    expect([plans.get(ada)?.plan.name, plans.get(ben)?.plan.name]).toEqual(['team', 'free']);
  });

  test('that an admin gives holds until it is taken back, and is told of', async () => {
    const userId = await billing.addUser();
    await billing.subscribe(userId, { plan: 'team', stripeSubscriptionId: 'sub_given' });
    billing.told.length = 0;
    expect((await billing.subscriptions.give(userId, 'pro')).plan.name).toBe('pro');
    expect((await billing.subscriptions.give(userId, 'free')).plan.name).toBe('team');
    expect(await billing.subscriptions.of(userId)).toHaveLength(2);
    expect((await billing.subscriptions.give(userId, undefined)).plan.name).toBe('team');
    expect(await billing.subscriptions.of(userId)).toHaveLength(1);
    expect(billing.told).toEqual([{ userId }, { userId }, { userId }]);
    const audit = await billing.cloud.query('SELECT detail FROM auth.audit_events WHERE user_id = $1 ORDER BY at', [
      userId,
    ]);
    expect(audit).toEqual([{ detail: 'pro' }, { detail: 'free' }, { detail: 'taken back' }]);
  });

  test('that does not exist cannot be given', async () => {
    const userId = await billing.addUser();
    await expect(billing.subscriptions.give(userId, 'price_pro')).rejects.toMatchObject({
      code: 'not_found',
      message: 'there is no plan price_pro, only free, team, pro',
    });
  });
});
