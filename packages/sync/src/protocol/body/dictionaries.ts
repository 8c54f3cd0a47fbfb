/** What is named again and again is sent once, in order of first use, and then named by its index. */
import { malformed } from '../errors.ts';
import { decodeUtf8, encodeUtf8 } from '../wire/utf8.ts';
import type { MessageWriter } from '../wire/message-fields.ts';

export class TextDictionary {
  readonly #indices = new Map<string, number>();

  indexOf(text: string): number {
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    this.#indices.set(text, this.#indices.size);
    return this.#indices.size - 1;
  }

  writeTo(message: MessageWriter, field: number): void {
    for (const text of this.#indices.keys()) message.element(field, encodeUtf8(text));
  }
}

export class ByteDictionary {
  readonly entries: Uint8Array[] = [];
  /** By hash the newest entry that has it, and by entry the one before it with the same. */
  readonly #newest = new Map<number, number>();
  readonly #older: (number | undefined)[] = [];

  indexOf(bytes: Uint8Array): number {
    const hash = hashOf(bytes);
    const newest = this.#newest.get(hash);
    for (let index = newest; index !== undefined; index = this.#older[index]) {
      if (isSameBytes(this.entries[index] as Uint8Array, bytes)) return index;
    }
    this.#newest.set(hash, this.entries.length);
    this.#older.push(newest);
    return this.entries.push(bytes) - 1;
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

/** The same memory is the usual case: the changes of a row come from one place. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function textsOf(dictionary: readonly Uint8Array[] = []): string[] {
  return dictionary.map(decodeUtf8);
}

export function entryOf<Entry>(dictionary: readonly Entry[], index: number): Entry {
  const entry = dictionary[index];
  if (entry === undefined) throw malformed('a batch points outside of a dictionary');
  return entry;
}
