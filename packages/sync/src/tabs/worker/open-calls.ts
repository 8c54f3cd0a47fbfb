/**
 * What a page has asked and has no answer to. A new leader is asked again, in the same order; edits carry an id, under which
 * they are made once.
 */
import type { AskedCall } from '../messages.ts';

export interface OpenCall {
  readonly asked: AskedCall;
  /** When it was last sent, on the clock of durations; undefined while it was not. */
  sentAtMs: number | undefined;
}

export class OpenCalls {
  readonly #open = new Map<number, OpenCall>();

  add(asked: AskedCall): OpenCall {
    const open: OpenCall = { asked, sentAtMs: undefined };
    this.#open.set(asked.id, open);
    return open;
  }

  get all(): readonly OpenCall[] {
    return [...this.#open.values()];
  }

  /** Notes that it is sent now. */
  sending(open: OpenCall, nowMs: number): AskedCall {
    open.sentAtMs = nowMs;
    return open.asked;
  }

  /** False for an answer that nobody waits for any more. */
  answered(id: number): boolean {
    return this.#open.delete(id);
  }

  /** Those that no leader has got; what was sent may have been done. */
  takeUnsent(): AskedCall[] {
    const unsent = this.all.filter(({ sentAtMs }) => sentAtMs === undefined);
    for (const { asked } of unsent) this.#open.delete(asked.id);
    return unsent.map(({ asked }) => asked);
  }

  hasWaited(sinceMs: number): boolean {
    return this.all.some(({ sentAtMs }) => sentAtMs !== undefined && sentAtMs <= sinceMs);
  }
}
