import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/index.ts';
import {
  checkoutEvent,
  event,
  SECRET,
  sign,
  START_S,
  subscriptionEvent,
  type TestEvent,
} from './testing/stripe-events.ts';
import { DAY_MS, PLANS, TestBilling } from './testing/test-billing.ts';
import { Webhook } from './webhook.ts';

const DAY_S = 86_400;

describeEachCloud('events of payments', (cloud) => {
  let database: CloudDatabase;
  let billing: TestBilling;
  let webhook: Webhook;
  let userId: string;

  beforeAll(async () => {
    database = await cloud.open();
    await TestBilling.migrate(database);
  });

  beforeEach(async () => {
    billing = new TestBilling(database);
    webhook = webhookOf(billing);
    await forget();
    userId = await billing.addUser();
  });

  const webhookOf = ({ store, changes, clock, logger }: TestBilling, secrets: readonly string[] = [SECRET]): Webhook =>
    new Webhook({ store, changes, clock, logger, secrets, plans: PLANS });

  const forget = (): Promise<void> =>
    database.execute('DELETE FROM billing.webhook_events; DELETE FROM billing.subscriptions');

  const receive = async (content: TestEvent): Promise<string> => {
    const { payload, signature } = sign(content, { atS: billing.clock.uptimeMs() / 1000 });
    return (await webhook.receive(payload, signature)).type;
  };

  const standing = (): Promise<object[]> =>
    database.query(
      `SELECT user_id, stripe_customer_id, plan, status, current_period_end, cancel_at_period_end, said_at
       FROM billing.subscriptions WHERE stripe_subscription_id = 'sub_1'`,
    );

  const count = async (): Promise<number> =>
    (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM billing.webhook_events'))[0]?.n ?? -1;

  signatureTests();
  repetitionTests();
  linkTests();
  orderTests();
  meaningTests();

  function signatureTests(): void {
    describe('count for their signature alone:', () => {
      const created = (): TestEvent => subscriptionEvent('created', 0, { userId });
      const refused = { code: 'webhook_invalid' };

      test('one that is signed is taken', async () => {
        expect(await receive(created())).toBe('changed');
        expect(await standing()).toMatchObject([{ user_id: userId, plan: 'pro', status: 'active' }]);
        expect(billing.told).toEqual([{ userId }]);
      });

      test('one that is signed with another secret is refused', async () => {
        const { payload, signature } = sign(created(), { secret: 'whsec_of_somebody' });
        await expect(webhook.receive(payload, signature)).rejects.toMatchObject(refused);
      });

      test('one with a changed byte is refused, wherever it is', async () => {
        const { payload, signature } = sign(created());
        for (let at = 0; at < payload.length; at += 37) {
          const forged = payload.with(at, payload[at]! ^ 1);
          await expect(webhook.receive(forged, signature)).rejects.toMatchObject(refused);
        }
        expect(await count()).toBe(0);
      });

      test.each(['', 'nonsense', 't=1,v1=', `t=${START_S},v0=${'a'.repeat(64)}`, `t=${START_S}`])(
        'one with the signature %j is refused',
        async (signature) => {
          await expect(webhook.receive(sign(created()).payload, signature)).rejects.toMatchObject(refused);
        },
      );

      test.each([
        [-301, 'older than five minutes', 'refused'],
        [-300, 'of five minutes ago', 'changed'],
        [300, 'of a clock that is ahead', 'changed'],
        [301, 'of the future', 'refused'],
      ])('one whose signature is %d s (%s) is %s', async (atS, _, result) => {
        const { payload, signature } = sign(created(), { atS });
        const outcome = webhook.receive(payload, signature).then(
          ({ type }) => type,
          ({ code }: { readonly code: string }) => (code === 'webhook_invalid' ? 'refused' : code),
        );
        expect(await outcome).toBe(result);
      });

      test('any of the secrets is good, while one is replaced', async () => {
        webhook = webhookOf(billing, ['whsec_next', SECRET]);
        expect(await receive(created())).toBe('changed');
        const { payload, signature } = sign(created(), { secret: 'whsec_next' });
        expect((await webhook.receive(payload, signature)).type).toBe('nothing');
      });

      test('there is no checking without a secret', () => {
        expect(() => webhookOf(billing, [])).toThrow(TypeError);
      });

      test.each([
        ['no JSON', 'x'],
        ['no event', {}],
        ['a subscription without items', event('customer.subscription.updated', 0, { id: 'sub_1' })],
        ['a subscription without an id', subscriptionEvent('updated', 0, { more: { id: 7 } })],
      ])('one that is signed and is %s is refused', async (_, content) => {
        const { payload, signature } = sign(content);
        await expect(webhook.receive(payload, signature)).rejects.toMatchObject(refused);
        expect(await count()).toBe(0);
      });

      test('those of other kinds are taken, and change nothing', async () => {
        for (const type of ['invoice.paid', 'invoice.payment_failed', 'charge.refunded', 'a.kind.of.tomorrow']) {
          expect(await receive(event(type, 0, { id: 'x', customer: 'cus_1' }))).toBe('nothing');
        }
        expect([await standing(), billing.told]).toEqual([[], []]);
      });
    });
  }

  function repetitionTests(): void {
    describe('count once:', () => {
      test('one that is sent again', async () => {
        const created = subscriptionEvent('created', 0, { userId });
        expect([await receive(created), await receive(created)]).toEqual(['changed', 'repeated']);
        expect(billing.told).toHaveLength(1);
      });

      test('twenty of the same at once', async () => {
        const created = subscriptionEvent('created', 0, { userId });
        const taken = await Promise.all(Array.from({ length: 20 }, () => receive(created)));
        expect(taken.filter((type) => type === 'changed')).toHaveLength(1);
        expect(taken.filter((type) => type === 'repeated')).toHaveLength(19);
        expect(await standing()).toHaveLength(1);
        expect(billing.told).toHaveLength(1);
      });

      test('twenty different ones at once leave the last', async () => {
        const events = Array.from({ length: 20 }, (_, at) =>
          subscriptionEvent(at === 0 ? 'created' : 'updated', at, { userId, end: DAY_S * (at + 1) }),
        );
        await Promise.all(events.toReversed().map(receive));
        expect(await standing()).toMatchObject([{ current_period_end: new Date((START_S + 20 * DAY_S) * 1000) }]);
      });

      test('what was kept for that is removed after 90 days', async () => {
        await receive(event('invoice.paid', 0, {}));
        await database.query('UPDATE billing.webhook_events SET received_at = $1', [new Date(billing.clock.now())]);
        for (const [days, left] of [
          [89, 2],
          [91, 2],
        ] as const) {
          // prettier-ignore
          billing.elapse(days * DAY_MS - billing.clock.uptimeMs());
          await receive(event('invoice.paid', days * DAY_S, {}));
          expect(await count()).toBe(left);
        }
      });
    });
  }

  function linkTests(): void {
    describe('find their account:', () => {
      test('by what a checkout says, when it comes first', async () => {
        expect(await receive(checkoutEvent(0, { client_reference_id: userId }))).toBe('nothing');
        expect(await receive(subscriptionEvent('created', 0))).toBe('changed');
        expect(await standing()).toMatchObject([{ user_id: userId, plan: 'pro', status: 'active' }]);
      });

      test('are to be sent again until it is known', async () => {
        const created = subscriptionEvent('created', 0);
        await expect(receive(created)).rejects.toMatchObject({ code: 'conflict' });
        expect(await count()).toBe(0);
        await receive(checkoutEvent(0, { metadata: { user_id: userId } }));
        expect(await receive(created)).toBe('changed');
      });

      test('by the customer, for another subscription', async () => {
        await receive(subscriptionEvent('created', 0, { userId }));
        expect(await receive(subscriptionEvent('created', 9, { more: { id: 'sub_2' } }))).toBe('changed');
        expect(await billing.subscriptions.of(userId)).toHaveLength(2);
      });

      test('a subscription stays with its first one', async () => {
        const other = await billing.addUser();
        await receive(subscriptionEvent('created', 0, { userId }));
        await receive(checkoutEvent(1, { client_reference_id: other }));
        await receive(subscriptionEvent('updated', 2, { userId: other }));
        expect(await standing()).toMatchObject([{ user_id: userId }]);
      });

      test.each([
        ['of an account that is gone', () => subscriptionEvent('deleted', 0, { userId: randomUUID() })],
        ['that name no account', () => subscriptionEvent('created', 0, { userId: 'ada' })],
        ['about what else is sold there', () => subscriptionEvent('created', 0, { price: 'price_of_socks' })],
        ['of a checkout of somebody else', () => checkoutEvent(0, { client_reference_id: 'order 7' })],
      ])('those %s are taken, and said in the log', async (_, content) => {
        expect(await receive(content())).toBe('unlinked');
        expect(billing.logger.lines).toContain('warn: an event of payments is of no account here');
        expect([await standing(), await count()]).toEqual([[], 1]);
      });

      test('those of an account go with it', async () => {
        await receive(subscriptionEvent('created', 0, { userId }));
        await database.query('DELETE FROM auth.users WHERE id = $1', [userId]);
        expect(await receive(subscriptionEvent('deleted', 5, { userId }))).toBe('unlinked');
        expect(await standing()).toEqual([]);
      });
    });
  }

  function orderTests(): void {
    /** As Stripe does it: what is not taken is sent again until it is. */
    const deliver = async (events: readonly TestEvent[]): Promise<void> => {
      let left = events;
      for (let round = 0; left.length > 0; round++) {
        if (round > 5) throw new Error('never taken');
        const refused: TestEvent[] = [];
        for (const content of left) {
          await receive(content).catch((error: { readonly code?: string }) => {
            if (error.code !== 'conflict') throw error;
            refused.push(content);
          });
        }
        left = refused;
      }
    };

    const histories = {
      'a life to its end, begun within a second': () => [
        checkoutEvent(1, { client_reference_id: userId }),
        subscriptionEvent('created', 0, { status: 'incomplete' }),
        subscriptionEvent('updated', 0, { status: 'active' }),
        subscriptionEvent('updated', 40, { status: 'past_due' }),
        subscriptionEvent('deleted', 90, {
          status: 'canceled',
          more: { cancellation_details: { reason: 'payment_failed' } },
        }),
      ],
      'created, changed and deleted within one second': () => [
        subscriptionEvent('created', 0, { userId, status: 'trialing' }),
        subscriptionEvent('updated', 0, { userId, price: 'price_team' }),
        subscriptionEvent('updated', 0, { userId, price: 'price_team', end: 9 }),
        subscriptionEvent('deleted', 0, { userId, price: 'price_team', status: 'canceled', end: 5 }),
        checkoutEvent(0, { client_reference_id: userId }),
      ],
      'a change of the plan, renewed': () => [
        subscriptionEvent('created', 0, { status: 'incomplete', price: 'price_team' }),
        subscriptionEvent('updated', 0, { price: 'price_team' }),
        checkoutEvent(2, { client_reference_id: userId }),
        subscriptionEvent('updated', 50, { more: { cancel_at_period_end: true } }),
        subscriptionEvent('updated', 60, { end: 60 * DAY_S }),
      ],
    } satisfies Record<string, () => TestEvent[]>;

    const ends: Record<keyof typeof histories, object> = {
      'a life to its end, begun within a second': { plan: 'pro', status: 'cancelled', current_period_end: null },
      'created, changed and deleted within one second': {
        plan: 'team',
        status: 'cancelled',
        current_period_end: new Date((START_S + 5) * 1000),
      },
      'a change of the plan, renewed': {
        plan: 'pro',
        status: 'active',
        cancel_at_period_end: false,
        current_period_end: new Date((START_S + 60 * DAY_S) * 1000),
      },
    };

    test.each(Object.keys(histories) as (keyof typeof histories)[])(
      'end in the same in each of 120 orders, all sent twice: %s',
      async (name) => {
        const events = histories[name]();
        const seen = new Set<string>();
        for (const order of permutations(events)) {
          await forget();
          await deliver(order.flatMap((content, at) => (at % 2 === 0 ? [content, content] : [content])));
          await deliver(order);
          seen.add(JSON.stringify(await standing()));
        }
        expect(seen.size).toBe(1);
        expect(await standing()).toMatchObject([{ user_id: userId, stripe_customer_id: 'cus_1', ...ends[name] }]);
      },
      60_000,
    );

    test('an older one changes nothing, and nobody is told', async () => {
      await receive(subscriptionEvent('updated', 50, { userId, price: 'price_team' }));
      billing.told.length = 0;
      expect(await receive(subscriptionEvent('updated', 49, { userId }))).toBe('nothing');
      expect([await standing(), billing.told]).toMatchObject([[{ plan: 'team' }], []]);
    });

    test('what is deleted stays so, whatever comes later', async () => {
      await receive(subscriptionEvent('deleted', 50, { userId, status: 'canceled' }));
      expect(await receive(subscriptionEvent('updated', 99, { userId }))).toBe('nothing');
      expect(await standing()).toMatchObject([{ status: 'cancelled' }]);
    });
  }

  function meaningTests(): void {
    test.each([
      ['active', 'active'],
      ['trialing', 'trialing'],
      ['past_due', 'past_due'],
      ['paused', 'paused'],
      ['canceled', 'cancelled'],
      ['incomplete_expired', 'cancelled'],
      ['incomplete', 'incomplete'],
      ['unpaid', 'incomplete'],
      ['a status of tomorrow', 'incomplete'],
    ])('the status %s is kept as %s', async (status, kept) => {
      await receive(subscriptionEvent('updated', 0, { userId, status }));
      expect(await standing()).toMatchObject([{ status: kept }]);
    });

    test.each([
      ['cancellation_requested', true],
      [undefined, true],
      ['payment_failed', false],
      ['payment_disputed', false],
    ])('what was cancelled for %s is paid to its end: %s', async (reason, isPaid) => {
      await receive(
        subscriptionEvent('deleted', 0, { userId, status: 'canceled', more: { cancellation_details: { reason } } }),
      );
      expect((await billing.subscriptions.planOf(userId)).plan.name).toBe(isPaid ? 'pro' : 'free');
    });

    test('the end is found where older versions of the API have it', async () => {
      const more = { current_period_end: START_S + 7, items: { data: [{ price: { id: 'price_pro' } }] } };
      await receive(subscriptionEvent('updated', 0, { userId, more }));
      expect(await standing()).toMatchObject([{ current_period_end: new Date((START_S + 7) * 1000) }]);
    });

    test('of several prices the most counts', async () => {
      const item = (id: string): object => ({ price: { id }, current_period_end: START_S });
      const more = { items: { data: ['price_of_socks', 'price_team', 'price_pro'].map(item) } };
      await receive(subscriptionEvent('updated', 0, { userId, more }));
      expect(await standing()).toMatchObject([{ plan: 'pro' }]);
    });

    test('a price that no plan has yet is kept, for a plan that gets it', async () => {
      await receive(subscriptionEvent('updated', 0, { userId, price: 'price_next' }));
      expect(await standing()).toMatchObject([{ plan: 'price_next' }]);
    });

    test.each([
      [{ cancel_at_period_end: true }, true],
      [{ cancel_at: START_S + 30 * DAY_S }, true],
      [{ cancel_at: START_S + 90 * DAY_S }, false],
      [{ cancel_at: null }, false],
    ])('with %j it is to end: %s', async (more, isToEnd) => {
      await receive(subscriptionEvent('updated', 0, { userId, more }));
      expect(await standing()).toMatchObject([{ cancel_at_period_end: isToEnd }]);
    });

    test('a change is written down', async () => {
      await receive(subscriptionEvent('updated', 0, { userId }));
      const audit = await database.query('SELECT kind, detail FROM auth.audit_events WHERE user_id = $1', [userId]);
      expect(audit).toEqual([{ kind: 'plan-changed', detail: 'pro, active' }]);
    });
  }
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
