/** What the server says over plain HTTP; clients use the WebSocket beside it. */
import { Hono } from 'hono';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';
import type { ProjectorFigures } from '../projector/projector-metrics.ts';
import { createSearchApp, type SearchAppOptions } from './search-app.ts';
import { projectorText, relayText } from './prometheus.ts';

/** Where clients open their WebSocket. */
export const SYNC_PATH = '/sync';

export interface HttpAppOptions {
  /** Whether new clients are taken in. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<RelayMetrics>;
  /** Undefined while there is no projector. */
  readonly projectorMetrics: () => ProjectorFigures | undefined;
  readonly search?: SearchAppOptions | undefined;
}

export function createHttpApp({ isReady, metrics, projectorMetrics, search }: HttpAppOptions): Hono {
  const app = new Hono();
  app.get('/', (context) => context.text(`Tributary relay. Clients connect to ${SYNC_PATH} by WebSocket.\n`));
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => (isReady() ? context.text('ready\n') : context.text('shutting down\n', 503)));
  app.get('/metrics', async (context) => {
    const text = relayText(await metrics()) + projectorText(projectorMetrics());
    return context.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get(SYNC_PATH, (context) => context.text('a WebSocket is expected here\n', 426, { Upgrade: 'websocket' }));
  if (search !== undefined) app.route('/', createSearchApp(search));
  return app;
}
