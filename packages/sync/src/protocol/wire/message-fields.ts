/**
 * The fields of a protobuf message, by hand, for batches: the generated code skips fields that it does not know and cuts
 * numbers that are too large, while a batch has to mean the same to everybody for ever. It would also nearly double the
 * time that a batch takes.
 */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { malformed } from '../errors.ts';
import { pushVarint, VarintReader } from './varints.ts';

/** Protobuf's wire types. */
const VARINT = 0;
const DELIMITED = 2;

/** Shorter ones are copied byte by byte, which is faster than keeping them apart. */
const CHUNK_BYTES = 64;

export class MessageWriter {
  readonly #chunks: Uint8Array[] = [];
  #bytes: number[] = [];

  /** Left out where it is 0. */
  number(field: number, value: number): void {
    if (value !== 0) this.optionalNumber(field, value);
  }

  /** Also where it is 0. */
  optionalNumber(field: number, value: number | undefined): void {
    if (value === undefined) return;
    pushVarint((field << 3) | VARINT, this.#bytes);
    pushVarint(value, this.#bytes);
  }

  /** Left out where there are none. */
  bytes(field: number, value: Uint8Array | undefined): void {
    if (value !== undefined && value.length > 0) this.element(field, value);
  }

  /** One more of a repeated field. */
  element(field: number, value: Uint8Array): void {
    pushVarint((field << 3) | DELIMITED, this.#bytes);
    pushVarint(value.length, this.#bytes);
    if (value.length < CHUNK_BYTES) {
      for (const byte of value) this.#bytes.push(byte);
    } else {
      this.#chunks.push(new Uint8Array(this.#bytes), value);
      this.#bytes = [];
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    return concatenate([...this.#chunks, new Uint8Array(this.#bytes)]);
  }
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** How a field lies in its message: a varint, bytes (also of a text or a packed field), or any number of those. */
type Layout = 'number' | 'bytes' | 'list';

/** By field number. */
export type Layouts = readonly (Layout | undefined)[];

export function numbersOf<Name extends string>(
  fields: Readonly<Record<Name, DescField>>,
): Readonly<Record<Name, number>> {
  const entries = Object.entries<DescField>(fields).map(([name, { number }]) => [name, number]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

export function layoutsOf(message: DescMessage): Layouts {
  const layouts: Layout[] = [];
  for (const field of message.fields) layouts[field.number] = layoutOf(field);
  return layouts;
}

function layoutOf(field: DescField): Layout {
  if (field.fieldKind === 'list') return field.packed ? 'bytes' : 'list';
  return field.scalar === ScalarType.BYTES ? 'bytes' : 'number';
}

/** What a message holds, by field number. */
export interface Fields {
  readonly numbers: readonly (number | undefined)[];
  readonly bytes: readonly (Uint8Array | undefined)[];
  readonly lists: readonly (readonly Uint8Array[] | undefined)[];
}

/** Refuses unknown fields, fields that come twice, and more elements of a list than allowed. The bytes are views. */
export function readFields(message: Uint8Array, layouts: Layouts, maxElements: number): Fields {
  const numbers: number[] = [];
  const bytes: Uint8Array[] = [];
  const lists: Uint8Array[][] = [];
  const reader = new VarintReader(plainView(message));
  while (!reader.isAtEnd) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const layout = layouts[field];
    if (layout === undefined || (tag & 7) !== (layout === 'number' ? VARINT : DELIMITED)) {
      throw malformed(`a batch has the unknown field ${field}`);
    }
    if (numbers[field] !== undefined || bytes[field] !== undefined) throw malformed(`a batch has field ${field} twice`);
    if (layout === 'number') numbers[field] = reader.uint53();
    else if (layout === 'bytes') bytes[field] = reader.slice(reader.uint32());
    else if ((lists[field] ??= []).push(reader.slice(reader.uint32())) > maxElements) {
      throw malformed(`a batch has field ${field} more than ${maxElements} times`);
    }
  }
  return { numbers, bytes, lists };
}

/** Parts of a Buffer would be Buffers, whose `slice` does not copy. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
