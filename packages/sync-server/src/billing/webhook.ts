/**
 * What the payment provider tells by itself. An event is believed for its signature alone, while that is young; it counts
 * once. An event may come before the one that says whose it is: one about a plan of this server is then refused, and the
 * provider sends it again, for three days. One that names an account that is gone, or that is about something else that is
 * sold there, is taken and left alone.
 */
import type { AccountChanges } from '../accounts/account-changes.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Plans } from './plans.ts';
import { eventSchema, saidBy, type Said, type StripeEvent } from './stripe-event.ts';
import { pruneEvents, takeEvent, type Taken } from './take-event.ts';

export interface WebhookOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly plans: Plans;
  /** Any of them signs, so that one can be replaced. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export const MAX_EVENT_BYTES = 256 * 1024;

const TOLERANCE_S = 5 * 60;
const DAY_MS = 86_400_000;
/** The same event with a signature that is still young is sent by the provider only, and not for so long. */
const KEPT_MS = 90 * DAY_MS;

export class Webhook {
  readonly #options: WebhookOptions;
  #prunedAtMs = -Infinity;

  constructor(options: WebhookOptions) {
    if (options.secrets.length === 0) throw new TypeError('events cannot be checked without a secret');
    this.#options = options;
  }

  /** Throws `webhook_invalid`, and `conflict` for an event that is to be sent again. */
  async receive(payload: Uint8Array, signature: string): Promise<Taken> {
    const { store, changes, plans } = this.#options;
    const event = await this.#verify(payload, signature);
    const said = understand(event, plans);
    const taken = await store.transaction(async (queries) => {
      const result = await takeEvent(queries, event, said);
      // Thrown, so that the event has not been there.
      if (result.type === 'unlinked' && result.isToCome) throw unlinked(event);
      return result;
    });
    this.#note(event, taken);
    if (taken.type === 'changed') await changes.tell({ userId: taken.userId });
    await this.#prune();
    return taken;
  }

  async #verify(payload: Uint8Array, signature: string): Promise<StripeEvent> {
    const { secrets, clock } = this.#options;
    const now = clock.now();
    if (signedAt(signature) > now / 1000 + TOLERANCE_S) throw untrusted('the time of the signature has not come yet');
    // Loaded when it is needed, which it is on few servers.
    const { Stripe } = await import('stripe');
    let fault: unknown;
    for (const secret of secrets) {
      try {
        const { webhooks } = Stripe;
        const event = await webhooks.constructEventAsync(payload, signature, secret, TOLERANCE_S, undefined, now);
        return eventSchema.parse(event);
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw notUnderstood(error);
        fault = error;
      }
    }
    throw untrusted('the signature is not one that is known here, or is too old', fault);
  }

  #note({ id, type }: StripeEvent, taken: Taken): void {
    const { logger } = this.#options;
    if (taken.type === 'unlinked') logger.warn({ event: id, kind: type }, 'an event of payments is of no account here');
    else logger.debug({ event: id, kind: type, taken: taken.type }, 'an event of payments was taken');
  }

  async #prune(): Promise<void> {
    const { store, clock, logger } = this.#options;
    if (clock.uptimeMs() - this.#prunedAtMs < DAY_MS) return;
    this.#prunedAtMs = clock.uptimeMs();
    try {
      await pruneEvents(store, new Date(clock.now() - KEPT_MS));
    } catch (error) {
      logger.warn({ err: error }, 'old events of payments could not be removed');
    }
  }
}

/** In seconds; what cannot be read is left to those who check it. */
function signedAt(signature: string): number {
  return Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1] ?? 0);
}

function understand(event: StripeEvent, plans: Plans): Said {
  try {
    return saidBy(event, plans);
  } catch (error) {
    throw notUnderstood(error);
  }
}

function untrusted(message: string, cause?: unknown): ApiError {
  return new ApiError('webhook_invalid', message, { cause });
}

function notUnderstood(cause: unknown): ApiError {
  return untrusted('the event is not of a form that is known here', cause);
}

function unlinked({ type }: StripeEvent): ApiError {
  return new ApiError('conflict', `the account of this ${type} is not known yet: send it again`);
}
