import { v7 as uuidV7 } from 'uuid';
import { systemClock, type Clock } from '../client/clock.ts';
import type { AnyCommands } from './commands.ts';
import { watchPage } from './page-lifecycle.ts';
import type { MessageEnd, PageWindow } from './ports.ts';
import { Tabs } from './tabs.ts';

export interface ConnectTabsOptions {
  /** The dedicated worker of this tab, which calls `startTabWorker`. */
  readonly worker: WorkerEnd;
  /** `window`. Without it, a tab in the background keeps the database longer than it should. */
  readonly window?: PageWindow;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

export interface WorkerEnd extends MessageEnd {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/**
 * Connects a page to its worker, and with that to the database that all tabs share.
 *
 * @example
 * import type { commands } from './commands.ts';
 *
 * const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
 * const tabs = connectTabs<typeof commands>({ worker, window });
 * const db = createPageDatabase((sql, params) => tabs.query(sql, params), workspaceSchema.tables);
 *
 * const recent = tabs.watch(db.select().from(notes).orderBy(desc(notes.updatedAt)).limit(50));
 * await tabs.run('renameNote', { id, title: 'Lisbon' });
 */
export function connectTabs<C extends AnyCommands>(options: ConnectTabsOptions): Tabs<C> {
  const { worker, window, clock = systemClock, newId = () => uuidV7() } = options;
  const tabs = new Tabs<C>({ worker, clock, newId });
  worker.addEventListener('error', () => tabs.workerFailed());
  if (window) watchPage(window, (state) => tabs.pageChanged(state));
  return tabs;
}
