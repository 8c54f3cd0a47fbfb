/**
 * The instance's linear memory, and the only place that moves strings and bytes in and out of it.
 *
 * Arguments of one call live in a scratch area used as a stack: take `mark`, write, call, `release(mark)`. What does not
 * fit there is allocated, and freed by the same release. Memory grows through `grow` alone, which renews the views: hold
 * none of them across a call into the core.
 */
import { SqliteError } from '../../errors.ts';
import type { SqliteExports } from './build.ts';
import { createTextCodec, type TextCodec } from './text-codec.ts';

const SCRATCH_BYTES = 64 * 1024;
/** Below this many characters a loop over ASCII beats a call into the codec. */
const SHORT = 24;

export class Heap {
  bytes!: Uint8Array;
  view!: DataView;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: SqliteExports;
  #scratchStart = 0;
  #scratchEnd = 0;
  #scratch = 0;
  #large: number[] = [];
  #codec!: TextCodec;
  /** The length in bytes of what `putText` or `putBlob` wrote last. */
  lastLength = 0;

  constructor(memory: WebAssembly.Memory, exports: SqliteExports) {
    this.#memory = memory;
    this.#exports = exports;
    this.#renew();
  }

  /** Once the C library has been set up. */
  reserveScratch(): void {
    this.#scratchStart = this.#exports.malloc(SCRATCH_BYTES);
    this.#scratchEnd = this.#scratchStart + SCRATCH_BYTES;
    this.#scratch = this.#scratchStart;
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Throws where the platform refuses. */
  grow(pages: number): void {
    this.#memory.grow(pages);
    this.#renew();
  }

  mark(): number {
    return this.#scratch;
  }

  release(mark: number): void {
    this.#scratch = mark;
    if (this.#large.length > 0) this.#freeLarge();
  }

  /** Writes UTF-8 with a NUL after it. A lone surrogate becomes U+FFFD, as it does in every engine. */
  putText(text: string): number {
    const room = text.length * 3 + 1;
    const pointer = this.#take(room);
    const { bytes } = this; // after #take, which may have grown the memory
    if (text.length < SHORT) {
      let length = 0;
      for (; length < text.length; length++) {
        const unit = text.charCodeAt(length);
        if (unit > 0x7f) break;
        bytes[pointer + length] = unit;
      }
      this.lastLength = length === text.length ? length : this.#codec.encode(text, pointer);
    } else {
      this.lastLength = this.#codec.encode(text, pointer);
    }
    bytes[pointer + this.lastLength] = 0;
    return pointer;
  }

  putBlob(blob: Uint8Array): number {
    // At least one byte: SQLite reads a null pointer as NULL, not as an empty blob.
    const pointer = this.#take(blob.byteLength + 1);
    this.bytes.set(blob, pointer);
    this.lastLength = blob.byteLength;
    return pointer;
  }

  text(pointer: number, length: number): string {
    const { bytes } = this;
    if (length >= SHORT) return this.#codec.decode(pointer, pointer + length);
    let text = '';
    for (let i = pointer; i < pointer + length; i++) {
      const unit = bytes[i] as number;
      if (unit > 0x7f) return this.#codec.decode(pointer, pointer + length);
      text += String.fromCharCode(unit);
    }
    return text;
  }

  /** A NUL-terminated string. */
  cString(pointer: number): string {
    const { bytes } = this;
    const end = bytes.indexOf(0, pointer);
    return this.#codec.decode(pointer, end);
  }

  blob(pointer: number, length: number): Uint8Array {
    return this.bytes.slice(pointer, pointer + length);
  }

  int32(pointer: number): number {
    return this.view.getInt32(pointer, true);
  }

  #take(size: number): number {
    const pointer = this.#scratch;
    const next = pointer + ((size + 7) & ~7);
    if (next <= this.#scratchEnd) {
      this.#scratch = next;
      return pointer;
    }
    const large = this.#exports.malloc(size);
    if (large === 0) throw new SqliteError('out of memory', 'SQLITE_NOMEM');
    this.#large.push(large);
    return large;
  }

  /** Only the outermost release frees them: an inner one cannot tell whose they are. */
  #freeLarge(): void {
    if (this.#scratch !== this.#scratchStart) return;
    for (const pointer of this.#large) this.#exports.free(pointer);
    this.#large = [];
  }

  #renew(): void {
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.#codec = createTextCodec(this.bytes);
  }
}
