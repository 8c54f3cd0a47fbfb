/**
 * Whether a session that answers has come to a standstill: what was sent before a Pong has arrived before it, so whatever was
 * missing at one and has not moved by another will not come any more.
 */

/** Shorter than a heartbeat, and far longer than a commit. */
const STUCK_MS = 5_000;

export class StuckWatch {
  #awaited: { readonly what: string; readonly since: number } | undefined;

  begin(): void {
    this.#awaited = undefined;
  }

  /** At each Pong, with what is still to come; undefined where nothing is. */
  isStuck(awaited: string | undefined, now: number): boolean {
    if (awaited !== undefined && awaited === this.#awaited?.what) return now - this.#awaited.since > STUCK_MS;
    this.#awaited = awaited === undefined ? undefined : { what: awaited, since: now };
    return false;
  }
}
