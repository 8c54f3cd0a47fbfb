import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccountGate } from '../../billing/account-gate.ts';
import { Payments } from '../../billing/payments.ts';
import { StripeProvider } from '../../billing/stripe-provider.ts';
import { FakeStripe } from '../../billing/testing/fake-stripe.ts';
import { SECRET, sign, subscriptionEvent } from '../../billing/testing/stripe-events.ts';
import { PLANS, TestBilling } from '../../billing/testing/test-billing.ts';
import { Usage } from '../../billing/usage.ts';
import { Webhook } from '../../billing/webhook.ts';
import type { Identity } from '../../auth/identity.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { describeEachCloud } from '../../cloud/testing/index.ts';
import { createApi, limitBodies, type Api } from './api.ts';
import { addBillingRoutes } from './billing-routes.ts';
import { signedIn } from './signed-in.ts';
import { addUsageRoutes } from './usage-routes.ts';

describeEachCloud('billing over HTTP', (cloud) => {
  let database: CloudDatabase;
  let billing: TestBilling;
  let stripe: FakeStripe;
  let api: Api;
  let ada: string;
  let home: string;

  beforeAll(async () => {
    database = await cloud.open();
    await TestBilling.migrate(database);
    stripe = await FakeStripe.start();
    return () => stripe.stop();
  });

  beforeEach(async () => {
    billing = new TestBilling(database);
    stripe.reset();
    api = apiOf(billing);
    ada = await billing.addUser();
    home = await billing.addWorkspace(ada);
  });

  const apiOf = (
    { store, changes, clock, logger, subscriptions }: TestBilling,
    { key = 'sk_test_1', hasWebhook = true }: { readonly key?: string | undefined; readonly hasWebhook?: boolean } = {},
  ): Api => {
    const made = createApi(logger);
    limitBodies(made);
    const usage = new Usage(store);
    const provider =
      key === '' ? undefined : new StripeProvider({ key, logger, address: stripe.address, timeoutMs: 2_000 });
    const services = {
      signedIn: signedIn({
        authenticate: (token) => Promise.resolve(identityOf(token)),
        now: () => clock.now(),
        uptimeMs: () => clock.uptimeMs(),
        toleranceMs: 0,
      }),
      subscriptions,
      usage,
      clock,
      payments: new Payments({ store, subscriptions, provider }),
      webhook: hasWebhook ? new Webhook({ store, changes, clock, logger, plans: PLANS, secrets: [SECRET] }) : undefined,
      web: { allowedOrigins: ['https://app.example.com', '*'], publicUrl: 'https://sync.example.com' },
    };
    addBillingRoutes(made, services);
    addUsageRoutes(made, services);
    return made;
  };

  /** The token is the account, with `cli:` before one that nobody has signed in for. */
  const identityOf = (token: string): Identity => ({
    userId: token,
    roleIn: (workspaceId) => (workspaceId === home && token === ada ? 'owner' : undefined),
    ...(!token.startsWith('cli') && { signIn: { sessionId: randomUUID(), deviceId: randomUUID() } }),
  });

  const ask = async (path: string, { token = ada, json, headers = {} }: Ask = {}): Promise<Answer> => {
    const response = await api.request(path, {
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
  };

  const problem = (status: number, code: string): object => ({ status, body: expect.objectContaining({ code }) });

  overviewTests();
  usageTests();
  checkoutTests();
  deletionTests();
  webhookTests();

  function overviewTests(): void {
    test('an account sees its plan and what it has used', async () => {
      const shared = await billing.addWorkspace(ada);
      const today = new Date(billing.clock.now()).toISOString().slice(0, 10);
      await billing.addUsage(home, 900, today);
      await billing.addUsage(home, 50, '2025-12-02');
      await billing.addUsage(home, 25, '2025-12-01');
      await billing.addUsage(shared, 5, today);
      const { store, changes, clock, logger, subscriptions } = billing;
      const gate = new AccountGate({ store, changes, clock, logger, subscriptions, usage: new Usage(store) });
      const device = await billing.addDevice(ada);
      const identity = { ...identityOf(ada), signIn: { sessionId: randomUUID(), deviceId: device } };
      await gate.admit({ identity, workspaceId: home, siteId: new Uint8Array(16) });
      gate.close();
      const free = { name: 'free', label: 'Free', devices: 2, storedBytes: 1000, historyDays: 7 };
      const team = { name: 'team', label: 'Team', devices: 5, storedBytes: 5000, historyDays: null };
      const pro = { name: 'pro', label: 'Pro', devices: null, storedBytes: null, historyDays: null };
      expect(await ask('/v1/billing')).toEqual({
        status: 200,
        body: {
          plan: free,
          status: null,
          currentPeriodEnd: null,
          cancelAtPeriodEnd: false,
          endsAt: null,
          isReadOnly: false,
          plans: [
            { ...free, isForSale: false },
            { ...team, isForSale: true },
            { ...pro, isForSale: true },
          ],
          usage: {
            storedBytes: 980,
            devices: 1,
            workspaces: [
              {
                id: home,
                name: '',
                storedBytes: 975,
                days: [
                  { day: '2025-12-02', entries: 1, changes: 3, bytes: 50 },
                  { day: today, entries: 1, changes: 3, bytes: 900 },
                ],
              },
              { id: shared, name: '', storedBytes: 5, days: [{ day: today, entries: 1, changes: 3, bytes: 5 }] },
            ],
          },
        },
      });
    });

    test('an account sees its subscription, and when it ends', async () => {
      const end = billing.clock.now() + 1000;
      await billing.subscribe(ada, { plan: 'team', status: 'cancelled', currentPeriodEnd: end });
      await billing.addUsage(home, 5000);
      expect((await ask('/v1/billing')).body).toMatchObject({
        plan: { name: 'team' },
        status: 'cancelled',
        currentPeriodEnd: '2026-01-01T00:00:01.000Z',
        endsAt: '2026-01-01T00:00:01.000Z',
        isReadOnly: true,
      });
    });

    test('a token of no account has none', async () => {
      expect(await ask('/v1/billing', { token: 'cli' })).toEqual(problem(403, 'not_an_account'));
      expect((await api.request('/v1/billing')).status).toBe(401);
    });

    test('while PostgreSQL is away that is said', async () => {
      billing.isAway = true;
      expect(await ask('/v1/billing')).toEqual(problem(503, 'accounts_unavailable'));
    });
  }

  function usageTests(): void {
    const days = async (query = ''): Promise<unknown> => (await ask(`/v1/workspaces/${home}/usage${query}`)).body;

    test('members see each day of a workspace', async () => {
      await billing.addUsage(home, 10, '2025-12-31');
      await billing.addUsage(home, 20, '2025-12-31');
      await billing.addUsage(home, 40, '2025-01-01');
      const eve = { day: '2025-12-31', entries: 2, changes: 6, bytes: 30 };
      const past = { day: '2025-01-01', entries: 1, changes: 3, bytes: 40 };
      expect(await days()).toEqual({ from: '2025-12-02', to: '2026-01-01', days: [eve] });
      expect(await days('?from=2025-01-01&to=2025-12-31')).toMatchObject({ days: [past, eve] });
      expect(await days('?from=2025-01-02&to=2025-12-30')).toMatchObject({ days: [] });
      expect(await days('?to=2025-01-31')).toEqual({ from: '2025-01-01', to: '2025-01-31', days: [past] });
    });

    test('nobody else does, and does not learn whether it exists', async () => {
      const stranger = await billing.addUser();
      const [other, none] = [await billing.addWorkspace(stranger), randomUUID()];
      const answers = await Promise.all([other, none].map((id) => ask(`/v1/workspaces/${id}/usage`)));
      expect(answers[0]).toEqual(problem(404, 'not_found'));
      expect(answers[1]).toEqual(answers[0]);
      expect(await ask(`/v1/workspaces/${home}/usage`, { token: stranger })).toEqual(answers[0]);
    });

    test.each([
      'from=yesterday',
      'to=2026-02-30',
      'from=2026-01-02&to=2026-01-01',
      'from=2024-01-01&to=2026-01-01',
      'x=1',
    ])('days that cannot be are refused: %s', async (query) => {
      expect(await ask(`/v1/workspaces/${home}/usage?${query}`)).toEqual(problem(400, 'request_invalid'));
    });
  }

  function checkoutTests(): void {
    describe('a checkout', () => {
      const begin = (json: object = { plan: 'pro' }, headers: Ask['headers'] = {}): Promise<Answer> =>
        ask('/v1/billing/checkout', { json, headers });

      test('is begun at the provider, and says whose it is', async () => {
        expect(await begin({ plan: 'pro', returnPath: '/settings?tab=plan' })).toEqual({
          status: 200,
          body: { url: 'https://checkout.example.com/1' },
        });
        const [request] = stripe.requests;
        expect(request).toMatchObject({ path: '/v1/checkout/sessions', authorization: 'Bearer sk_test_1' });
        expect(request?.form).toMatchObject({
          mode: 'subscription',
          'line_items[0][price]': 'price_pro',
          client_reference_id: ada,
          customer_email: `${ada}@example.com`,
          'metadata[user_id]': ada,
          'subscription_data[metadata][user_id]': ada,
          success_url: 'https://sync.example.com/settings?tab=plan&billing=paid',
          cancel_url: 'https://sync.example.com/settings?tab=plan&billing=cancelled',
        });
      });

      test('takes another price of the plan, and knows the customer again', async () => {
        await billing.subscribe(ada, {
          plan: 'pro',
          status: 'cancelled',
          stripeSubscriptionId: `sub_${ada}`,
          stripeCustomerId: 'cus_7',
        });
        await begin({ plan: 'pro', price: 'price_pro_year' });
        expect(stripe.requests[0]?.form).toMatchObject({ 'line_items[0][price]': 'price_pro_year', customer: 'cus_7' });
        expect(stripe.requests[0]?.form).not.toHaveProperty('customer_email');
      });

      test.each([
        ['https://app.example.com', 'https://app.example.com/'],
        ['https://evil.example.com', 'https://sync.example.com/'],
        ['null', 'https://sync.example.com/'],
      ])('from a page of %s leads back to %s', async (origin, base) => {
        await begin({ plan: 'pro' }, { Origin: origin });
        expect(stripe.requests[0]?.form['success_url']).toBe(`${base}?billing=paid`);
      });

      test.each(['https://evil.example.com', '//evil.example.com', '/\\evil.example.com', '', 'settings'])(
        'does not lead to %j',
        async (returnPath) => {
          expect(await begin({ plan: 'pro', returnPath })).toEqual(problem(400, 'request_invalid'));
        },
      );

      test.each([{ plan: 'free' }, { plan: 'gold' }, { plan: 'price_pro' }, { plan: 'pro', price: 'price_team' }])(
        'of what is not for sale is refused: %j',
        async (json) => {
          expect(await begin(json)).toEqual(problem(404, 'not_found'));
          expect(stripe.requests).toEqual([]);
        },
      );

      test('beside a subscription that runs is refused', async () => {
        await billing.subscribe(ada, { plan: 'team', status: 'past_due', stripeSubscriptionId: `sub_${ada}` });
        expect(await begin()).toEqual(problem(409, 'conflict'));
      });

      test('is not possible while the provider fails, and the log says why', async () => {
        stripe.fault = { status: 401, code: 'api_key_expired', message: 'Expired API Key' };
        const answer = await begin();
        expect(answer).toEqual(problem(503, 'billing_unavailable'));
        expect(JSON.stringify(answer)).not.toContain('Expired');
        expect(billing.logger.lines).toEqual(['error: Stripe was asked for a checkout, and has not given it']);
      });

      test('is not possible without a provider', async () => {
        api = apiOf(billing, { key: '' });
        expect(await begin()).toEqual(problem(503, 'billing_unavailable'));
        expect((await ask('/v1/billing')).body).toMatchObject({ plans: [{}, { isForSale: false }, {}] });
      });
    });

    test('the portal is the customer’s', async () => {
      const open = (): Promise<Answer> => ask('/v1/billing/portal', { json: {} });
      expect(await open()).toEqual(problem(404, 'not_found'));
      const ids = { stripeSubscriptionId: `sub_${ada}`, stripeCustomerId: 'cus_7' };
      await billing.subscribe(ada, { plan: 'team', ...ids });
      expect(await open()).toEqual({ status: 200, body: { url: 'https://portal.example.com/1' } });
      expect(stripe.requests[0]).toMatchObject({
        path: '/v1/billing_portal/sessions',
        form: { customer: 'cus_7', return_url: 'https://sync.example.com/' },
      });
    });
  }

  function deletionTests(): void {
    describe('before an account is deleted', () => {
      const payments = (hasProvider = true): Payments => {
        const { store, subscriptions, logger } = billing;
        const provider = new StripeProvider({ key: 'sk_test_1', logger, address: stripe.address });
        return new Payments({ store, subscriptions, provider: hasProvider ? provider : undefined });
      };

      test('what runs at the provider is ended there', async () => {
        const statuses = ['active', 'past_due', 'paused', 'cancelled'] as const;
        for (const status of statuses) {
          await billing.subscribe(ada, { plan: 'pro', status, stripeSubscriptionId: `sub_${status}_${ada}` });
        }
        await payments().beforeDelete(ada);
        expect(stripe.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
          statuses.slice(0, 3).map((status) => `DELETE /v1/subscriptions/sub_${status}_${ada}`),
        );
      });

      test('what is gone there already is no fault', async () => {
        await billing.subscribe(ada, { plan: 'pro', stripeSubscriptionId: `sub_${ada}` });
        stripe.fault = { status: 404, code: 'resource_missing', message: 'No such subscription' };
        await expect(payments().beforeDelete(ada)).resolves.toBeUndefined();
      });

      test.each([
        ['fails', true],
        ['is not known to the server', false],
      ])('a provider that %s keeps it from being deleted', async (_, hasProvider) => {
        await billing.subscribe(ada, { plan: 'pro', stripeSubscriptionId: `sub_${ada}` });
        stripe.fault = { status: 400, code: 'lock_timeout', message: 'later' };
        await expect(payments(hasProvider).beforeDelete(ada)).rejects.toMatchObject({ code: 'billing_unavailable' });
      });

      test('one that pays nothing needs no provider', async () => {
        await billing.subscribe(ada, { plan: 'pro' });
        await expect(payments(false).beforeDelete(ada)).resolves.toBeUndefined();
      });
    });
  }

  function webhookTests(): void {
    const post = async (payload: Uint8Array<ArrayBuffer>, signature?: string): Promise<Answer> => {
      const headers = {
        'Content-Type': 'application/json',
        ...(signature !== undefined && { 'Stripe-Signature': signature }),
      };
      const response = await api.request('/v1/billing/webhook', { method: 'POST', headers, body: payload });
      return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
    };

    test('an event that the provider has signed is taken, byte for byte', async () => {
      const more = { id: `sub_${ada}`, description: 'ä \u2028 1.0' };
      const { payload, signature } = sign(subscriptionEvent('created', 0, { userId: ada, more }));
      expect((await post(payload, signature)).status).toBe(204);
      expect((await billing.subscriptions.planOf(ada)).plan.name).toBe('pro');
    });

    test('one that it has not signed is refused', async () => {
      const { payload, signature } = sign(subscriptionEvent('created', 0, { userId: ada }), { secret: 'whsec_other' });
      expect(await post(payload, signature)).toEqual(problem(400, 'webhook_invalid'));
      expect(await post(payload)).toEqual(problem(400, 'webhook_invalid'));
      expect(await post(new Uint8Array())).toEqual(problem(400, 'webhook_invalid'));
    });

    test('one that comes too early is to be sent again', async () => {
      const { payload, signature } = sign(
        subscriptionEvent('created', 0, { more: { customer: 'cus_new', id: 'sub_new' } }),
      );
      expect(await post(payload, signature)).toEqual(problem(409, 'conflict'));
    });

    test('one of 256 KiB is taken, and a byte more is not', async () => {
      const event = subscriptionEvent('created', 0, { userId: ada, more: { id: `sub_${ada}`, pad: '' } });
      const room = 256 * 1024 - JSON.stringify(event).length;
      for (const [length, status] of [
        [room, 204],
        [room + 1, 413],
      ] as const) {
        // prettier-ignore
        const { payload, signature } = sign({ ...event, data: { object: { ...event.data.object, pad: 'x'.repeat(length) } } });
        expect((await post(payload, signature)).status).toBe(status);
      }
    });

    test('without a secret, or while PostgreSQL is away, it is to be sent again', async () => {
      const { payload, signature } = sign(subscriptionEvent('created', 0, { userId: ada }));
      billing.isAway = true;
      expect(await post(payload, signature)).toEqual(problem(503, 'accounts_unavailable'));
      api = apiOf(billing, { hasWebhook: false });
      expect(await post(payload, signature)).toEqual(problem(503, 'billing_unavailable'));
    });
  }
});

interface Ask {
  readonly token?: string;
  readonly json?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
