/**
 * Takes the stream of entries as it comes, and applies it in transactions of bounded size, giving way between them. The
 * relay sends only so much ahead of what it knows to be applied, so a replica of any size is pulled in little memory.
 */
import type { Ack, ClientFrameInit, Deliver } from '../../protocol/index.ts';
import { readBatchHeader } from '../../protocol/index.ts';
import type { Clock } from '../clock.ts';
import type { ApplyOutcome, Incoming } from './inbox.ts';

export interface PullerHandler {
  send(frame: ClientFrameInit): void;
  /** In one transaction. */
  apply(items: readonly Incoming[]): ApplyOutcome;
  /** A transaction was applied; these items were in it. */
  applied(outcome: ApplyOutcome, items: readonly Incoming[]): void;
  /** It was not, and trying again will not help without somebody doing something. */
  failed(error: unknown): void;
}

/** More make a transaction no faster, and everything else wait. */
const MAX_CHANGES_PER_TRANSACTION = 1_000;

/** Tell the relay that there is room again, whenever this much has been applied. */
const ANSWER_EVERY_BYTES = 128 * 1024;

export class Puller {
  readonly #clock: Clock;
  readonly #handler: PullerHandler;
  #queue: QueuedItem[] = [];
  #receivedSeq = 0;
  #unansweredBytes = 0;
  #isScheduled = false;
  #session = 0;

  constructor(clock: Clock, handler: PullerHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  begin(cursor: number): void {
    this.end();
    this.#receivedSeq = cursor;
  }

  /** What was not applied is forgotten: it comes again, after the cursor. */
  end(): void {
    this.#session++;
    this.#queue = [];
    this.#unansweredBytes = 0;
    this.#isScheduled = false;
  }

  /** Up to here the stream has arrived, applied or not. */
  get receivedSeq(): number {
    return this.#receivedSeq;
  }

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  /** False when the stream has a hole, and the session cannot go on. */
  deliver({ entries, mark }: Deliver): boolean {
    for (const entry of entries) {
      const seq = Number(entry.seq);
      if (seq <= this.#receivedSeq) continue;
      if (seq !== this.#receivedSeq + 1) return false;
      this.#receivedSeq = seq;
      this.#enqueue(
        {
          kind: 'entry',
          seq,
          mark,
          siteId: entry.siteId,
          knownVersion: Number(entry.knownVersion),
          batch: entry.batch,
          isContinued: isContinued(entry.batch),
        },
        entry.batch.length,
      );
    }
    return true;
  }

  acknowledge({ toVersion, seq, mark }: Ack): void {
    if (Number(seq) === this.#receivedSeq + 1) this.#receivedSeq = Number(seq);
    this.#enqueue({ kind: 'ack', toVersion: Number(toVersion), seq: Number(seq), mark }, 0);
  }

  #enqueue(item: Incoming, bytes: number): void {
    this.#queue.push({ item, bytes });
    if (item.kind === 'entry' && item.isContinued) this.#answer(bytes, item.seq);
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const session = this.#session;
    this.#clock.yield(() => {
      if (session !== this.#session) return;
      this.#isScheduled = false;
      this.#applyNext();
    });
  }

  #applyNext(): void {
    const count = this.#countForTransaction();
    if (count === 0) return;
    const taken = this.#queue.slice(0, count);
    const items = taken.map(({ item }) => item);
    let outcome: ApplyOutcome;
    try {
      outcome = this.#handler.apply(items);
    } catch (error) {
      this.#handler.failed(error);
      return;
    }
    this.#queue.splice(0, count);
    const session = this.#session;
    this.#handler.applied(outcome, items);
    if (session !== this.#session) return;
    for (const { item, bytes } of taken) {
      if (item.kind === 'entry' && !item.isContinued) this.#answer(bytes, item.seq);
    }
    if (this.#queue.length > 0) this.#schedule();
  }

  /** As many items as make a transaction of good size; fragments of one version are never parted. */
  #countForTransaction(): number {
    let count = 0;
    let changes = 0;
    let areFragmentsOpen = false;
    for (const [index, { item }] of this.#queue.entries()) {
      if (item.kind === 'entry' && item.batch.length > 0) changes += readBatchHeader(item.batch).changeCount;
      if (changes > MAX_CHANGES_PER_TRANSACTION && count > 0) break;
      // An acknowledgement may come between two fragments; it goes with them.
      if (item.kind === 'entry') areFragmentsOpen = item.isContinued;
      if (!areFragmentsOpen) count = index + 1;
    }
    return count;
  }

  #answer(bytes: number, seq: number): void {
    this.#unansweredBytes += bytes;
    if (this.#unansweredBytes < ANSWER_EVERY_BYTES) return;
    this.#handler.send({ case: 'received', value: { seq: BigInt(seq) } });
    this.#unansweredBytes = 0;
  }
}

interface QueuedItem {
  readonly item: Incoming;
  readonly bytes: number;
}

function isContinued(batch: Uint8Array): boolean {
  if (batch.length === 0) return false;
  const { fragment } = readBatchHeader(batch);
  return fragment !== undefined && fragment.index < fragment.count - 1;
}
