/**
 * The tabs of a browser as React hooks. Everything that changes is a store, so a component renders again when what it has asked
 * for has changed, and only then.
 *
 * @example
 * const tabs = connectTabs<typeof commands>({ database, startWorker, window });
 * <TabsContext value={tabs}>…</TabsContext>
 *
 * const recent = useQuery(db.select().from(notes).orderBy(desc(notes.updatedAt)).limit(50));
 * const rename = (title: string) => tabs.run('renameNote', { id, title });
 */
import { createContext, use, useCallback, useMemo, useSyncExternalStore } from 'react';
import type { PresentPeer } from '../client/presence.ts';
import type { SyncStatus } from '../client/status.ts';
import type { AnyCommands, Store, TabConnection, Tabs, UndoStack, UndoState, WatchableQuery } from '../tabs/index.ts';

export const TabsContext = createContext<Tabs<AnyCommands> | undefined>(undefined);

export function useTabs<C extends AnyCommands = AnyCommands>(): Tabs<C> {
  const tabs = use(TabsContext);
  if (tabs === undefined) throw new TypeError('this component has to be inside of TabsContext');
  return tabs as Tabs<C>;
}

export function useStore<T>(store: Store<T>): T {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.getSnapshot());
}

/** The rows of a drizzle query as they change; undefined until the first are there. */
export function useQuery<T>(query: WatchableQuery<T>): T | undefined {
  const tabs = useTabs();
  const fresh = tabs.watch(query);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- queries of one key are one subscription
  const live = useMemo(() => fresh, [tabs, fresh.key]);
  return useStore(live);
}

/** Whether the database is open, here or in another tab, and what has gone wrong if it is not. */
export function useConnection(): TabConnection {
  return useStore(useTabs().connection);
}

/** Undefined until it is known. */
export function useStatus(): SyncStatus | undefined {
  return useStore(useTabs().status);
}

/** Who else is here. */
export function usePeers(): readonly PresentPeer[] {
  return useStore(useTabs().peers);
}

export function useUndo(): UndoState & { readonly stack: UndoStack } {
  const { undoStack: stack } = useTabs();
  const { undo, redo } = useStore(stack);
  return { undo, redo, stack };
}
