/**
 * Which plan an account has: the most of what its subscriptions give it right now, else the one of those who have none. What
 * gives a plan:
 *
 *   active, trialing   until the provider says otherwise; one that was to end, no longer than the grace after that end
 *   past_due           for the grace, from when the provider last said so
 *   cancelled          until the end of what is paid
 *   paused, incomplete nothing
 */
import { randomUUID } from 'node:crypto';
import type { AccountChanges } from '../accounts/account-changes.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import { recordEvent } from '../accounts/audit.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { Plan, Plans } from './plans.ts';

export const SUBSCRIPTION_STATUSES = ['incomplete', 'trialing', 'past_due', 'paused', 'active', 'cancelled'] as const;

export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export interface Subscription {
  readonly userId: string;
  /** Undefined for a plan that an admin has given. */
  readonly stripeSubscriptionId: string | undefined;
  readonly stripeCustomerId: string | undefined;
  /** The name of a plan, or a price that no plan has. */
  readonly plan: string;
  readonly status: SubscriptionStatus;
  /** Milliseconds since the epoch. */
  readonly currentPeriodEnd: number | undefined;
  readonly cancelAtPeriodEnd: boolean;
  readonly saidAt: number;
}

export interface AccountPlan {
  readonly plan: Plan;
  /** What gives it. */
  readonly subscription: Subscription | undefined;
  /** When it ends by itself; undefined while nothing says so. */
  readonly until: number | undefined;
}

export interface SubscriptionsOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly plans: Plans;
  readonly clock: Clock;
  /** How long somebody whose payment has failed keeps the plan. */
  readonly graceMs?: number | undefined;
}

interface Row {
  readonly user_id: string;
  readonly stripe_subscription_id: string | null;
  readonly stripe_customer_id: string | null;
  readonly plan: string;
  readonly status: SubscriptionStatus;
  readonly current_period_end: Date | null;
  readonly cancel_at_period_end: boolean;
  readonly said_at: Date;
}

export const DEFAULT_GRACE_MS = 14 * 86_400_000;

export class Subscriptions {
  readonly plans: Plans;
  readonly #store: AccountStore;
  readonly #changes: AccountChanges;
  readonly #clock: Clock;
  readonly #graceMs: number;

  constructor({ store, changes, plans, clock, graceMs = DEFAULT_GRACE_MS }: SubscriptionsOptions) {
    this.plans = plans;
    this.#store = store;
    this.#changes = changes;
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  /** The one that was begun last comes first. */
  async of(userId: string): Promise<Subscription[]> {
    return (await this.#rows([userId])).map(subscriptionOf);
  }

  async planOf(userId: string): Promise<AccountPlan> {
    return this.bestOf(await this.of(userId));
  }

  async plansOf(userIds: readonly string[]): Promise<Map<string, AccountPlan>> {
    const rows = await this.#rows(userIds);
    const ofUser = (userId: string): Subscription[] =>
      rows.filter(({ user_id: owner }) => owner === userId).map(subscriptionOf);
    return new Map(userIds.map((userId) => [userId, this.bestOf(ofUser(userId))]));
  }

  bestOf(subscriptions: readonly Subscription[]): AccountPlan {
    const now = this.#clock.now();
    let best: AccountPlan = { plan: this.plans.fallback, subscription: undefined, until: undefined };
    for (const subscription of subscriptions) {
      const plan = this.plans.find(subscription.plan);
      const until = this.#endOf(subscription);
      if (plan === undefined || until <= now) continue;
      const given = { plan, subscription, until: until === Infinity ? undefined : until };
      if (this.#isMore(given, best)) best = given;
    }
    return best;
  }

  /** An admin's gift, in place of the one before; without a plan, that is taken back. */
  async give(userId: string, planName: string | undefined): Promise<AccountPlan> {
    if (planName !== undefined && this.plans.find(planName)?.name !== planName) {
      const names = this.plans.all.map(({ name }) => name).join(', ');
      throw new ApiError('not_found', `there is no plan ${planName}, only ${names}`);
    }
    await writeGift(this.#store, { userId, planName, now: this.#clock.now() });
    await this.#changes.tell({ userId });
    return this.planOf(userId);
  }

  #rows(userIds: readonly string[]): Promise<Row[]> {
    return this.#store.query<Row>(
      `SELECT user_id, stripe_subscription_id, stripe_customer_id, plan, status, current_period_end,
         cancel_at_period_end, said_at
       FROM billing.subscriptions WHERE user_id = ANY ($1::uuid[]) ORDER BY created_at DESC, id`,
      [userIds],
    );
  }

  /** Of what it gives. */
  #endOf({ status, currentPeriodEnd, cancelAtPeriodEnd, saidAt }: Subscription): number {
    if (status === 'past_due') return saidAt + this.#graceMs;
    if (status === 'cancelled') return currentPeriodEnd ?? -Infinity;
    if (status === 'paused' || status === 'incomplete') return -Infinity;
    return cancelAtPeriodEnd && currentPeriodEnd !== undefined ? currentPeriodEnd + this.#graceMs : Infinity;
  }

  #isMore(given: AccountPlan, best: AccountPlan): boolean {
    if (best.subscription === undefined) return true;
    const more = this.plans.rankOf(given.plan.name) - this.plans.rankOf(best.plan.name);
    return more > 0 || (more === 0 && (given.until ?? Infinity) > (best.until ?? Infinity));
  }
}

export interface Gift {
  readonly userId: string;
  readonly planName: string | undefined;
  readonly now: number;
}

/** Without looking whether there is such a plan, and without telling anybody. */
export function writeGift(store: Pick<AccountStore, 'transaction'>, { userId, planName, now }: Gift): Promise<void> {
  return store.transaction(async (queries) => {
    await queries.query('DELETE FROM billing.subscriptions WHERE user_id = $1 AND stripe_subscription_id IS NULL', [
      userId,
    ]);
    if (planName !== undefined) {
      await queries.query(
        `INSERT INTO billing.subscriptions (id, user_id, plan, status, said_at) VALUES ($1, $2, $3, 'active', $4)`,
        [randomUUID(), userId, planName, new Date(now)],
      );
    }
    await recordEvent(queries, { kind: 'plan-given', userId, detail: planName ?? 'taken back' });
  });
}

function subscriptionOf(row: Row): Subscription {
  return {
    userId: row.user_id,
    stripeSubscriptionId: row.stripe_subscription_id ?? undefined,
    stripeCustomerId: row.stripe_customer_id ?? undefined,
    plan: row.plan,
    status: row.status,
    currentPeriodEnd: row.current_period_end?.getTime(),
    cancelAtPeriodEnd: row.cancel_at_period_end,
    saidAt: row.said_at.getTime(),
  };
}
