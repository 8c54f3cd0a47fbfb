/** Numbers, texts and bytes, one after the other. */

const FIRST_CAPACITY = 256;
const MAX_UTF8_PER_UNIT = 3;

export class ByteWriter {
  #buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
    this.#buffer[this.#length++] = rest;
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#buffer.writeBigInt64LE(value, this.#length);
    this.#length += 8;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  /** With its length before it. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(value.length * MAX_UTF8_PER_UNIT);
    this.#length += this.#buffer.write(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Throws a `RangeError` where the bytes end early. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#buffer.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#buffer.readUInt8(this.#at++);
      value += (byte & 0x7f) * scale;
      if (byte <= 0x7f) return value;
    }
    throw new RangeError('a number has more than 53 bits');
  }

  int64(): bigint {
    return this.#buffer.readBigInt64LE(this.#take(8));
  }

  float64(): number {
    return this.#buffer.readDoubleLE(this.#take(8));
  }

  text(): string {
    const length = this.varint();
    const start = this.#take(length);
    return this.#buffer.toString('utf8', start, start + length);
  }

  /** A copy: the bytes read from may be part of something large. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return Uint8Array.from(this.#buffer.subarray(start, start + length));
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.#buffer.length - start) throw new RangeError('the bytes end early');
    this.#at += length;
    return start;
  }
}
