/** The workspace that this tab shows: opened and closed as the session says. */
import { ValueStore, type Store } from '@tributary/sync/tabs';
import type { Session, SessionState } from '../session/session.ts';
import { OpenWorkspace } from './open-workspace.ts';

export class CurrentWorkspace implements Store<OpenWorkspace | undefined> {
  readonly #open = new ValueStore<OpenWorkspace | undefined>(undefined);
  #wasOver = false;
  readonly getSnapshot = (): OpenWorkspace | undefined => this.#open.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#open.subscribe(listener);

  follow(session: Session): void {
    const show = () => this.#show(session);
    session.subscribe(show);
    show();
  }

  #show(session: Session): void {
    const state = session.getSnapshot();
    const current = this.getSnapshot();
    const [userId, workspaceId] = state.kind === 'signedIn' ? [state.account.userId, state.workspaceId] : [];
    if (current?.userId === userId && current?.workspaceId === workspaceId) {
      this.#reconnect(state, current);
      return;
    }
    const next =
      userId === undefined || workspaceId === undefined ? undefined : new OpenWorkspace({ userId, workspaceId });
    this.#open.set(next);
    current?.close();
    if (next !== undefined) confirmOnTrouble(next, session);
  }

  /** The sync client does not try again by itself when it was shut out. */
  #reconnect(state: SessionState, current: OpenWorkspace | undefined): void {
    const isOver = state.kind === 'signedIn' && state.standing === 'ended';
    // What cannot be connected says so in its status.
    if (this.#wasOver && !isOver) void current?.tabs.sync.connect().catch(() => {});
    this.#wasOver = isOver;
  }
}

/** What keeps it from syncing may be that the server knows this session no more. */
function confirmOnTrouble({ tabs }: OpenWorkspace, session: Session): void {
  tabs.status.subscribe(() => {
    const state = tabs.status.getSnapshot()?.state;
    if (state === 'offline' || state === 'blocked') session.confirmSoon();
  });
}
