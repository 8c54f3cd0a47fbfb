/** The page of the tests: it has workers by name, and calls what they offer. A test calls it from outside. */
import { openBrowserDriver, requestPersistence } from '@tributary/database/browser';
import type { Answer, Call, PageApi, Telling } from './messages.ts';

const workers = new Map<string, Worker>();
const waiting = new Map<number, (answer: Answer) => void>();
const noting = new Map<string, (note: unknown) => void>();
let calls = 0;

const api: PageApi = {
  call,
  interrupt: (worker, { operation, args, notes, delayMs }) =>
    new Promise((resolve, reject) => {
      const noted: unknown[] = [];
      const terminate = () => {
        workers.get(worker)?.terminate();
        workers.delete(worker);
        noting.delete(worker);
        resolve(noted);
      };
      noting.set(worker, (note) => {
        if (noted.push(note) !== notes) return;
        if (delayMs === 0) terminate();
        else setTimeout(terminate, delayMs);
      });
      void call(worker, operation, args).then(({ error }) => reject(new Error(error?.message ?? 'it came to an end')));
    }),
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

function call(worker: string, operation: string, args: readonly unknown[]): Promise<Answer> {
  return new Promise((resolve) => {
    const id = calls++;
    waiting.set(id, resolve);
    const message: Call = { id, operation, args };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of windows; a worker has none
    workerNamed(worker).postMessage(message);
  });
}

function workerNamed(name: string): Worker {
  const known = workers.get(name);
  if (known) return known;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Answer | Telling>) => {
    if ('progress' in data) tell(data.progress);
    else if ('note' in data) noting.get(name)?.(data.note);
    else waiting.get(data.id)?.(data);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const [id, resolve] of waiting) resolve({ id, error: { code: 'worker', message } });
  });
  workers.set(name, worker);
  return worker;
}

function tell(progress: number): void {
  (globalThis as { onProgress?: (progress: number) => void }).onProgress?.(progress);
}
