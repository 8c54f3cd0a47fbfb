import { malformed } from '../errors.ts';
import { LengthReader } from '../wire/lengths.ts';
import { decodeUtf8 } from '../wire/utf8.ts';

/** Decodes all texts at once, then cuts where the bytes are to be cut; in ASCII that is the same place. */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #lengths: LengthReader;
  readonly #text: string;
  readonly #isAscii: boolean;
  #byte = 0;
  #character = 0;

  constructor(bytes: Uint8Array, lengths: Uint8Array | undefined) {
    this.#bytes = bytes;
    this.#lengths = new LengthReader(lengths, bytes.length);
    this.#text = decodeUtf8(bytes);
    this.#isAscii = this.#text.length === bytes.length;
  }

  get isAtEnd(): boolean {
    return this.#lengths.isAtEnd;
  }

  next(): string {
    const length = this.#lengths.next();
    const start = this.#character;
    this.#character += this.#isAscii ? length : this.#charactersIn(length);
    this.#byte += length;
    return this.#text.slice(start, this.#character);
  }

  /** As JavaScript counts, in UTF-16: two for a character of four bytes. */
  #charactersIn(length: number): number {
    const end = this.#byte + length;
    if (isContinuation(this.#bytes[end])) throw malformed('a text ends within a character');
    let characters = 0;
    for (let i = this.#byte; i < end; i++) {
      const byte = this.#bytes[i] as number;
      if (!isContinuation(byte)) characters += byte < 0xf0 ? 1 : 2;
    }
    return characters;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
