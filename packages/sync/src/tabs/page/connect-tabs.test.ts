import { expect, test } from 'vitest';
import type { FromPage } from '../messages.ts';
import type { PageStorage, PageWindow } from '../ports.ts';
import { FakeStorage } from '../testing/fake-browser.ts';
import { connectTabs } from './connect-tabs.ts';
import { watchPage } from './page-lifecycle.ts';

function fakeWorker() {
  const listeners = new Map<string, (event: { data: unknown }) => void>();
  const sent: FromPage[] = [];
  const worker = {
    postMessage: (message: unknown) => void sent.push(structuredClone(message) as FromPage),
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
      void listeners.set(type, listener),
  };
  const emit = (type: string, data?: unknown) => listeners.get(type)?.({ data });
  const terminate = () => listeners.clear();
  return { startWorker: () => ({ ...worker, terminate }), sent, emit };
}

/** A page in a browser, whose state a test may change. */
function fakeWindow(localStorage: PageStorage = new FakeStorage()) {
  const listeners = new Map<string, () => void>();
  const addEventListener = (type: string, listener: () => void) => void listeners.set(type, listener);
  const document = { visibilityState: 'visible', addEventListener };
  const page: PageWindow = { localStorage, document, addEventListener };
  const emit = (...types: string[]) => {
    for (const type of types) listeners.get(type)?.();
  };
  return { page, document, emit };
}

test('a worker that cannot be started is said, and whoever waits is refused', async () => {
  const { startWorker, emit } = fakeWorker();
  const tabs = connectTabs({ database: 'notes', startWorker });
  const waiting = tabs.query('SELECT 1');
  emit('error');
  expect(tabs.connection.getSnapshot()).toMatchObject({ state: 'failed', code: 'worker_failed' });
  await expect(waiting).rejects.toMatchObject({ code: 'worker_failed' });
  await expect(tabs.query('SELECT 1')).rejects.toMatchObject({ code: 'worker_failed' });
});

test('an error of a worker that has spoken before is its own affair', () => {
  const { startWorker, emit } = fakeWorker();
  const tabs = connectTabs({ database: 'notes', startWorker });
  emit('message', { kind: 'connection', connection: { state: 'ready', isLeader: true, isOutdated: false } });
  emit('error');
  expect(tabs.connection.getSnapshot().state).toBe('ready');
});

test('after it was closed a tab asks nothing and hears nothing', async () => {
  const { startWorker, sent, emit } = fakeWorker();
  const tabs = connectTabs({ database: 'notes', startWorker });
  const waiting = tabs.query('SELECT 1');
  tabs.close();
  await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await expect(tabs.query('SELECT 1')).rejects.toMatchObject({ code: 'closed' });
  emit('message', { kind: 'connection', connection: { state: 'ready', isLeader: true, isOutdated: false } });
  expect([tabs.connection.getSnapshot().state, sent.length]).toEqual(['opening', 1]);
});

test('an input that cannot be cloned is refused at once, and the next one is not', async () => {
  const { startWorker, sent } = fakeWorker();
  const tabs = connectTabs<{ take: (context: unknown, input: unknown) => void }>({ database: 'notes', startWorker });
  await expect(tabs.run('take', () => {})).rejects.toThrow('could not be cloned');
  tabs.run('take', 1).catch(() => {});
  expect(sent).toMatchObject([{ call: { action: { input: 1 } } }]);
  tabs.close();
});

test('the page tells whether somebody looks at it, and once that it sleeps', () => {
  const { page, document, emit } = fakeWindow();
  const told: string[] = [];
  watchPage(page, {
    changed: (state) => told.push(state),
    sleeps: () => told.push('sleeps'),
    wakes: () => told.push('wakes'),
  });
  emit('pageshow');
  document.visibilityState = 'hidden';
  emit('visibilitychange', 'freeze', 'resume', 'pagehide', 'visibilitychange', 'freeze');
  document.visibilityState = 'visible';
  emit('visibilitychange', 'resume', 'pageshow');
  expect(told).toEqual([
    'visible',
    'visible',
    'hidden',
    'sleeps',
    'wakes',
    'hidden',
    'sleeps',
    'wakes',
    'visible',
    'visible',
  ]);
});

test('what is left by being closed, or as no worker can be started, stays when the page goes', () => {
  for (const end of ['closed', 'failed']) {
    const { startWorker, emit: emitOfWorker } = fakeWorker();
    const storage = new FakeStorage();
    const { page, emit } = fakeWindow(storage);
    const tabs = connectTabs<{ take: (context: unknown, input: unknown) => void }>({
      database: 'notes',
      startWorker,
      window: page,
    });
    tabs.run('take', end).catch(() => {});
    if (end === 'closed') tabs.close();
    else emitOfWorker('error');
    expect(storage.length).toBe(1);
    if (end === 'closed') emit('pagehide', 'pageshow', 'storage');
    expect(storage.getItem(storage.key(0) ?? '')).toContain(end);
  }
});

test('where people refuse sites any storage, a page does without', async () => {
  const { startWorker, sent } = fakeWorker();
  const { page, emit } = fakeWindow();
  const refused = () => {
    throw new DOMException('not here', 'SecurityError');
  };
  const tabs = connectTabs({
    database: 'notes',
    startWorker,
    window: Object.defineProperty(page, 'localStorage', { get: refused }),
  });
  tabs.query('SELECT 1').catch(() => {});
  emit('pagehide', 'pageshow');
  expect(sent.filter(({ kind }) => kind === 'call')).toHaveLength(2);
});

test('what is being typed is applied when nobody looks any more, and when the page goes', () => {
  const { startWorker } = fakeWorker();
  const { page, document, emit } = fakeWindow();
  const tabs = connectTabs({ database: 'notes', startWorker, window: page });
  let applied = 0;
  const stop = tabs.onLeaving(() => applied++);
  document.visibilityState = 'hidden';
  emit('visibilitychange');
  expect(applied).toBe(1);
  emit('pagehide');
  expect(applied).toBe(2);
  stop();
  emit('pageshow', 'pagehide');
  expect(applied).toBe(2);
});
