/**
 * Sends own edits while a session lasts: a bounded number of bytes ahead of the acknowledgements, and everything from the
 * push cursor on again after whatever went wrong.
 */
import type { ClientFrameInit, ProtocolLimits } from '../../protocol/index.ts';
import type { Clock } from '../clock.ts';
import type { SyncStore } from '../sync-store.ts';
import type { OutgoingBatch, Outbox } from './outbox.ts';
import type { Refill } from './refill.ts';

export interface PusherOptions {
  readonly outbox: Pick<Outbox, 'next'>;
  readonly refill: Pick<Refill, 'restart' | 'next' | 'finish'>;
  readonly store: Pick<SyncStore, 'position'>;
  readonly clock: Clock;
  readonly send: (frame: ClientFrameInit) => void;
  /** Something changed that the status speaks of. */
  readonly changed: () => void;
}

/** What a session has agreed on. */
export interface PushTerms {
  readonly limits: ProtocolLimits;
  readonly mayPush: boolean;
  /** Whether it is still open which of the edits that were sent before had arrived; the stream will tell. */
  readonly isInDoubt: () => boolean;
}

interface InFlight {
  readonly kind: 'own' | 'refill';
  readonly toVersion: number;
  readonly bytes: number;
}

/** Sent but not acknowledged, at most: enough to keep a fast line busy. */
const WINDOW_BYTES = 1024 * 1024;

