/** The core depends on no platform: it passes the same suite on a Vfs that is nothing but arrays. */
import { runDriverTests } from '../../testing/driver-tests.ts';
import { MemoryVfs } from '../../testing/memory-vfs.ts';
import { loadWasmModule } from '../node/load-wasm.ts';
import { WasmDriver } from './wasm-driver.ts';

const vfs = new MemoryVfs();
let files = 0;

runDriverTests('wasm, memory VFS', {
  open: (path) => new WasmDriver({ module: loadWasmModule(), vfs, path }),
  createPath: () => `/test ${files++}.db`,
});
