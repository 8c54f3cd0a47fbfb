/**
 * The entries that were sent and not answered with Received. What leaves the relay is not read yet, and what is read is not
 * applied yet: without this, the backlog of a slow client would pile up at the client.
 */
export class DeliveryWindow {
  readonly #maxBytes: number;
  /** In order of seq; small neighbours together. */
  readonly #sent: { seq: number; bytes: number }[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  sent(seq: number, bytes: number): void {
    if (bytes === 0) return;
    this.#bytes += bytes;
    const last = this.#sent.at(-1);
    if (last !== undefined && last.bytes + bytes <= MERGED_BYTES) {
      last.seq = seq;
      last.bytes += bytes;
    } else {
      this.#sent.push({ seq, bytes });
    }
  }

  answered(seq: number): void {
    let count = 0;
    for (const sent of this.#sent) {
      if (sent.seq > seq) break;
      this.#bytes -= sent.bytes;
      count++;
    }
    this.#sent.splice(0, count);
  }
}

/** Far below the bytes after which a client answers, so that merging holds nothing back for long. */
const MERGED_BYTES = 16 * 1024;
