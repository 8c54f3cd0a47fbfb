/** The page of the tests: it has workers by name, and calls what they offer. A test calls it from outside. */
import { openBrowserDriver, requestPersistence } from '@tributary/database/browser';
import type { Answer, Call, PageApi, Telling } from './messages.ts';

const workers = new Map<string, Worker>();
const waiting = new Map<number, (answer: Answer) => void>();
let calls = 0;

/** What a test has offered to the page. */
const outside = globalThis as {
  onProgress?: (progress: number) => void;
  onNote?: (worker: string, note: unknown) => void;
};

const api: PageApi = {
  call: (worker, operation, args) =>
    new Promise((resolve) => {
      const id = calls++;
      waiting.set(id, resolve);
      const call: Call = { id, operation, args };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of windows; a worker has none
      workerNamed(worker).postMessage(call);
    }),
  terminate: (worker) => {
    workers.get(worker)?.terminate();
    workers.delete(worker);
  },
  openOnPage: async () => {
    try {
      await openBrowserDriver({ name: 'on the page', wasm: '/unused.wasm' });
      return undefined;
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      return { code, message };
    }
  },
  requestPersistence,
};
Object.assign(globalThis, { tributary: api });

function workerNamed(name: string): Worker {
  const known = workers.get(name);
  if (known) return known;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Answer | Telling>) => {
    if ('progress' in data) outside.onProgress?.(data.progress);
    else if ('note' in data) outside.onNote?.(name, data.note);
    else waiting.get(data.id)?.(data);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const [id, resolve] of waiting) resolve({ id, error: { code: 'worker', message } });
  });
  workers.set(name, worker);
  return worker;
}
