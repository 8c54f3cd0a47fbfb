/** Which workspaces have something in the log that may not be projected: who is next, and who has to wait a while. */

interface Waiting {
  /** Since when, by the uptime of the clock. */
  sinceMs: number;
  head: number;
  /** 0 for one that can be projected, as far as is known. */
  pauseMs: number;
  /** Not before then. */
  dueMs: number;
}

/** Of one transaction: more would make it long when each has little. */
const AT_ONCE = 200;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;

export class WaitingWorkspaces {
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Waiting>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Its log ends with the entry `head` now. */
  heard(workspaceId: string, head: number, nowMs: number): void {
    const known = this.#waiting.get(workspaceId);
    if (known === undefined) this.#waiting.set(workspaceId, { sinceMs: nowMs, head, pauseMs: 0, dueMs: nowMs });
    else known.head = head;
  }

  /** Who is next, and where their logs end: one that has failed before comes alone, so that it keeps nobody. */
  next(nowMs: number): ReadonlyMap<string, number> {
    const heads = new Map<string, number>();
    for (const [workspaceId, { head, pauseMs, dueMs }] of this.#waiting) {
      if (pauseMs > 0 && (dueMs > nowMs || heads.size > 0)) continue;
      heads.set(workspaceId, head);
      if (pauseMs > 0 || heads.size === AT_ONCE) break;
    }
    return heads;
  }

  /** It was projected up to `seq`; `pendingSinceMs` is since when there has been more. */
  stands(
    workspaceId: string,
    seq: number,
    { pendingSinceMs, nowMs }: { pendingSinceMs?: number; nowMs: number },
  ): void {
    const head = this.#waiting.get(workspaceId)?.head ?? 0;
    this.#waiting.delete(workspaceId);
    // Behind the others again, so that nobody has to wait for a workspace that is always busy.
    if (pendingSinceMs !== undefined || head > seq) this.heard(workspaceId, head, pendingSinceMs ?? nowMs);
  }

  /** Returns whether this is the first time. */
  putOff(workspaceId: string, nowMs: number): boolean {
    const waiting = this.#waiting.get(workspaceId);
    if (waiting === undefined) return true;
    const isFirst = waiting.pauseMs === 0;
    waiting.pauseMs = isFirst ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, 2 * waiting.pauseMs);
    waiting.dueMs = nowMs + waiting.pauseMs;
    this.#waiting.delete(workspaceId);
    this.#waiting.set(workspaceId, waiting);
    return isFirst;
  }

  forget(workspaceId: string): void {
    this.#waiting.delete(workspaceId);
  }

  /** When somebody can be next; undefined where nobody waits. */
  nextDueMs(): number | undefined {
    return least(this.#waiting.values(), ({ dueMs }) => dueMs);
  }

  oldestSinceMs(): number | undefined {
    return least(this.#waiting.values(), ({ sinceMs }) => sinceMs);
  }
}

function least(all: Iterable<Waiting>, numberOf: (waiting: Waiting) => number): number | undefined {
  let smallest: number | undefined;
  for (const waiting of all) smallest = Math.min(numberOf(waiting), smallest ?? Infinity);
  return smallest;
}
