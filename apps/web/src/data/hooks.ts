/** The open workspace and the session, as components use them. */
import type { SyncStatus } from '@tributary/sync';
import type { Store, TabConnection, UndoStack, UndoState, WatchableQuery } from '@tributary/sync/tabs';
import { createContext, use, useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Session, SessionState } from '../session/session.ts';
import type { AppUpdate } from '../update/app-update.ts';
import type { CurrentWorkspace } from './current-workspace.ts';
import type { OpenWorkspace, ReceiptLevel } from './open-workspace.ts';

export interface AppServices {
  readonly session: Session;
  readonly current: CurrentWorkspace;
  readonly update: AppUpdate;
}

export const AppContext = createContext<AppServices | undefined>(undefined);
export const WorkspaceContext = createContext<OpenWorkspace | undefined>(undefined);

export function useApp(): AppServices {
  return expectContext(use(AppContext), 'AppContext');
}

/** Of what the page is inside of; see WorkspaceGate. */
export function useWorkspace(): OpenWorkspace {
  return expectContext(use(WorkspaceContext), 'WorkspaceContext');
}

export function useStore<T>(store: Store<T>): T {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  return useSyncExternalStore(subscribe, () => store.getSnapshot());
}

export function useSession(): SessionState {
  return useStore(useApp().session);
}

/** The rows of a query as they change; undefined until the first are there. */
export function useQuery<T>(query: WatchableQuery<T>): T | undefined {
  const { tabs } = useWorkspace();
  const fresh = tabs.watch(query);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- queries of one key are one subscription
  const live = useMemo(() => fresh, [tabs, fresh.key]);
  return useStore(live);
}

export function useConnection(): TabConnection {
  return useStore(useWorkspace().tabs.connection);
}

/** Undefined until it is known. */
export function useStatus(): SyncStatus | undefined {
  return useStore(useWorkspace().tabs.status);
}

/** Of the last edit in this tab; undefined before there is one. */
export function useReceipt(): ReceiptLevel | undefined {
  return useStore(useStore(useWorkspace().lastReceipt) ?? NO_RECEIPT);
}

export function useUndo(): UndoState & { readonly stack: UndoStack } {
  const { undoStack: stack } = useWorkspace().tabs;
  const { undo, redo } = useStore(stack);
  return { undo, redo, stack };
}

const NO_RECEIPT: Store<undefined> = { getSnapshot: () => undefined, subscribe: () => () => {} };

function expectContext<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new TypeError(`this component has to be inside of ${name}`);
  return value;
}
