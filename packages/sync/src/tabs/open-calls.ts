/**
 * What a page has asked and has no answer to. A new leader is asked again, in the same order; edits carry an id, under which
 * they are made once.
 */
import type { Answer, Call } from './messages.ts';

export interface OpenCall {
  readonly id: number;
  readonly call: Call;
  /** When it was last sent, on the clock of durations; undefined while it was not. */
  sentAtMs: number | undefined;
  /** Earlier mutations that the leader was told to forget along with it. */
  settled: readonly string[];
}

export class OpenCalls {
  readonly #open = new Map<number, OpenCall>();
  #settled: string[] = [];

  add(id: number, call: Call): OpenCall {
    const open: OpenCall = { id, call, sentAtMs: undefined, settled: [] };
    this.#open.set(id, open);
    return open;
  }

  get all(): readonly OpenCall[] {
    return [...this.#open.values()];
  }

  /** Notes that it is sent now, and what goes with it. */
  sending(open: OpenCall, nowMs: number): OpenCall {
    open.sentAtMs = nowMs;
    open.settled = open.call.kind === 'mutation' ? [...this.#settled] : [];
    return open;
  }

  /** False for an answer that nobody waits for any more. */
  answered(id: number, { ok }: Answer): boolean {
    const open = this.#open.get(id);
    if (open === undefined) return false;
    this.#open.delete(id);
    if (ok && open.call.kind === 'mutation') {
      const isForgotten = new Set(open.settled);
      this.#settled = this.#settled.filter((mutation) => !isForgotten.has(mutation));
      this.#settled.push(open.call.id);
    }
    return true;
  }

  /** Those that no leader has got; what was sent may have been done. */
  takeUnsent(): OpenCall[] {
    const unsent = this.all.filter(({ sentAtMs }) => sentAtMs === undefined);
    for (const { id } of unsent) this.#open.delete(id);
    return unsent;
  }

  hasWaited(sinceMs: number): boolean {
    return this.all.some(({ sentAtMs }) => sentAtMs !== undefined && sentAtMs <= sinceMs);
  }
}
