/**
 * What an event of Stripe says about subscriptions, whichever version of its API has written it. Of payments nothing is kept:
 * what follows from one is said of the subscription.
 */
import { z } from 'zod';
import type { Plans } from './plans.ts';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from './subscriptions.ts';

/** A subscription as it stands. */
export interface SubscriptionSaid {
  readonly type: 'subscription';
  readonly stripeSubscriptionId: string;
  readonly stripeCustomerId: string;
  /** The account that it was begun for, where it says so. */
  readonly userId: string | undefined;
  /** Whether anything that is paid for belongs to a plan of this server. */
  readonly isOurs: boolean;
  readonly plan: string;
  readonly status: SubscriptionStatus;
  readonly currentPeriodEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly saidAt: Date;
}

/** Whose a subscription is. */
export interface CheckoutSaid {
  readonly type: 'checkout';
  readonly stripeSubscriptionId: string;
  readonly stripeCustomerId: string | undefined;
  readonly userId: string;
}

export type Said = SubscriptionSaid | CheckoutSaid | { readonly type: 'nothing' };

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly data: { readonly object: unknown };
}

export const eventSchema: z.ZodType<StripeEvent> = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().nonnegative(),
  data: z.object({ object: z.unknown() }),
});

/** Throws a ZodError for an event of a known kind that is not as it has to be. */
export function saidBy(event: StripeEvent, plans: Plans): Said {
  const kind = KINDS.get(event.type);
  if (kind !== undefined) return subscriptionSaid(event, kind, plans);
  if (event.type === 'checkout.session.completed') return checkoutSaid(event);
  return { type: 'nothing' };
}

/** In the order in which they can only come. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ['customer.subscription.created', 0],
  ['customer.subscription.updated', 1],
  ['customer.subscription.paused', 1],
  ['customer.subscription.resumed', 1],
  ['customer.subscription.deleted', 2],
]);

/**
 * Stripe's times are whole seconds, and a subscription may be created, paid and changed within one. The milliseconds say what
 * counts then: creation comes first and deletion last, and between two changes the later status of SUBSCRIPTION_STATUSES,
 * which is in the order of a subscription's life, and with several that may follow each other, in favour of who pays.
 */
function momentOf({ created }: StripeEvent, kind: number, status: SubscriptionStatus): Date {
  return new Date(created * 1000 + kind * 100 + SUBSCRIPTION_STATUSES.indexOf(status) * 10);
}

const idOrObject = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const seconds = z.int().nullish();
const labels = z.record(z.string(), z.string()).nullish();

const subscriptionSchema = z.object({
  id: z.string().min(1).max(255),
  customer: idOrObject,
  status: z.string(),
  items: z.object({ data: z.array(z.object({ price: z.object({ id: z.string() }), current_period_end: seconds })) }),
  current_period_end: seconds,
  cancel_at_period_end: z.boolean(),
  cancel_at: seconds,
  cancellation_details: z.object({ reason: z.string().nullish() }).nullish(),
  metadata: labels,
});

type StripeSubscription = z.output<typeof subscriptionSchema>;

const STATUSES: Readonly<Record<string, SubscriptionStatus>> = {
  active: 'active',
  trialing: 'trialing',
  past_due: 'past_due',
  paused: 'paused',
  canceled: 'cancelled',
  incomplete_expired: 'cancelled',
};

function subscriptionSaid(event: StripeEvent, kind: number, plans: Plans): SubscriptionSaid {
  const subscription = subscriptionSchema.parse(event.data.object);
  const isDeleted = event.type === 'customer.subscription.deleted';
  const status = isDeleted ? 'cancelled' : (STATUSES[subscription.status] ?? 'incomplete');
  const prices = subscription.items.data.map(({ price }) => price.id);
  const end = periodEnd(subscription);
  return {
    type: 'subscription',
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: subscription.customer,
    userId: subscription.metadata?.['user_id'],
    isOurs: prices.some((price) => plans.isPrice(price)),
    plan: planOf(prices, plans),
    status,
    currentPeriodEnd: end === undefined || (status === 'cancelled' && !isPaid(subscription)) ? null : timeOf(end),
    cancelAtPeriodEnd: endsThen(subscription, end),
    saidAt: momentOf(event, kind, status),
  };
}

/** The most of what is paid for. A price that no plan has stands for itself: a plan may get it later. */
function planOf(prices: readonly string[], plans: Plans): string {
  const [best = ''] = prices.toSorted((a, b) => plans.rankOf(b) - plans.rankOf(a));
  return plans.find(best)?.name ?? best;
}

/** In seconds. */
function periodEnd({ items, current_period_end: end }: StripeSubscription): number | undefined {
  const ends = [end, ...items.data.map((item) => item.current_period_end)].filter((time) => typeof time === 'number');
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** One that ended because of a payment is not paid until the end of its period. */
function isPaid({ status, cancellation_details: details }: StripeSubscription): boolean {
  return status !== 'incomplete_expired' && (details?.reason ?? 'cancellation_requested') === 'cancellation_requested';
}

function endsThen(
  { cancel_at_period_end: isToEnd, cancel_at: at }: StripeSubscription,
  end: number | undefined,
): boolean {
  return isToEnd || (typeof at === 'number' && end !== undefined && at <= end);
}

const checkoutSchema = z.object({
  mode: z.string(),
  subscription: idOrObject.nullish(),
  customer: idOrObject.nullish(),
  client_reference_id: z.string().nullish(),
  metadata: labels,
});

function checkoutSaid({ data }: StripeEvent): Said {
  const { mode, subscription, customer, client_reference_id: reference, metadata } = checkoutSchema.parse(data.object);
  const userId = reference ?? metadata?.['user_id'];
  if (mode !== 'subscription' || typeof subscription !== 'string' || userId === undefined) return { type: 'nothing' };
  return { type: 'checkout', stripeSubscriptionId: subscription, stripeCustomerId: customer ?? undefined, userId };
}

function timeOf(inSeconds: number): Date {
  return new Date(inSeconds * 1000);
}
