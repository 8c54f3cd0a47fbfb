/**
 * A replica on Node: open it, edit it through drizzle or the repositories, exchange its changes.
 */
export { openDriver, type EngineChoice, type OpenDriverOptions } from './engine/node/open-driver.ts';
export * from './portable.ts';
export { openReplica, type OpenReplicaOptions } from './replica/open-replica.ts';
