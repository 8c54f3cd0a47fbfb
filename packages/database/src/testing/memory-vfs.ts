import type { Vfs, VfsFile, VfsOpenMode } from '../engine/wasm/vfs.ts';
import { DatabaseError } from '../errors.ts';

/** Files in memory, for as long as the object lives: shows what a Vfs has to do, without a platform. */
export class MemoryVfs implements Vfs {
  readonly name = 'tributary-memory';
  readonly #files = new Map<string, Content>();
  readonly #owned = new Set<string>();

  open(path: string | undefined, mode: VfsOpenMode): VfsFile {
    const name = path ?? `temporary ${crypto.randomUUID()}`;
    const content = this.#files.get(name) ?? { bytes: new Uint8Array(0), size: 0 };
    if (!this.#files.has(name) && !mode.create && path !== undefined) throw new Error(`there is no ${name}`);
    if (mode.isDatabase) this.#own(name);
    this.#files.set(name, content);
    return new MemoryFile(content, mode.readOnly, () => {
      this.#owned.delete(name);
      if (mode.deleteOnClose) this.#files.delete(name);
    });
  }

  delete(path: string): boolean {
    return this.#files.delete(path);
  }

  exists(path: string): boolean {
    return this.#files.has(path);
  }

  /** As if the machine had stopped now, and its disk were put into another. */
  copy(): MemoryVfs {
    const copy = new MemoryVfs();
    for (const [name, { bytes, size }] of this.#files) copy.#files.set(name, { bytes: bytes.slice(0, size), size });
    return copy;
  }

  #own(name: string): void {
    if (this.#owned.has(name)) throw new DatabaseError('file_in_use', `${name} is in use by this process`);
    this.#owned.add(name);
  }
}

interface Content {
  /** With room to grow, and zeros behind what is in the file. */
  bytes: Uint8Array;
  size: number;
}

class MemoryFile implements VfsFile {
  readonly readOnly: boolean;
  readonly #content: Content;
  readonly #onClose: () => void;

  constructor(content: Content, readOnly: boolean, onClose: () => void) {
    this.readOnly = readOnly;
    this.#content = content;
    this.#onClose = onClose;
  }

  read(into: Uint8Array, offset: number): number {
    const available = this.#content.bytes.subarray(offset, Math.min(offset + into.length, this.size()));
    into.set(available);
    return available.length;
  }

  write(from: Uint8Array, offset: number): void {
    this.#reserve(offset + from.length);
    this.#content.bytes.set(from, offset);
    this.#content.size = Math.max(this.size(), offset + from.length);
  }

  truncate(size: number): void {
    this.#reserve(size);
    this.#content.bytes.fill(0, size, this.size());
    this.#content.size = size;
  }

  sync(): void {}

  size(): number {
    return this.#content.size;
  }

  close(): void {
    this.#onClose();
  }

  #reserve(size: number): void {
    const { bytes } = this.#content;
    if (size <= bytes.length) return;
    const larger = new Uint8Array(Math.max(size, bytes.length * 2));
    larger.set(bytes);
    this.#content.bytes = larger;
  }
}
