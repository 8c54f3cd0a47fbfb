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
export { connectTabs, type ConnectTabsOptions } from './connect-tabs.ts';
export { TABS_ERRORS, TabsError, type TabsErrorCode } from './errors.ts';
export type { ConflictChoice, PageState, TabConnection } from './messages.ts';
export type { TabReplica } from './mutations.ts';
export { createPageDatabase, type PageDatabase, type WatchableQuery } from './page-database.ts';
export type { LiveRows } from './page-queries.ts';
export type { PageSync } from './page-sync.ts';
export type { Channel, Locks, MessageEnd, OpenChannel, PageStorage, PageWindow, Store, WorkerEnd } from './ports.ts';
export type { ColumnValue, Row } from './rows.ts';
export { startTabWorker } from './start-tab-worker.ts';
export type { TabPlatform, TabWorkerOptions } from './tab-options.ts';
export type { Applied, RunOptions, Tabs } from './tabs.ts';
export type { SkippedCell } from './undo.ts';
export type { UndoStack, UndoState, UndoStep } from './undo-stack.ts';
export { ValueStore } from './value-store.ts';
