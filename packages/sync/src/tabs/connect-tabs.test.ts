import { expect, test } from 'vitest';
import { connectTabs } from './connect-tabs.ts';
import type { FromPage, PageState } from './messages.ts';
import { watchPage } from './page-lifecycle.ts';
import type { PageWindow } from './ports.ts';

function fakeWorker() {
  const listeners = new Map<string, (event: { data: unknown }) => void>();
  const sent: FromPage[] = [];
  const worker = {
    postMessage: (message: unknown) => void sent.push(structuredClone(message) as FromPage),
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
      void listeners.set(type, listener),
  };
  const emit = (type: string, data?: unknown) => listeners.get(type)?.({ data });
  return { worker, sent, emit };
}

test('a worker that cannot be started is said, and whoever waits is refused', async () => {
  const { worker, emit } = fakeWorker();
  const tabs = connectTabs({ worker });
  const waiting = tabs.query('SELECT 1');
  emit('error');
  expect(tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', code: 'worker_failed' });
  await expect(waiting).rejects.toMatchObject({ code: 'worker_failed' });
  await expect(tabs.query('SELECT 1')).rejects.toMatchObject({ code: 'worker_failed' });
});

test('an error of a worker that has spoken before is its own affair', () => {
  const { worker, emit } = fakeWorker();
  const tabs = connectTabs({ worker });
  emit('message', { kind: 'connection', connection: { state: 'ready', isLeader: true, isOutdated: false } });
  emit('error');
  expect(tabs.connection.getSnapshot().state).toBe('ready');
});

test('after it was closed a tab asks nothing and hears nothing', async () => {
  const { worker, sent, emit } = fakeWorker();
  const tabs = connectTabs({ worker });
  const waiting = tabs.query('SELECT 1');
  tabs.close();
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await expect(tabs.query('SELECT 1')).rejects.toMatchObject({ code: 'closed' });
  emit('message', { kind: 'connection', connection: { state: 'ready', isLeader: true, isOutdated: false } });
  expect([tabs.connection.getSnapshot().state, sent.length]).toEqual(['opening', 1]);
});

test('an input that cannot be cloned is refused at once, and the next one is not', async () => {
  const { worker, sent } = fakeWorker();
  const tabs = connectTabs<{ take: (context: unknown, input: unknown) => void }>({ worker });
  await expect(tabs.run('take', () => {})).rejects.toThrow('could not be cloned');
  tabs.run('take', 1).catch(() => {});
  expect(sent).toMatchObject([{ call: { action: { input: 1 } } }]);
  tabs.close();
});

test('the page tells whether somebody looks at it, and before it sleeps', () => {
  const listeners = new Map<string, () => void>();
  const addEventListener = (type: string, listener: () => void) => void listeners.set(type, listener);
  const document = { visibilityState: 'visible', addEventListener };
  const page: PageWindow = { document, addEventListener };
  const told: PageState[] = [];
  watchPage(page, (state) => told.push(state));
  document.visibilityState = 'hidden';
  for (const event of ['visibilitychange', 'freeze', 'resume', 'pagehide']) listeners.get(event)?.();
  document.visibilityState = 'visible';
  listeners.get('pageshow')?.();
  expect(told).toEqual(['visible', 'hidden', 'suspended', 'hidden', 'suspended', 'visible']);
});
