/**
 * What has been said, into the tables: each event once, and of a subscription what counts most, whatever the order in which
 * it arrives. A subscription is the greatest of all that was said of it, by one total order, so that the order of arrival
 * cannot matter:
 *
 *   1. What is cancelled stays cancelled.
 *   2. Then the later moment counts (see stripe-event.ts for those within a second).
 *   3. Then, for two changes of the same second that have the same status: the later end, then one that is to end, then the
 *      later name of a plan. Which of them came last cannot be known.
 */
import { randomUUID } from 'node:crypto';
import { recordEvent } from '../accounts/audit.ts';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { isUuid } from '../search/documents.ts';
import type { CheckoutSaid, Said, StripeEvent, SubscriptionSaid } from './stripe-event.ts';

export type Taken =
  | { readonly type: 'changed'; readonly userId: string }
  /** Older than what stands, or about nothing that is kept. */
  | { readonly type: 'nothing' }
  | { readonly type: 'repeated' }
  /** It is of no account that is here; it may be of one that is yet to be linked. */
  | { readonly type: 'unlinked'; readonly isToCome: boolean };

/** In a transaction: of several that take the same event at once, the first one does. */
export async function takeEvent(queries: CloudQueries, event: StripeEvent, said: Said): Promise<Taken> {
  const isNew = await queries.query(
    `INSERT INTO billing.webhook_events (id, kind, said_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [event.id, event.type, new Date(event.created * 1000)],
  );
  if (isNew.length === 0) return { type: 'repeated' };
  if (said.type === 'subscription') return takeSubscription(queries, said);
  return said.type === 'checkout' ? takeCheckout(queries, said) : said;
}

export async function pruneEvents(queries: Pick<CloudQueries, 'query'>, before: Date): Promise<void> {
  await queries.query('DELETE FROM billing.webhook_events WHERE received_at < $1', [before]);
}

async function takeSubscription(queries: CloudQueries, said: SubscriptionSaid): Promise<Taken> {
  const userId = await accountOf(queries, said);
  if (userId === undefined) return { type: 'unlinked', isToCome: said.isOurs && said.userId === undefined };
  const order = (row: string): string =>
    `(${row}.status = 'cancelled', ${row}.said_at, coalesce(${row}.current_period_end, 'infinity'),
      ${row}.cancel_at_period_end, ${row}.plan COLLATE "C")`;
  const [changed] = await queries.query<{ user_id: string }>(
    `INSERT INTO billing.subscriptions AS known
       (id, user_id, stripe_subscription_id, stripe_customer_id, plan, status, current_period_end, cancel_at_period_end, said_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (stripe_subscription_id) DO UPDATE SET
       stripe_customer_id = excluded.stripe_customer_id, plan = excluded.plan, status = excluded.status,
       current_period_end = excluded.current_period_end, cancel_at_period_end = excluded.cancel_at_period_end,
       said_at = excluded.said_at, updated_at = now()
     WHERE ${order('excluded')} > ${order('known')}
     RETURNING user_id`,
    [
      randomUUID(),
      userId,
      said.stripeSubscriptionId,
      said.stripeCustomerId,
      said.plan,
      said.status,
      said.currentPeriodEnd,
      said.cancelAtPeriodEnd,
      said.saidAt,
    ],
  );
  if (changed === undefined) return { type: 'nothing' };
  await recordEvent(queries, { kind: 'plan-changed', userId, detail: `${said.plan}, ${said.status}` });
  return { type: 'changed', userId: changed.user_id };
}

/** A row that holds whose it is; what else is known of it comes with an event of the subscription, and beats this. */
async function takeCheckout(queries: CloudQueries, said: CheckoutSaid): Promise<Taken> {
  const userId = await accountOf(queries, said);
  if (userId === undefined) return { type: 'unlinked', isToCome: false };
  await queries.query(
    `INSERT INTO billing.subscriptions (id, user_id, stripe_subscription_id, stripe_customer_id, plan, status, said_at)
     VALUES ($1, $2, $3, $4, '', 'incomplete', 'epoch')
     ON CONFLICT (stripe_subscription_id) DO NOTHING`,
    [randomUUID(), userId, said.stripeSubscriptionId, said.stripeCustomerId ?? null],
  );
  return { type: 'nothing' };
}

type Linked = Pick<SubscriptionSaid, 'stripeSubscriptionId' | 'userId'> & {
  readonly stripeCustomerId?: string | undefined;
};

/** Whose the subscription was first, else whom it names, else whose customer it is of. */
async function accountOf(queries: CloudQueries, said: Linked): Promise<string | undefined> {
  const named = said.userId !== undefined && isUuid(said.userId) ? said.userId : null;
  const [found] = await queries.query<{ user_id: string | null }>(
    `SELECT coalesce(
       (SELECT user_id FROM billing.subscriptions WHERE stripe_subscription_id = $1),
       (SELECT id FROM auth.users WHERE id = $2::uuid),
       (SELECT user_id FROM billing.subscriptions WHERE stripe_customer_id = $3 ORDER BY created_at, id LIMIT 1)
     ) AS user_id`,
    [said.stripeSubscriptionId, named, said.stripeCustomerId ?? null],
  );
  return found?.user_id ?? undefined;
}
