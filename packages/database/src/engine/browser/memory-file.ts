/** A temporary file of SQLite's, which nobody else may see and which ends with its use: it needs no disk. */
import type { VfsFile } from '../wasm/vfs.ts';

const FIRST_CAPACITY = 64 * 1024;

export class MemoryFile implements VfsFile {
  readonly readOnly = false;
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #size = 0;

  read(into: Uint8Array, offset: number): number {
    const available = this.#bytes.subarray(offset, Math.min(offset + into.length, this.#size));
    into.set(available);
    return available.length;
  }

  write(from: Uint8Array, offset: number): void {
    this.#reserve(offset + from.length);
    this.#bytes.set(from, offset);
    this.#size = Math.max(this.#size, offset + from.length);
  }

  truncate(size: number): void {
    this.#reserve(size);
    // What is cut off must read as zeros when the file grows over it again.
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }

  sync(): void {}

  size(): number {
    return this.#size;
  }

  close(): void {
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
