/**
 * The entries of one room that were committed together, as the frames that members get: those of others are encoded once
 * for everybody; an author gets an Ack in the place of what it pushed itself.
 */
import { encodeServerFrame } from '@tributary/sync/protocol';

/** Who gets frames, as far as it matters here: an author is told from the others. */
export interface Receiver {
  readonly sessionId: string;
}

/** One push of a room's member, on disk. */
export interface CommittedPush {
  readonly author: Receiver;
  readonly siteId: Uint8Array;
  readonly toVersion: number;
  readonly refill: boolean;
  readonly knownVersion: number;
  readonly payloads: readonly Uint8Array[];
  /** Of the last payload. */
  readonly seq: number;
}

export interface EntryToDeliver {
  readonly seq: number;
  readonly siteId: Uint8Array;
  readonly knownVersion: number;
  /** Empty where the receiver pushed it. */
  readonly payload: Uint8Array;
}

/** A frame, and the entry up to which its receiver has everything. */
export interface StreamPart {
  readonly frame: Uint8Array;
  readonly seq: number;
  /** Of the batches in it. */
  readonly bytes: number;
}

export const MAX_DELIVER_BYTES = 256 * 1024;
export const MAX_DELIVER_ENTRIES = 500;

const NO_PAYLOAD = new Uint8Array(0);

export class Delivery {
  readonly pushes: readonly CommittedPush[];
  readonly #mark: number;
  readonly #authors: ReadonlySet<Receiver>;
  #partsForOthers: readonly StreamPart[] | undefined;

  constructor(pushes: readonly CommittedPush[], mark: number) {
    this.pushes = pushes;
    this.#mark = mark;
    this.#authors = new Set(pushes.map(({ author }) => author));
  }

  /** The seq of the last entry. */
  get last(): number {
    return this.pushes.at(-1)?.seq ?? 0;
  }

  partsFor(member: Receiver): readonly StreamPart[] {
    if (this.#authors.has(member)) return this.#partsForAuthor(member);
    this.#partsForOthers ??= deliverParts(this.pushes.flatMap(entriesOf), this.#mark);
    return this.#partsForOthers;
  }

  /** The Acks of a member's pushes after a seq. */
  acksFor(member: Receiver, after = 0): readonly StreamPart[] {
    if (!this.#authors.has(member)) return [];
    return this.pushes.filter(({ author, seq }) => author === member && seq > after).map((push) => this.#ackOf(push));
  }

  #partsForAuthor(member: Receiver): StreamPart[] {
    const parts: StreamPart[] = [];
    let before: EntryToDeliver[] = [];
    const deliver = (): void => {
      for (const part of deliverParts(before, this.#mark)) parts.push(part);
      before = [];
    };
    for (const push of this.pushes) {
      const isOwn = push.author === member;
      // The Ack stands for the last fragment; the cursor has to get over the others, too.
      const entries = isOwn ? entriesOf(push).slice(0, -1).map(withoutPayload) : entriesOf(push);
      for (const entry of entries) before.push(entry);
      if (!isOwn) continue;
      deliver();
      parts.push(this.#ackOf(push));
    }
    deliver();
    return parts;
  }

  #ackOf({ toVersion, seq, refill }: CommittedPush): StreamPart {
    const value = { toVersion: refill ? 0n : BigInt(toVersion), seq: BigInt(seq), mark: this.#mark };
    return { frame: encodeServerFrame({ case: 'ack', value }), seq, bytes: 0 };
  }
}

/** As many frames as the bounds of one Deliver ask for. */
export function deliverParts(entries: readonly EntryToDeliver[], mark: number): StreamPart[] {
  const parts: StreamPart[] = [];
  let from = 0;
  let bytes = 0;
  for (const [index, { payload }] of entries.entries()) {
    bytes += payload.length;
    const isFull = index > from && (bytes > MAX_DELIVER_BYTES || index - from === MAX_DELIVER_ENTRIES);
    if (!isFull) continue;
    parts.push(deliverPart(entries.slice(from, index), mark));
    from = index;
    bytes = payload.length;
  }
  if (from < entries.length) parts.push(deliverPart(entries.slice(from), mark));
  return parts;
}

function deliverPart(entries: readonly EntryToDeliver[], mark: number): StreamPart {
  const value = {
    entries: entries.map(({ seq, siteId, knownVersion, payload }) => ({
      seq: BigInt(seq),
      siteId,
      knownVersion: BigInt(knownVersion),
      batch: payload,
    })),
    mark,
  };
  return {
    frame: encodeServerFrame({ case: 'deliver', value }),
    seq: entries.at(-1)?.seq ?? 0,
    bytes: entries.reduce((sum, { payload }) => sum + payload.length, 0),
  };
}

/** As the one who pushed it gets it. */
export function withoutPayload({ seq, siteId, knownVersion }: EntryToDeliver): EntryToDeliver {
  return { seq, siteId, knownVersion, payload: NO_PAYLOAD };
}

function entriesOf({ payloads, seq, siteId, knownVersion }: CommittedPush): EntryToDeliver[] {
  const first = seq - payloads.length + 1;
  return payloads.map((payload, index) => ({ seq: first + index, siteId, knownVersion, payload }));
}
