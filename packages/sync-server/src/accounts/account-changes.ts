/**
 * Who has to look again at what they may do. Whoever changes a role, a session, a device or a plan says so here, and waits:
 * when `tell` has resolved, nobody is connected with rights that are gone.
 */
export interface AccountChange {
  /** The account that it is about; undefined where it is about everybody in the workspace. */
  readonly userId?: string;
  readonly workspaceId?: string;
}

export type ChangeListener = (change: AccountChange) => void | Promise<void>;

export class AccountChanges {
  readonly #listeners = new Set<ChangeListener>();

  /** Returns what ends it. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async tell(change: AccountChange): Promise<void> {
    await Promise.all(Array.from(this.#listeners, async (listener) => listener(change)));
  }
}
