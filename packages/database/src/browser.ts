/**
 * A replica in a browser's dedicated worker: the same as on Node, opened asynchronously and kept in the origin's private
 * file system. A page may load this too, for `requestPersistence` and to list or delete databases.
 */
export { deleteBrowserDatabase, listBrowserDatabases } from './engine/browser/database-directory.ts';
export type { WasmSource } from './engine/browser/load-wasm.ts';
export { openBrowserDriver, type OpenBrowserDriverOptions } from './engine/browser/open-driver.ts';
export { requestPersistence, type Persistence } from './engine/browser/persistence.ts';
export * from './portable.ts';
export { openBrowserReplica, type OpenBrowserReplicaOptions } from './replica/open-browser-replica.ts';
