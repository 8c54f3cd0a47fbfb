/** Choices, times and ids that follow from one number: the same seed writes the same workspace. */
import { createHash } from 'node:crypto';

/** Half of the years of a v7 UUID are behind us, so 48 bits are enough for its time. */
const RANDOM_ID_BYTES = 10;

export class SeededSource {
  readonly #seed: string;
  #count = 0;
  #block = Buffer.alloc(0);
  #used = 0;
  /** The time at which things are written now, in milliseconds since the epoch. */
  nowMs: number;

  constructor(seed: string, nowMs: number) {
    this.#seed = seed;
    this.nowMs = nowMs;
  }

  /** From 0 up to, and without, `end`. */
  below(end: number): number {
    return this.#bytes(4).readUInt32BE() % end;
  }

  isOneOf(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }

  /** Different ones, at most as many as there are. */
  pickSome<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    const picked: Item[] = [];
    while (picked.length < count && left.length > 0) picked.push(...left.splice(this.below(left.length), 1));
    return picked;
  }

  /** Time goes by. */
  wait(maxMs: number): void {
    this.nowMs += 1 + this.below(Math.max(1, Math.floor(maxMs)));
  }

  /** A UUIDv7 of this time. */
  newId(): string {
    const bytes = Buffer.concat([Buffer.alloc(6), this.#bytes(RANDOM_ID_BYTES)]);
    bytes.writeUIntBE(this.nowMs, 0, 6);
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  hash(): string {
    return this.#bytes(16).toString('hex');
  }

  #bytes(length: number): Buffer {
    if (this.#used + length > this.#block.length) {
      this.#block = createHash('sha256').update(`${this.#seed}\0${this.#count++}`).digest();
      this.#used = 0;
    }
    this.#used += length;
    return this.#block.subarray(this.#used - length, this.#used);
  }
}
