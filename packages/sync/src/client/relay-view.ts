import type { Welcome } from '../protocol/index.ts';

/** What the relay has told of itself; it stays known between sessions. */
export class RelayView {
  #role: string | undefined;
  #head = 0;
  #projectedSeq = 0;
  #clockOffsetMs = 0;

  /** What this person may do in the workspace. */
  get role(): string | undefined {
    return this.#role;
  }

  /** The last entry of the log that was heard of. */
  get head(): number {
    return this.#head;
  }

  /** Up to which entry PostgreSQL has the log. */
  get projectedSeq(): number {
    return this.#projectedSeq;
  }

  /** Add this to the local clock to get the relay's. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** The log may be another than before, with a head of its own. */
  welcomed({ role, head, serverTimeMs }: Welcome, now: number): void {
    this.#role = role;
    this.#head = Number(head);
    this.#clockOffsetMs = Number(serverTimeMs) - now;
  }

  heardHead(head: bigint): void {
    this.#head = Math.max(this.#head, Number(head));
  }

  projected(seq: bigint): void {
    this.#projectedSeq = Math.max(this.#projectedSeq, Number(seq));
  }
}
