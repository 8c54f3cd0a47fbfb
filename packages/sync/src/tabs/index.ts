/** One replica for all tabs of a browser: a worker per tab, one of which has the database open and syncs. */
export {
  defineCommands,
  type AnyCommands,
  type Command,
  type CommandContext,
  type CommandInput,
  type CommandName,
  type CommandResult,
  type Commands,
} from './commands.ts';
export { connectTabs, type ConnectTabsOptions } from './page/connect-tabs.ts';
export { TABS_ERRORS, TabsError, type TabsErrorCode } from './errors.ts';
export type { ConflictChoice, PageState, TabConnection } from './messages.ts';
export type { TabReplica } from './leader/mutations.ts';
export { createPageDatabase, type PageDatabase, type WatchableQuery } from './page/page-database.ts';
export type { LiveRows } from './page/page-queries.ts';
export type { PageSync } from './page/page-sync.ts';
export type { Channel, Locks, MessageEnd, OpenChannel, PageStorage, PageWindow, Store, WorkerEnd } from './ports.ts';
export type { ColumnValue, Row } from './rows.ts';
export { startTabWorker } from './worker/start-tab-worker.ts';
export type { TabPlatform, TabWorkerOptions } from './worker/tab-options.ts';
export type { Applied, RunOptions, Tabs } from './page/tabs.ts';
export type { SkippedCell } from './leader/undo.ts';
export type { UndoStack, UndoState, UndoStep } from './page/undo-stack.ts';
export { ValueStore } from './page/value-store.ts';
