/** How an account comes to pay, how it changes that, and that it pays no more when it is deleted. */
import type { AccountStore } from '../accounts/account-store.ts';
import { ApiError } from '../errors.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface PaymentsOptions {
  readonly store: AccountStore;
  readonly subscriptions: Subscriptions;
  /** Undefined where the server has none. */
  readonly provider: PaymentProvider | undefined;
}

export interface PlanChoice {
  readonly plan: string;
  /** One of those of the plan; by default the first one. */
  readonly price?: string | undefined;
  /** The page that the person comes back to. */
  readonly returnTo: URL;
}

type Paid = Subscription & { readonly stripeSubscriptionId: string };

export class Payments {
  readonly #options: PaymentsOptions;

  constructor(options: PaymentsOptions) {
    this.#options = options;
  }

  get isAvailable(): boolean {
    return this.#options.provider !== undefined;
  }

  /** The address of the page to pay on. */
  async checkout(userId: string, { plan: name, price: wanted, returnTo }: PlanChoice): Promise<string> {
    const { store, subscriptions } = this.#options;
    const provider = this.#expectProvider();
    const plan = subscriptions.plans.all.find((known) => known.name === name);
    const price = wanted === undefined ? plan?.prices[0] : plan?.prices.find((known) => known === wanted);
    if (price === undefined) throw new ApiError('not_found', 'there is no such plan to pay for');
    const paid = await this.#paid(userId);
    if (paid.some(isRunning)) {
      throw new ApiError('conflict', 'the account has a subscription already: change that one');
    }
    const user = await store.find<{ email: string }>('SELECT email FROM auth.users WHERE id = $1', [userId]);
    if (user === undefined) throw new ApiError('not_found', 'there is no such account');
    return provider.checkout({
      userId,
      customer: customerOf(paid),
      email: user.email,
      plan: name,
      price,
      successUrl: withOutcome(returnTo, 'paid'),
      cancelUrl: withOutcome(returnTo, 'cancelled'),
    });
  }

  /** The address of the page to change or end what is paid for. */
  async portal(userId: string, returnTo: URL): Promise<string> {
    const provider = this.#expectProvider();
    const customer = customerOf(await this.#paid(userId));
    if (customer === undefined) throw new ApiError('not_found', 'the account has paid for nothing yet');
    return provider.portal({ customer, returnUrl: returnTo.href });
  }

  /** Nobody pays for an account that is gone: throws `billing_unavailable` where that cannot be made sure. */
  async beforeDelete(userId: string): Promise<void> {
    const running = (await this.#paid(userId)).filter(({ status }) => status !== 'cancelled');
    if (running.length === 0) return;
    const provider = this.#expectProvider();
    for (const { stripeSubscriptionId } of running) await provider.cancel(stripeSubscriptionId);
  }

  /** Those that run come first. */
  async #paid(userId: string): Promise<Paid[]> {
    const paid = (await this.#options.subscriptions.of(userId)).filter(isPaid);
    return paid.toSorted((a, b) => Number(isRunning(b)) - Number(isRunning(a)));
  }

  #expectProvider(): PaymentProvider {
    const { provider } = this.#options;
    if (provider === undefined) throw new ApiError('billing_unavailable', 'the server has no payment provider to ask');
    return provider;
  }
}

function isPaid(subscription: Subscription): subscription is Paid {
  return subscription.stripeSubscriptionId !== undefined;
}

/** A second one beside it would be paid twice. */
function isRunning({ status }: Subscription): boolean {
  return status !== 'cancelled' && status !== 'incomplete';
}

function customerOf(paid: readonly Subscription[]): string | undefined {
  return paid.find(({ stripeCustomerId }) => stripeCustomerId !== undefined)?.stripeCustomerId;
}

function withOutcome(returnTo: URL, outcome: string): string {
  const url = new URL(returnTo);
  url.searchParams.set('billing', outcome);
  return url.href;
}
