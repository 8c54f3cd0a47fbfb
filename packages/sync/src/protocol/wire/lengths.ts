/** The lengths of what lies one after another. The last is left out: it is what remains. */
import { malformed } from '../errors.ts';
import { VarintReader, VarintWriter } from './varints.ts';

export class LengthWriter {
  readonly #lengths = new VarintWriter();
  #last: number | undefined;

  push(length: number): void {
    if (this.#last !== undefined) this.#lengths.uint32(this.#last);
    this.#last = length;
  }

  finish(): Uint8Array | undefined {
    return this.#lengths.finish();
  }
}

export class LengthReader {
  readonly #lengths: VarintReader;
  #left: number;
  #isLast = false;

  constructor(lengths: Uint8Array | undefined, total: number) {
    this.#lengths = new VarintReader(lengths ?? new Uint8Array(0));
    this.#left = total;
  }

  /** Whether the parts were as many as there are lengths, and filled the whole. */
  get isAtEnd(): boolean {
    return this.#left === 0 && this.#lengths.isAtEnd;
  }

  next(): number {
    if (this.#isLast) throw malformed('a batch has fewer parts than it names');
    this.#isLast = this.#lengths.isAtEnd;
    const length = this.#isLast ? this.#left : this.#lengths.uint32();
    if (length > this.#left) throw malformed('the parts of a batch are longer than the whole');
    this.#left -= length;
    return length;
  }
}
