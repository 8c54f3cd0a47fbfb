/** The open workspace and the session, as components use them. */
import { useStore } from '@tributary/sync/react';
import type { Store } from '@tributary/sync/tabs';
import { createContext, use } from 'react';
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

export function useSession(): SessionState {
  return useStore(useApp().session);
}

/** Of the last edit in this tab; undefined before there is one. */
export function useReceipt(): ReceiptLevel | undefined {
  return useStore(useStore(useWorkspace().lastReceipt) ?? NO_RECEIPT);
}

const NO_RECEIPT: Store<undefined> = { getSnapshot: () => undefined, subscribe: () => () => {} };

function expectContext<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new TypeError(`this component has to be inside of ${name}`);
  return value;
}
