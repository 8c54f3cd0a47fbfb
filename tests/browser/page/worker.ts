/** A worker that owns at most one replica, and does what it is told. */
import {
  deleteBrowserDatabase,
  listBrowserDatabases,
  openBrowserReplica,
  requestPersistence,
  type Replica,
} from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import type { Answer, Call } from './messages.ts';
import { measure } from './measure.ts';
import { simulationOperations } from './simulation-operations.ts';
import { CHECK, fillUncommitted, itemsSchema, writeTransactions } from './transactions.ts';
import { runTests } from './vitest-in-worker.mjs';
import { walEnd } from './wal-end.ts';

let open: { readonly name: string; readonly replica: Replica } | undefined;

function replica(): Replica {
  if (open === undefined) throw new Error('nothing is open in this worker');
  return open.replica;
}

const operations: Readonly<Record<string, (...args: never[]) => unknown>> = {
  runTests: async () => runTests(() => import('./suites.ts')),
  measure,
  open: async (name: string, waitMs?: number) => {
    open = { name, replica: await openBrowserReplica({ name, wasm: wasmUrl, schema: itemsSchema, waitMs }) };
    return open.replica.siteId;
  },
  close: () => {
    replica().close();
    open = undefined;
  },
  siteId: () => replica().siteId,
  all: (sql: string) => replica().sqlite.prepare(sql).raw().all(),
  exec: (sql: string) => {
    replica().sqlite.exec(sql);
  },
  list: listBrowserDatabases,
  remove: deleteBrowserDatabase,
  persistence: requestPersistence,
  walEnd,
  check: () => CHECK.map((sql) => replica().sqlite.prepare(sql).raw().all()),
  writeForever: async (cachePages?: number) => {
    if (cachePages !== undefined) replica().sqlite.pragma(`cache_size = ${cachePages}`);
    await writeTransactions(replica(), (transaction) => postMessage({ progress: transaction }));
  },
  fillUncommitted: () => fillUncommitted(replica()),
  ...simulationOperations,
};

addEventListener('message', ({ data }: MessageEvent<Call>) => {
  void answer(data).then((answered) => postMessage(answered));
});

async function answer({ id, operation, args }: Call): Promise<Answer> {
  try {
    const action = operations[operation];
    if (action === undefined) throw new Error(`there is no ${operation}`);
    return { id, result: await action(...(args as never[])) };
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    return { id, error: { code: code ?? 'unknown', message: message ?? String(error) } };
  }
}
