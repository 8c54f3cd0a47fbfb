/** As much of Stripe's API as is asked of it, on a port of its own. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StripeRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface StripeFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export class FakeStripe {
  readonly requests: StripeRequest[] = [];
  /** What everything is answered with. */
  fault: StripeFault | undefined;
  readonly #http: Server;

  private constructor() {
    this.#http = createServer((request, response) => {
      void this.#answer(request).then(({ status, content }) => {
        response.writeHead(status, { 'Content-Type': 'application/json', 'Stripe-Should-Retry': 'false' });
        response.end(JSON.stringify(content));
      });
    });
  }

  static async start(): Promise<FakeStripe> {
    const stripe = new FakeStripe();
    await new Promise<void>((resolve) => stripe.#http.listen(0, '127.0.0.1', resolve));
    return stripe;
  }

  get address(): URL {
    return new URL(`http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`);
  }

  reset(): void {
    this.requests.length = 0;
    this.fault = undefined;
  }

  stop(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly content: object }> {
    const { method = '', url: path = '', headers } = request;
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    this.requests.push({ method, path, authorization: headers.authorization ?? '', form });
    if (this.fault !== undefined) {
      const { status, ...error } = this.fault;
      return { status, content: { error: { type: 'invalid_request_error', ...error } } };
    }
    const content = CONTENT.find(([prefix]) => path.startsWith(prefix))?.[1];
    return content === undefined ? { status: 404, content: {} } : { status: 200, content };
  }
}

const CONTENT: readonly (readonly [prefix: string, content: object])[] = [
  ['/v1/checkout/sessions', { id: 'cs_1', object: 'checkout.session', url: 'https://checkout.example.com/1' }],
  [
    '/v1/billing_portal/sessions',
    { id: 'bps_1', object: 'billing_portal.session', url: 'https://portal.example.com/1' },
  ],
  ['/v1/subscriptions/', { id: 'sub_1', object: 'subscription', status: 'canceled' }],
];