export class Pusher {
  readonly #options: PusherOptions;
  #session: PushSession | undefined;
  #inFlight: InFlight[] = [];
  #inFlightBytes = 0;
  /** Acknowledged by the relay, but not recorded in the replica yet. */
  #unrecorded = 0;
  /** Own edits up to this version have been sent in this session, or were there before it. */
  #readVersion: number;
  #isDrained = false;
  #isRefilling = false;
  #blockedReason: string | undefined;

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#readVersion = options.store.position.pushCursor;
  }

  /** Whether there may be own edits that are not known to be in the log. */
  get hasPending(): boolean {
    return !this.#isDrained || this.#unrecorded > 0 || this.#inFlight.some(({ kind }) => kind === 'own');
  }

  /** The oldest push without an answer, as a version; undefined when all are answered. */
  get unanswered(): number | undefined {
    return this.#inFlight[0]?.toVersion;
  }

  /** Why own edits cannot be sent until somebody does something. */
  get blockedReason(): string | undefined {
    return this.#blockedReason;
  }

  begin(terms: PushTerms): void {
    this.end();
    this.#session = { ...terms, sentVersion: undefined, ackedVersion: undefined, heldUntilMs: undefined };
  }

  end(): void {
    this.#session = undefined;
    this.#forgetInFlight();
    this.#isRefilling = false;
  }

  /** An own edit was made. */
  edited(): void {
    this.#isDrained = false;
    this.#blockedReason = undefined;
  }

  /** The push cursor moved although nothing was pushed: only other sites' versions lie before it. */
  skipTo(version: number): void {
    if (this.#inFlight.length === 0) this.#readVersion = Math.max(this.#readVersion, version);
  }

  block(reason: string): void {
    this.#blockedReason = reason;
    this.#options.changed();
  }

  unblock(): void {
    this.#blockedReason = undefined;
  }

  /** It is this client's turn to send what the log lacks. */
  beginRefill(): void {
    this.#options.refill.restart();
    this.#isRefilling = true;
    this.push();
  }

  /** Sends what there is room for. */
  push(): void {
    const session = this.#session;
    if (session === undefined || session.heldUntilMs !== undefined || session.isInDoubt()) return;
    if (this.#isRefilling) this.#pushRefill(session);
    else if (!this.#isDrained && this.#blockedReason === undefined) this.#pushOwn(session);
  }

  /** An acknowledgement arrived: there is room for more. */
  acknowledged(toVersion: number): void {
    const isRefill = toVersion === 0;
    const done = isRefill
      ? this.#inFlight.filter(({ kind }) => kind === 'refill').slice(0, 1)
      : this.#inFlight.filter((batch) => batch.kind === 'own' && batch.toVersion <= toVersion);
    this.#inFlight = this.#inFlight.filter((batch) => !done.includes(batch));
    this.#inFlightBytes = bytesOf(this.#inFlight);
    if (!isRefill) {
      this.#unrecorded++;
      if (this.#session) this.#session.ackedVersion = toVersion;
    }
    this.push();
  }

  /** Acknowledgements have been recorded in the replica. */
  recorded(count: number): void {
    this.#unrecorded = Math.max(0, this.#unrecorded - count);
  }

  /** A push was not stored; nor will be what is in flight behind it. Everything is sent again, after a while. */
  rejected(retryAfterMs: number): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#forgetInFlight();
    if (this.#isRefilling) this.#options.refill.restart();
    const { clock } = this.#options;
    const isHeld = session.heldUntilMs !== undefined;
    session.heldUntilMs = Math.max(session.heldUntilMs ?? 0, clock.uptimeMs() + retryAfterMs);
    if (!isHeld) clock.setTimeout(() => this.#resume(session), retryAfterMs);
  }

  /** Goes on behind what was stored: acknowledgements may have come since the rejection. */
  #resume(session: PushSession): void {
    if (session !== this.#session) return;
    const { clock, store } = this.#options;
    const leftMs = (session.heldUntilMs ?? 0) - clock.uptimeMs();
    if (leftMs > 0) {
      clock.setTimeout(() => this.#resume(session), leftMs);
      return;
    }
    session.heldUntilMs = undefined;
    session.sentVersion = session.ackedVersion;
    this.#readVersion = Math.max(store.position.pushCursor, session.ackedVersion ?? 0);
    this.push();
  }

  #pushOwn(session: PushSession): void {
    if (this.#inFlightBytes >= WINDOW_BYTES) return;
    const sentVersion = session.sentVersion ?? this.#readVersion;
    const next = this.#options.outbox.next(this.#readVersion, sentVersion, session.limits);
    if (next.kind === 'unsendable') {
      this.block(next.reason);
      return;
    }
    if (next.kind === 'batches' && !session.mayPush) {
      this.block('you may see this workspace, but not change it');
      return;
    }
    this.#readVersion = next.upTo;
    if (next.kind === 'drained') {
      this.#isDrained = true;
      this.#options.changed();
      return;
    }
    for (const batch of next.batches) {
      this.#send('own', batch);
      session.sentVersion = batch.toVersion;
    }
    this.#continue(session);
  }

  #pushRefill(session: PushSession): void {
    if (this.#inFlightBytes >= WINDOW_BYTES) return;
    const batches = this.#options.refill.next(session.limits);
    for (const batch of batches ?? []) this.#send('refill', batch);
    if (batches !== undefined) {
      this.#continue(session);
    } else if (this.#inFlight.length === 0) {
      this.#isRefilling = false;
      this.#options.refill.finish();
      this.#options.send({ case: 'refilled', value: {} });
      this.#options.changed();
      this.push();
    }
  }

  /** Another window of a long backlog, after others have had their turn. */
  #continue(session: PushSession): void {
    this.#options.clock.yield(() => {
      if (session === this.#session) this.push();
    });
  }

  #send(kind: InFlight['kind'], { toVersion, frames }: OutgoingBatch): void {
    let bytes = 0;
    for (const batch of frames) {
      this.#options.send({ case: 'push', value: { batch } });
      bytes += batch.length;
    }
    this.#inFlight.push({ kind, toVersion, bytes });
    this.#inFlightBytes += bytes;
  }

  #forgetInFlight(): void {
    if (this.hasPending) this.#isDrained = false;
    this.#inFlight = [];
    this.#inFlightBytes = 0;
    this.#unrecorded = 0;
    if (!this.#isDrained) this.#readVersion = this.#options.store.position.pushCursor;
  }
}

interface PushSession extends PushTerms {
  /** Where the last batch sent in this session ended, and where the last one that was stored did. */
  sentVersion: number | undefined;
  ackedVersion: number | undefined;
  /** Nothing is sent until then. */
  heldUntilMs: number | undefined;
}

function bytesOf(batches: readonly InFlight[]): number {
  return batches.reduce((sum, { bytes }) => sum + bytes, 0);
}
