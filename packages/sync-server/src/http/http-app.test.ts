import { expect, test } from 'vitest';
import { createHttpApp } from './http-app.ts';

const metrics = () => Promise.reject(new Error('not asked for'));

test('is ready as long as new clients are taken in, and healthy as long as it lives', async () => {
  let isReady = true;
  const app = createHttpApp({ isReady: () => isReady, metrics, projectorMetrics: () => undefined });
  expect((await app.request('/readyz')).status).toBe(200);
  isReady = false;
  const response = await app.request('/readyz');
  expect([response.status, await response.text()]).toEqual([503, 'shutting down\n']);
  expect((await app.request('/healthz')).status).toBe(200);
});

test('answers a failure with 500 and says nothing of its cause', async () => {
  const app = createHttpApp({ isReady: () => true, metrics, projectorMetrics: () => undefined });
  app.onError((_, context) => context.text('failed', 500));
  expect((await app.request('/metrics')).status).toBe(500);
});
