/** Events as Stripe writes and signs them. */
import { Stripe } from 'stripe';
import { FakeClock } from '../../testing/fake-clock.ts';

export const SECRET = 'whsec_of_the_tests';

export const START_S = FakeClock.START / 1000;

export interface TestEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly data: { readonly object: Readonly<Record<string, unknown>> };
}

export interface SubscriptionFields {
  readonly status?: string;
  readonly price?: string;
  readonly end?: number;
  readonly userId?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

let lastId = 0;

export function subscriptionEvent(kind: string, atS: number, fields: SubscriptionFields = {}): TestEvent {
  const { status = 'active', price = 'price_pro', end = 30 * 86_400, userId, more } = fields;
  const object = {
    id: 'sub_1',
    object: 'subscription',
    customer: 'cus_1',
    status,
    items: { object: 'list', data: [{ id: 'si_1', price: { id: price }, current_period_end: START_S + end }] },
    cancel_at_period_end: false,
    metadata: userId === undefined ? {} : { user_id: userId },
    ...more,
  };
  return event(`customer.subscription.${kind}`, atS, object);
}

export function checkoutEvent(atS: number, fields: Readonly<Record<string, unknown>>): TestEvent {
  const object = {
    id: 'cs_1',
    object: 'checkout.session',
    mode: 'subscription',
    subscription: 'sub_1',
    customer: 'cus_1',
  };
  return event('checkout.session.completed', atS, { ...object, ...fields });
}

/** `atS` counts from the start of the clock. */
export function event(type: string, atS: number, object: Readonly<Record<string, unknown>>): TestEvent {
  return { id: `evt_${++lastId}`, type, created: START_S + atS, data: { object } };
}

export interface Signed {
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly signature: string;
}

export function sign(content: unknown, { secret = SECRET, atS = 0 } = {}): Signed {
  const payload = JSON.stringify(content);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: START_S + atS });
  return { payload: new TextEncoder().encode(payload), signature };
}
