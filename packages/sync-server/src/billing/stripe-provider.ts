/** Stripe as the payment provider. What it answers is for the log: people only learn that it cannot be asked. */
import type { Stripe } from 'stripe';
import { ApiError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { CheckoutRequest, PaymentProvider } from './payment-provider.ts';

export interface StripeProviderOptions {
  /** The secret key of the API. */
  readonly key: string;
  readonly logger: Logger;
  /** Where its API is; by default where Stripe has it. */
  readonly address?: URL;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

export class StripeProvider implements PaymentProvider {
  readonly #options: StripeProviderOptions;
  #client: Promise<Stripe> | undefined;

  constructor(options: StripeProviderOptions) {
    this.#options = options;
  }

  async checkout(request: CheckoutRequest): Promise<string> {
    const { userId, customer, email, plan, price, successUrl, cancelUrl } = request;
    const metadata = { user_id: userId, plan };
    const { url } = await this.#ask('a checkout', (stripe) =>
      stripe.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price, quantity: 1 }],
        client_reference_id: userId,
        ...(customer === undefined ? { customer_email: email } : { customer }),
        success_url: successUrl,
        cancel_url: cancelUrl,
        metadata,
        // Every event of the subscription says by itself whose it is.
        subscription_data: { metadata },
      }),
    );
    if (url === null) throw unavailable();
    return url;
  }

  async portal({ customer, returnUrl }: { readonly customer: string; readonly returnUrl: string }): Promise<string> {
    const session = await this.#ask('the portal', (stripe) =>
      stripe.billingPortal.sessions.create({ customer, return_url: returnUrl }),
    );
    return session.url;
  }

  async cancel(subscriptionId: string): Promise<void> {
    await this.#ask('the end of a subscription', async (stripe) => {
      try {
        await stripe.subscriptions.cancel(subscriptionId);
      } catch (error) {
        if (!hasCode(error, 'resource_missing')) throw error;
      }
    });
  }

  async #ask<T>(what: string, work: (stripe: Stripe) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#load());
    } catch (error) {
      this.#options.logger.error({ stripe: faultOf(error) }, `Stripe was asked for ${what}, and has not given it`);
      throw unavailable(error);
    }
  }

  /** Loaded when it is needed, which it is on few servers. */
  #load(): Promise<Stripe> {
    return (this.#client ??= this.#open());
  }

  async #open(): Promise<Stripe> {
    const { key, address, timeoutMs: timeout = DEFAULT_TIMEOUT_MS } = this.#options;
    const { Stripe: Client } = await import('stripe');
    return new Client(key, {
      timeout,
      telemetry: false,
      ...(address && {
        host: address.hostname,
        port: address.port,
        protocol: address.protocol === 'http:' ? 'http' : 'https',
      }),
    });
  }
}

/** Without what was sent. */
function faultOf(error: unknown): object {
  if (!(error instanceof Error)) return {};
  const { type, code, statusCode, requestId } = error as Partial<Stripe.errors.StripeError>;
  return { message: error.message, type, code, statusCode, requestId };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unavailable(cause?: unknown): ApiError {
  return new ApiError('billing_unavailable', 'the payment provider cannot be asked right now', { cause });
}
