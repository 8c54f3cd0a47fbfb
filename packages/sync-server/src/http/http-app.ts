/** What the server says over plain HTTP; clients use the WebSocket beside it. */
import { Hono } from 'hono';
import { ApiError } from '../errors.ts';
import { silentLogger, type Logger } from '../logger.ts';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';
import type { ProjectorFigures } from '../projector/projector-metrics.ts';
import { createApi, guardPages, limitBodies, type Api } from './api/api.ts';
import { describeApi } from './api/openapi.ts';
import { projectorText, relayText } from './prometheus.ts';

/** Where clients open their WebSocket. */
export const SYNC_PATH = '/sync';

export interface HttpAppOptions {
  /** Whether new clients are taken in. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<RelayMetrics>;
  /** Undefined while there is no projector. */
  readonly projectorMetrics: () => ProjectorFigures | undefined;
  /** Adds the routes below /v1. */
  readonly addRoutes?: (api: Api) => void;
  /** Web pages of these origins may use them. */
  readonly allowedOrigins?: readonly string[];
  readonly logger?: Logger;
  /** Of the program. */
  readonly version?: string;
}

export function createHttpApp(options: HttpAppOptions): Hono {
  const { isReady, metrics, projectorMetrics } = options;
  const app = new Hono();
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', (context) => (isReady() ? context.text('ready\n') : context.text('shutting down\n', 503)));
  app.get('/metrics', async (context) => {
    const text = relayText(await metrics()) + projectorText(projectorMetrics());
    return context.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get(SYNC_PATH, (context) => context.text('a WebSocket is expected here\n', 426, { Upgrade: 'websocket' }));
  app.route('/', createV1(options));
  return app;
}

function createV1({ addRoutes, allowedOrigins = [], logger = silentLogger, version = '0' }: HttpAppOptions): Api {
  const api = createApi(logger);
  guardPages(api, allowedOrigins);
  limitBodies(api);
  addRoutes?.(api);
  describeApi(api, version);
  api.all('/v1/*', () => {
    throw new ApiError('not_found', 'there is no such path');
  });
  return api;
}
