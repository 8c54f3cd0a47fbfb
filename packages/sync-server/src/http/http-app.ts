/** What the server says over plain HTTP; clients use the WebSocket beside it. */
import { Hono } from 'hono';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';
import { prometheusText } from './prometheus.ts';

/** Where clients open their WebSocket. */
export const SYNC_PATH = '/sync';

export interface HttpAppOptions {
  /** Whether new clients are taken in. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<RelayMetrics>;
}

export function createHttpApp({ isReady, metrics }: HttpAppOptions): Hono {
  const app = new Hono();
  app.get('/', (context) => context.text(`Tributary relay. Clients connect to ${SYNC_PATH} by WebSocket.\n`));
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => (isReady() ? context.text('ready\n') : context.text('shutting down\n', 503)));
  app.get('/metrics', async (context) =>
    context.body(prometheusText(await metrics()), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  app.get(SYNC_PATH, (context) => context.text('a WebSocket is expected here\n', 426, { Upgrade: 'websocket' }));
  return app;
}
