/** Which plan an account has, what it has used, how it pays, and what the payment provider tells. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { billingOverview, type BillingOverview } from '../../billing/billing-overview.ts';
import type { Payments } from '../../billing/payments.ts';
import type { Plan } from '../../billing/plans.ts';
import { SUBSCRIPTION_STATUSES, type Subscriptions } from '../../billing/subscriptions.ts';
import type { Usage } from '../../billing/usage.ts';
import { MAX_EVENT_BYTES, type Webhook } from '../../billing/webhook.ts';
import type { Clock } from '../../clock.ts';
import { ApiError } from '../../errors.ts';
import { isAllowedOrigin } from '../origin.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { publicUrl, type WebOptions } from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';
import { dayUsage } from './usage-routes.ts';

export interface BillingRouteServices {
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
  readonly payments: Payments;
  /** Undefined where the server has no secret to check events with. */
  readonly webhook: Webhook | undefined;
  readonly clock: Clock;
  readonly web: WebOptions;
}

export const WEBHOOK_PATH = '/v1/billing/webhook';

const TAGS = ['Billing'];

const limit = z.int().nullable().openapi({ description: 'Null for no limit.' });

const plan = z
  .object({ name: z.string(), label: z.string(), devices: limit, storedBytes: limit, historyDays: limit })
  .openapi('Plan');

const moment = z.iso.datetime().nullable();

const overview = z
  .object({
    plan,
    status: z.enum(SUBSCRIPTION_STATUSES).nullable().openapi({ description: 'Null without a subscription.' }),
    currentPeriodEnd: moment.openapi({ description: 'Until when it is paid.' }),
    cancelAtPeriodEnd: z.boolean(),
    endsAt: moment.openapi({ description: 'When the plan ends, as things are; null while nothing says so.' }),
    isReadOnly: z
      .boolean()
      .openapi({ description: 'Whether edits are not taken, because more is stored than included.' }),
    plans: z.array(plan.extend({ isForSale: z.boolean() })).openapi({ description: 'From the least to the most.' }),
    usage: z.object({
      storedBytes: z.int(),
      devices: z.int().openapi({ description: 'Those that sync and are not revoked.' }),
      workspaces: z
        .array(z.object({ id: z.string(), name: z.string(), storedBytes: z.int(), days: z.array(dayUsage) }))
        .openapi({ description: 'Those that count towards the plan, with the last 31 days.' }),
    }),
  })
  .openapi('Billing');

const show = createRoute({
  method: 'get',
  path: '/v1/billing',
  operationId: 'getBilling',
  tags: TAGS,
  summary: 'Your plan, and what you have used of it',
  security: BEARER,
  responses: {
    200: json('How things are.', overview),
    ...problems('unauthenticated', 'not_an_account', 'accounts_unavailable'),
  },
});

const PATH_RULE = 'has to be a path of this site, such as /settings';
const returnPath = z
  .string({ error: PATH_RULE })
  .max(500, PATH_RULE)
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/, PATH_RULE)
  .default('/')
  .openapi({ description: 'The page to come back to.' });

const page = json('Where to go on.', z.object({ url: z.url() }));

const checkout = createRoute({
  method: 'post',
  path: '/v1/billing/checkout',
  operationId: 'beginCheckout',
  tags: TAGS,
  summary: 'Subscribe to a plan',
  description:
    'The person pays on a page of the payment provider, and comes back with `billing=paid` or `billing=cancelled`.',
  security: BEARER,
  request: body(
    z
      .strictObject({
        plan: z.string().max(100),
        price: z.string().max(100).optional().openapi({ description: 'Of several that the plan has; else the first.' }),
        returnPath,
      })
      .openapi('Checkout'),
  ),
  responses: {
    200: page,
    ...problems(
      'unauthenticated',
      'not_an_account',
      'not_found',
      'conflict',
      'billing_unavailable',
      'accounts_unavailable',
    ),
  },
});

