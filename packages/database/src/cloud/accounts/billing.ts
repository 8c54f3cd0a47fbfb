/** Who pays for what, as the payment provider last said. */
import { boolean, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { time } from '../columns.ts';
import type { TableComments } from '../comments.ts';
import { billing } from '../schemas.ts';
import { createdAt, moment, momentComments, updatedAt } from './moments.ts';
import { ofUser } from './people.ts';

export const subscriptions = billing.table(
  'subscriptions',
  {
    id: uuid('id').primaryKey(),
    userId: ofUser().notNull(),
    stripeCustomerId: text('stripe_customer_id'),
    stripeSubscriptionId: text('stripe_subscription_id'),
    plan: text('plan').notNull(),
    status: text('status').notNull(),
    currentPeriodEnd: time('current_period_end'),
    cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull().default(false),
    saidAt: moment('said_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('subscriptions_by_stripe_subscription').on(table.stripeSubscriptionId),
    index('subscriptions_by_user').on(table.userId),
    index('subscriptions_by_customer').on(table.stripeCustomerId),
  ],
);

export const subscriptionsComments: TableComments<typeof subscriptions> = {
  table: 'Which plan an account has.',
  columns: {
    id: 'The subscription.',
    userId: 'The account.',
    stripeCustomerId: 'The account at the payment provider; null for a plan that an admin has given.',
    stripeSubscriptionId: 'The subscription there; null for a plan that an admin has given.',
    plan: 'The plan, by the name that the server is configured with.',
    status: 'active, trialing, past_due, paused, cancelled or incomplete.',
    currentPeriodEnd: 'Until when it is paid; null where it does not end.',
    cancelAtPeriodEnd: 'Whether it ends then.',
    saidAt: 'When the provider said what stands here: what it said earlier and arrives later counts for nothing.',
    ...momentComments,
  },
};

export const webhookEvents = billing.table(
  'webhook_events',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    saidAt: time('said_at').notNull(),
    receivedAt: moment('received_at'),
  },
  (table) => [index('webhook_events_by_time').on(table.receivedAt)],
);

export const webhookEventsComments: TableComments<typeof webhookEvents> = {
  table: 'What the payment provider has sent, so that the same event counts once.',
  columns: {
    id: 'The event, as the provider names it.',
    kind: 'What it says.',
    saidAt: 'When it happened there.',
    receivedAt: 'When it arrived here.',
  },
};
