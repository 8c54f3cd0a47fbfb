import type { SqlValue } from '@tributary/database/changes';
import { malformed } from '../errors.ts';
import { LengthReader } from '../wire/lengths.ts';
import type { Fields } from '../wire/message-fields.ts';
import { decodeUtf8 } from '../wire/utf8.ts';
import { VarintReader } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { TextReader } from './text-reader.ts';
import { UUID_BYTES, UUID_CHARACTERS, writeUuidCharacters, type Output } from './uuid-form.ts';
import { BLOB, INTEGER, NULL, REAL, REAL_BYTES, TEXT, UUID } from './value-types.ts';

export class ValueReader {
  readonly #types: Uint8Array;
  readonly #integers: VarintReader;
  readonly #reals: DataView;
  readonly #texts: TextReader;
  readonly #blobs: VarintReader;
  readonly #blobLengths: LengthReader;
  /** The characters of all of them. */
  readonly #uuids: string;
  #type = 0;
  #real = 0;
  #uuid = 0;

  constructor({ bytes }: Fields) {
    this.#types = bytes[BODY.types] ?? NONE;
    this.#integers = new VarintReader(bytes[BODY.integers] ?? NONE);
    this.#reals = viewOf(bytes[BODY.reals] ?? NONE);
    this.#texts = new TextReader(bytes[BODY.texts] ?? NONE, bytes[BODY.textLengths]);
    const blobs = bytes[BODY.blobs] ?? NONE;
    this.#blobs = new VarintReader(blobs);
    this.#blobLengths = new LengthReader(bytes[BODY.blobLengths], blobs.length);
    this.#uuids = decodeUuids(bytes[BODY.uuids] ?? NONE);
  }

  get length(): number {
    return this.#types.length;
  }

  get isAtEnd(): boolean {
    const isEachTyped = this.#type === this.#types.length && this.#integers.isAtEnd && this.#texts.isAtEnd;
    const isEachCut = this.#blobLengths.isAtEnd && this.#uuid === this.#uuids.length;
    return isEachTyped && isEachCut && this.#real === this.#reals.byteLength;
  }

  next(): SqlValue {
    const type = this.#types[this.#type++] as number;
    switch (type) {
      case NULL:
        return null;
      case INTEGER:
        return this.#integers.sint64();
      case REAL:
        return this.#nextReal();
      case TEXT:
        return this.#texts.next();
      case BLOB:
        return this.#blobs.slice(this.#blobLengths.next()).slice();
      case UUID:
        return this.#nextUuid();
      default:
        throw malformed(`a value is of no known type: ${type}`);
    }
  }

  #nextReal(): number {
    if (this.#real === this.#reals.byteLength) throw malformed('a batch has fewer reals than it names');
    const real = this.#reals.getFloat64(this.#real, true);
    if (Number.isNaN(real)) throw malformed('a real is not a number');
    this.#real += REAL_BYTES;
    return real;
  }

  #nextUuid(): string {
    if (this.#uuid === this.#uuids.length) throw malformed('a batch has fewer UUIDs than it names');
    const start = this.#uuid;
    this.#uuid += UUID_CHARACTERS;
    return this.#uuids.slice(start, this.#uuid);
  }
}

const NONE = new Uint8Array(0);
const NO_REALS = new DataView(new ArrayBuffer(0));

function viewOf(reals: Uint8Array): DataView {
  if (reals.length === 0) return NO_REALS;
  if (reals.length % REAL_BYTES !== 0) throw malformed('a real is cut off');
  return new DataView(reals.buffer, reals.byteOffset, reals.length);
}

function decodeUuids(uuids: Uint8Array): string {
  if (uuids.length === 0) return '';
  if (uuids.length % UUID_BYTES !== 0) throw malformed('a UUID is cut off');
  const output: Output = { bytes: new Uint8Array((uuids.length / UUID_BYTES) * UUID_CHARACTERS), at: 0 };
  for (let from = 0; from < uuids.length; from += UUID_BYTES) writeUuidCharacters(uuids, from, output);
  return decodeUtf8(output.bytes);
}
