/** The sessions that were refreshed here lately, for the time that PostgreSQL is away. Bounded, and forgotten with a change. */
import type { AccountChanges } from './account-changes.ts';
import type { LiveSession } from './refresh.ts';

const DEFAULT_MAX_KEPT = 20_000;

export class KnownSessions {
  readonly #maxKept: number;
  /** The one that was refreshed longest ago comes first. */
  readonly #sessions = new Map<string, LiveSession>();
  #changes = 0;

  constructor(changes: AccountChanges, maxKept = DEFAULT_MAX_KEPT) {
    this.#maxKept = maxKept;
    changes.listen(({ userId, workspaceId }) => {
      // A workspace alone is about roles, which no session has.
      if (userId === undefined && workspaceId !== undefined) return;
      this.#changes++;
      for (const [id, { user }] of this.#sessions)
        if (userId === undefined || user.id === userId) this.#sessions.delete(id);
    });
  }

  find(sessionId: string): LiveSession | undefined {
    return this.#sessions.get(sessionId);
  }

  /** For somebody who is about to ask: what has changed meanwhile is not remembered as it was before. */
  remembering(): (session: LiveSession) => void {
    const changes = this.#changes;
    return (session) => {
      if (changes !== this.#changes) return;
      this.#sessions.delete(session.sessionId);
      for (const oldest of this.#sessions.keys()) {
        if (this.#sessions.size < this.#maxKept) break;
        this.#sessions.delete(oldest);
      }
      this.#sessions.set(session.sessionId, session);
    };
  }
}
