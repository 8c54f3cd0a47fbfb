/**
 * Protobuf's base-128 numbers. In JavaScript they are plain numbers, exact up to 2^53, and what lies beyond is refused;
 * only INTEGER values, of 64 bits, are bigint.
 */
import { malformed, type ProtocolError } from '../errors.ts';

const MAX_UINT32 = 2 ** 32 - 1;

/** A packed field. It is left out of the message where every value is the default. */
export class VarintWriter {
  readonly #default: number | undefined;
  readonly #bytes: number[] = [];
  #isNeeded = false;

  constructor(defaultValue?: number) {
    this.#default = defaultValue;
  }

  uint32(value: number): void {
    if (value > MAX_UINT32) throw new TypeError(`${value} has more than 32 bits`);
    this.#push(value);
  }

  /** For sint32 as well: their bytes are the same. */
  sint53(value: number): void {
    this.#push(value < 0 ? -2 * value - 1 : 2 * value);
  }

  sint64(value: bigint): void {
    const number = Number(value);
    if (Math.abs(number) < 2 ** 52) this.sint53(number);
    else this.#pushBig(value);
  }

  finish(): Uint8Array | undefined {
    return this.#isNeeded ? new Uint8Array(this.#bytes) : undefined;
  }

  #push(value: number): void {
    if (value !== this.#default) this.#isNeeded = true;
    if ((value & 0x7f) === value) this.#bytes.push(value);
    else pushVarint(value, this.#bytes);
  }

  #pushBig(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new TypeError(`${value} has more than 64 bits`);
    this.#isNeeded = true;
    let rest = value < 0n ? ~(value << 1n) : value << 1n;
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#bytes.push(Number(rest));
  }
}

export function pushVarint(value: number, into: number[]): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${value} is no number that a message can hold`);
  let rest = value;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) into.push((rest % 0x80) | 0x80);
  for (; rest > 0x7f; rest >>>= 7) into.push((rest & 0x7f) | 0x80);
  into.push(rest);
}

/** Takes varints and slices off the front of some bytes. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The byte that is read next; undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#at];
  }

  uint32(): number {
    const value = this.uint53();
    if (value > MAX_UINT32) throw tooLarge();
    return value;
  }

  uint53(): number {
    const byte = this.#byte();
    return byte < 0x80 ? byte : this.#longer(byte);
  }

  sint53(): number {
    const value = this.uint53();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  sint64(): bigint {
    let end = this.#at;
    while ((this.#bytes[end] ?? 0) > 0x7f) end++;
    return end - this.#at < 7 ? BigInt(this.sint53()) : this.#longSint64();
  }

  /** A view, not a copy. */
  slice(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw endsEarly();
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw endsEarly();
    return byte;
  }

  #longer(first: number): number {
    let value = first & 0x7f;
    let scale = 0x80;
    for (let byte = first; byte > 0x7f; scale *= 0x80) {
      byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 63) throw tooLarge();
    }
    return value;
  }

  #longSint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte > 0x7f) continue;
      if (value >> 64n !== 0n) break;
      return (value & 1n) === 0n ? value >> 1n : ~(value >> 1n);
    }
    throw tooLarge();
  }
}

/** A packed field that may have been left out: then it has the default, as often as it is asked. */
export class ColumnReader {
  readonly #values: VarintReader | undefined;
  readonly #default: number;

  constructor(bytes: Uint8Array | undefined, defaultValue: number) {
    this.#values = bytes && new VarintReader(bytes);
    this.#default = defaultValue;
  }

  get isAtEnd(): boolean {
    return this.#values?.isAtEnd ?? true;
  }

  uint32(): number {
    return this.#values ? this.#values.uint32() : this.#default;
  }

  sint53(): number {
    return this.#values ? this.#values.sint53() : this.#default;
  }
}

function endsEarly(): ProtocolError {
  return malformed('a batch ends early');
}

function tooLarge(): ProtocolError {
  return malformed('a number in a batch is too large');
}
