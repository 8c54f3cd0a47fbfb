/**
 * The entries of the log on their way to one session. It reads the log until it has reached the head, and is *live* from then
 * on: the room hands it what is committed. A session that reads too slowly stops being live and goes back to the log, so
 * nothing piles up for it.
 *
 *   1. Entries leave in order of seq, without holes, each once.
 *   2. A live stream has sent everything up to the room's head.
 */
import { encodeServerFrame } from '@tributary/sync/protocol';
import type { Clock } from '../clock.ts';
import type { RelayLimits } from '../limits.ts';
import type { LogEntry } from '../log/log.ts';
import {
  deliverParts,
  MAX_DELIVER_BYTES,
  MAX_DELIVER_ENTRIES,
  withoutPayload,
  type Delivery,
  type EntryToDeliver,
  type StreamPart,
} from '../room/delivery.ts';
import type { RoomMember } from '../room/room-member.ts';
import type { Room } from '../room/room.ts';
import { DeliveryWindow } from './delivery-window.ts';

export interface StreamReader extends RoomMember {
  readonly isCongested: boolean;
  /** Everything in the log has been sent. */
  caughtUp(head: number): void;
  /** It reads too slowly to be live. */
  fellBehind(): void;
  fail(error: unknown): void;
}

export interface EntryStreamOptions {
  readonly room: Room;
  readonly reader: StreamReader;
  readonly clock: Clock;
  readonly limits: RelayLimits;
  /** After which entry it begins. */
  readonly cursor: number;
}

export class EntryStream {
  readonly #room: Room;
  readonly #reader: StreamReader;
  readonly #clock: Clock;
  readonly #window: DeliveryWindow;
  /** The session was not there before this entry: its site's later ones are its own. */
  readonly #ownAfter: number;
  #cursor: number;
  #isLive = false;
  #isReading = false;

  constructor({ room, reader, clock, limits, cursor }: EntryStreamOptions) {
    this.#room = room;
    this.#reader = reader;
    this.#clock = clock;
    this.#window = new DeliveryWindow(limits.deliveryWindowBytes);
    this.#cursor = cursor;
    this.#ownAfter = room.head;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Goes on reading the log, unless it is live, reading already, or the session has enough to read. */
  pump(): void {
    if (this.#isLive || this.#isReading || this.#reader.hasEnded || this.#hasEnough) return;
    if (this.#cursor >= this.#room.head) {
      this.#goLive();
      return;
    }
    this.#isReading = true;
    void this.#readOn();
  }

  committed(delivery: Delivery): void {
    if (this.#isLive) this.#follow(delivery);
    // What was pushed is on disk: its Ack does not wait for the entries before it.
    if (!this.#isLive) this.#acknowledge(delivery);
  }

  /** The client has dealt with the entries up to this one. */
  answered(seq: number): void {
    this.#window.answered(seq);
    this.pump();
  }

  get #hasEnough(): boolean {
    return this.#reader.isCongested || this.#window.isFull;
  }

  #follow(delivery: Delivery): void {
    for (const part of delivery.partsFor(this.#reader)) {
      if (this.#hasEnough) {
        this.#isLive = false;
        this.#reader.fellBehind();
        return;
      }
      this.#tell(part);
    }
  }

  #acknowledge(delivery: Delivery): void {
    for (const { frame, seq } of delivery.acksFor(this.#reader, this.#cursor)) {
      if (seq === this.#cursor + 1) this.#cursor = seq;
      this.#reader.tell(frame);
    }
  }

  async #readOn(): Promise<void> {
    try {
      const range = { after: this.#cursor, maxEntries: MAX_DELIVER_ENTRIES, maxBytes: MAX_DELIVER_BYTES };
      this.#send(await this.#room.read(range));
    } catch (error) {
      this.#reader.fail(error);
    }
    this.#isReading = false;
    if (this.#cursor >= this.#room.head) this.pump();
    // Others have their turn between two chunks.
    else if (!this.#reader.hasEnded) this.#clock.defer(() => this.pump());
  }

  #send(entries: readonly LogEntry[]): void {
    if (entries.length === 0) throw new RangeError(`the log has no entry after ${this.#cursor}`);
    // An entry above the head is on disk, but its author has not been told yet; one at the cursor was just acknowledged.
    const next = entries.filter(({ seq }) => seq > this.#cursor && seq <= this.#room.head);
    for (const run of runsOfOneMark(next)) {
      const seen = run.map((entry) => this.#asSeen(entry));
      for (const part of deliverParts(seen, run[0]?.mark ?? 0)) this.#tell(part);
    }
  }

  #tell({ frame, seq, bytes }: StreamPart): void {
    // First the books: on a connection in memory the answer comes before `tell` returns.
    this.#cursor = seq;
    this.#window.sent(seq, bytes);
    this.#reader.tell(frame);
  }

  #asSeen(entry: LogEntry): EntryToDeliver {
    return this.#isOwn(entry) ? withoutPayload(entry) : entry;
  }

  #isOwn({ seq, siteId }: LogEntry): boolean {
    if (seq <= this.#ownAfter) return false;
    return Buffer.compare(siteId, this.#reader.siteId) === 0;
  }

  #goLive(): void {
    this.#isLive = true;
    this.#reader.tell(encodeServerFrame({ case: 'caughtUp', value: { head: BigInt(this.#cursor) } }));
    this.#reader.caughtUp(this.#cursor);
  }
}

/** A client may stop between any two entries of a frame, and keeps the mark that the frame named: it has to be that of each. */
function runsOfOneMark(entries: readonly LogEntry[]): LogEntry[][] {
  const runs: LogEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.[0]?.mark === entry.mark) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
