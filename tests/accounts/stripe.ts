/** Stripe, as far as it tells a server what somebody pays for. */
import { createHmac } from 'node:crypto';

export const WEBHOOK_SECRET = 'whsec_of_the_tests';

export interface SubscriptionNews {
  readonly id: string;
  readonly userId: string;
  readonly price: string;
  readonly status: 'active' | 'canceled';
}

let events = 0;

export async function tellOfSubscription(
  address: string,
  { id, userId, price, status }: SubscriptionNews,
): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const item = {
    id: 'si_1',
    object: 'subscription_item',
    price: { id: price, object: 'price' },
    current_period_end: now + 86_400,
  };
  const event = {
    id: `evt_${++events}`,
    object: 'event',
    created: now,
    type: status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated',
    data: {
      object: {
        id,
        object: 'subscription',
        customer: 'cus_1',
        status,
        // What is over is not paid any more.
        cancel_at_period_end: false,
        cancellation_details: { reason: status === 'canceled' ? 'payment_failed' : null },
        metadata: { user_id: userId },
        items: { object: 'list', data: [item] },
      },
    },
  };
  const body = JSON.stringify(event);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${now}.${body}`).digest('hex');
  const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': `t=${now},v1=${signature}` };
  const response = await fetch(`${address}/v1/billing/webhook`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`the event was refused: ${await response.text()}`);
}
