/** Sync: a client that keeps a replica equal to the log of its workspace, and what it takes to live with that. */
export { ACTIVITY_KINDS, type Activity, type ActivityKind, type ActivityQuery } from './client/activity-log.ts';
export { DEFAULT_BACKOFF, type BackoffOptions } from './client/connection/backoff.ts';
export { systemClock, type Clock } from './client/clock.ts';
export type { IsJournalled } from './client/conflicts/conflict-journal.ts';
export type { ConflictKind, ConflictResolution } from './client/conflicts/conflict-record.ts';
export {
  ConflictResolver,
  type ConflictQuery,
  type ConflictResolverOptions,
  type ConflictView,
} from './client/conflicts/conflict-resolver.ts';
export { BATTERY_SAVER, DEFAULT_DEBOUNCE, type DebounceOptions } from './client/outgoing/edit-watch.ts';
export { SYNC_ERRORS, SyncError, type SyncErrorCode } from './client/errors.ts';
export type { PresentPeer } from './client/presence.ts';
export { applyChanges, getChangesSince, getDbVersion, getSiteId } from './client/replica-functions.ts';
export type { SyncStatus } from './client/status.ts';
export { SyncClient, type ReceiptLevel, type SyncClientOptions } from './client/sync-client.ts';
export { SyncMonitor, type DetailedMetrics, type MetricSummary, type MonitorStatus } from './client/sync-monitor.ts';
export type { SyncResult } from './client/sync-waiters.ts';
export type { AuthToken } from './client/connection/token-source.ts';
