/** The tests that run inside the worker. */
import { openBrowserDriver } from '@tributary/database/browser';
import { runDriverTests } from '@tributary/database/testing/driver';
import { wasmUrl } from '@tributary/database/wasm-url';
import { databaseTests } from './database-tests.ts';
import { opfsFileTests } from './opfs-file-tests.ts';

const module = WebAssembly.compileStreaming(fetch(wasmUrl));
let files = 0;

runDriverTests('wasm, OPFS', {
  open: async (name) => openBrowserDriver({ name, wasm: await module, waitMs: 50 }),
  createPath: () => `/acceptance/${files++}.db`,
});

databaseTests();
opfsFileTests();
