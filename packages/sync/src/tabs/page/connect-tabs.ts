import { v7 as uuidV7 } from 'uuid';
import { systemClock, type Clock } from '../../client/clock.ts';
import type { AnyCommands } from '../commands.ts';
import { namesOf } from '../messages.ts';
import type { PageStorage, PageWindow, WorkerEnd } from '../ports.ts';
import { LeftEdits } from './left-edits.ts';
import { watchPage } from './page-lifecycle.ts';
import { Tabs } from './tabs.ts';

export interface ConnectTabsOptions {
  /** As the worker calls it. */
  readonly database: string;
  /** The dedicated worker of this tab, which calls `startTabWorker`. Started again when the page wakes. */
  readonly startWorker: () => WorkerEnd;
  /** `window`. Without it, a page that sleeps keeps the database from others, and one that goes loses its last edits. */
  readonly window?: PageWindow;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

/**
 * Connects a page to its worker, and with that to the database that all tabs share.
 *
 * @example
 * import type { commands } from '../commands.ts';
 *
 * const startWorker = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
 * const tabs = connectTabs<typeof commands>({ database: workspaceId, startWorker, window });
 * const db = createPageDatabase((sql, params) => tabs.query(sql, params), workspaceSchema.tables);
 *
 * const recent = tabs.watch(db.select().from(notes).orderBy(desc(notes.updatedAt)).limit(50));
 * await tabs.run('renameNote', { id, title: 'Lisbon' });
 */
export function connectTabs<C extends AnyCommands>(options: ConnectTabsOptions): Tabs<C> {
  const { database, startWorker, window, clock = systemClock, newId = () => uuidV7() } = options;
  const storage = window && storageOf(window);
  const prefix = namesOf(database).leftEdits;
  const leftEdits = storage && new LeftEdits({ storage, prefix, newId });
  const tabs = new Tabs<C>({ startWorker, leftEdits, clock, newId });
  if (window === undefined) return tabs;
  watchPage(window, {
    changed: (state) => tabs.pageChanged(state),
    sleeps: () => tabs.sleep(),
    wakes: () => tabs.wake(),
  });
  // Told of what other pages write there.
  window.addEventListener('storage', () => tabs.takeLeftEdits());
  return tabs;
}

/** Where people refuse sites any storage, even asking for it throws. */
function storageOf(window: PageWindow): PageStorage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