const portal = createRoute({
  method: 'post',
  path: '/v1/billing/portal',
  operationId: 'openBillingPortal',
  tags: TAGS,
  summary: 'Change or end what you pay for',
  security: BEARER,
  request: body(z.strictObject({ returnPath }).openapi('BillingPortal')),
  responses: {
    200: page,
    ...problems('unauthenticated', 'not_an_account', 'not_found', 'billing_unavailable', 'accounts_unavailable'),
  },
});

const receive = createRoute({
  method: 'post',
  path: WEBHOOK_PATH,
  operationId: 'receivePaymentEvent',
  tags: TAGS,
  summary: 'For the payment provider: an event, with Stripe’s signature',
  description: '`conflict` says that the event comes too early, and is to be sent again.',
  responses: {
    ...NOTHING,
    ...problems('webhook_invalid', 'conflict', 'body_too_large', 'billing_unavailable', 'accounts_unavailable'),
  },
});

export function addBillingRoutes(api: Api, services: BillingRouteServices): void {
  const { signedIn, payments, web } = services;
  for (const { path } of [show, checkout, portal]) api.use(path, signedIn);

  api.openapi(show, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json(overviewText(await billingOverview(userId, services), payments), 200);
  });

  api.openapi(checkout, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { returnPath: path, ...wanted } = context.req.valid('json');
    const returnTo = new URL(path, pageOrigin(context, web));
    return context.json({ url: await payments.checkout(userId, { ...wanted, returnTo }) }, 200);
  });

  api.openapi(portal, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const returnTo = new URL(context.req.valid('json').returnPath, pageOrigin(context, web));
    return context.json({ url: await payments.portal(userId, returnTo) }, 200);
  });

  addWebhookRoute(api, services);
}

function addWebhookRoute(api: Api, { webhook }: BillingRouteServices): void {
  const onError = (): never => {
    throw new ApiError('body_too_large', `more than ${MAX_EVENT_BYTES} bytes`);
  };
  api.use(WEBHOOK_PATH, bodyLimit({ maxSize: MAX_EVENT_BYTES, onError }));
  api.openapi(receive, async (context) => {
    if (webhook === undefined)
      throw new ApiError('billing_unavailable', 'the server has no secret to check events with');
    // As it came: the signature is of every byte.
    const payload = new Uint8Array(await context.req.arrayBuffer());
    await webhook.receive(payload, context.req.header('Stripe-Signature') ?? '');
    return context.body(null, 204);
  });
}

/** Of the page that asks, where it is one that may; else of the server. */
function pageOrigin(context: Context, web: WebOptions): URL {
  const origin = context.req.header('Origin');
  const named = (web.allowedOrigins ?? []).filter((allowed) => allowed !== '*');
  const { host } = new URL(context.req.url);
  const isOurs = origin !== undefined && URL.canParse(origin) && isAllowedOrigin({ origin, host }, named);
  return isOurs ? new URL(origin) : publicUrl(context, web);
}

function overviewText(billing: BillingOverview, payments: Payments): z.output<typeof overview> {
  const { plan: current, subscription, until, isReadOnly, plans, storedBytes, devices, workspaces } = billing;
  return {
    plan: planText(current),
    status: subscription?.status ?? null,
    currentPeriodEnd: timeText(subscription?.currentPeriodEnd),
    cancelAtPeriodEnd: subscription?.cancelAtPeriodEnd ?? false,
    endsAt: timeText(until),
    isReadOnly,
    plans: plans.map((known) =>
      Object.assign(planText(known), { isForSale: payments.isAvailable && known.prices.length > 0 }),
    ),
    usage: {
      storedBytes,
      devices,
      workspaces: workspaces.map(({ workspaceId: id, name, storedBytes: bytes, days }) => ({
        id,
        name,
        storedBytes: bytes,
        days: [...days],
      })),
    },
  };
}

function planText({ name, label, devices, storedBytes, historyDays }: Plan): z.output<typeof plan> {
  return {
    name,
    label,
    devices: devices ?? null,
    storedBytes: storedBytes ?? null,
    historyDays: historyDays ?? null,
  };
}

function timeText(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
