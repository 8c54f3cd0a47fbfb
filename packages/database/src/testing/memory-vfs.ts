import type { Vfs, VfsFile, VfsOpenMode } from '../engine/wasm/vfs.ts';
import { DatabaseError } from '../errors.ts';

/** Files in memory, for as long as the object lives: shows what a Vfs has to do, without a platform. */
export class MemoryVfs implements Vfs {
  readonly name = 'tributary-memory';
  readonly #files = new Map<string, Content>();
  readonly #owned = new Set<string>();

  open(path: string | undefined, mode: VfsOpenMode): VfsFile {
    const name = path ?? `temporary ${crypto.randomUUID()}`;
    const content = this.#files.get(name) ?? { bytes: new Uint8Array(0) };
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
    for (const [name, { bytes }] of this.#files) copy.#files.set(name, { bytes: bytes.slice() });
    return copy;
  }

  #own(name: string): void {
    if (this.#owned.has(name)) throw new DatabaseError('file_in_use', `${name} is in use by this process`);
    this.#owned.add(name);
  }
}

interface Content {
  bytes: Uint8Array;
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
    const available = this.#content.bytes.subarray(offset, offset + into.length);
    into.set(available);
    return available.length;
  }

  write(from: Uint8Array, offset: number): void {
    if (offset + from.length > this.size()) this.#resize(offset + from.length);
    this.#content.bytes.set(from, offset);
  }

  truncate(size: number): void {
    this.#resize(size);
  }

  sync(): void {}

  size(): number {
    return this.#content.bytes.length;
  }

  close(): void {
    this.#onClose();
  }

  #resize(size: number): void {
    const resized = new Uint8Array(size);
    resized.set(this.#content.bytes.subarray(0, size));
    this.#content.bytes = resized;
  }
}
