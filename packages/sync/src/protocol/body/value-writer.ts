/** The values of a batch, each type in a stream of its own, so that INTEGER and REAL stay what they are. */
import type { SqlValue } from '@tributary/database/changes';
import { LengthWriter } from '../wire/lengths.ts';
import { concatenate, type MessageWriter } from '../wire/message-fields.ts';
import { encodeUtf8 } from '../wire/utf8.ts';
import { VarintWriter } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { isUuid, UUID_BYTES, UUID_CHARACTERS, writeUuidBytes, type Output } from './uuid-form.ts';
import { BLOB, INTEGER, NULL, REAL, REAL_BYTES, TEXT, UUID } from './value-types.ts';

export class ValueWriter {
  readonly #types: number[] = [];
  readonly #integers = new VarintWriter();
  readonly #reals: number[] = [];
  readonly #texts: string[] = [];
  readonly #blobs: Uint8Array[] = [];
  readonly #uuids: string[] = [];

  push(value: SqlValue): void {
    this.#types.push(value === null ? NULL : this.#pushed(value));
  }

  writeTo(message: MessageWriter): void {
    message.bytes(BODY.types, new Uint8Array(this.#types));
    message.bytes(BODY.integers, this.#integers.finish());
    // To make bytes of nothing would take longer than all the rest of a batch of one change.
    if (this.#reals.length > 0) message.bytes(BODY.reals, encodeReals(this.#reals));
    if (this.#texts.length > 0) this.#writeTexts(message);
    if (this.#blobs.length > 0) this.#writeBlobs(message);
    if (this.#uuids.length > 0) message.bytes(BODY.uuids, encodeUuids(this.#uuids));
  }

  #writeTexts(message: MessageWriter): void {
    const texts = encodeTexts(this.#texts);
    message.bytes(BODY.texts, texts.bytes);
    message.bytes(BODY.textLengths, texts.lengths);
  }

  #writeBlobs(message: MessageWriter): void {
    message.bytes(BODY.blobs, concatenate(this.#blobs));
    message.bytes(BODY.blobLengths, encodeLengths(this.#blobs));
  }

  #pushed(value: NonNullable<SqlValue>): number {
    if (typeof value === 'string') return this.#pushedText(value);
    if (typeof value === 'bigint') {
      this.#integers.sint64(value);
      return INTEGER;
    }
    if (typeof value === 'number') {
      if (Number.isNaN(value)) throw new TypeError('a REAL cannot be NaN');
      this.#reals.push(value);
      return REAL;
    }
    if (!(value instanceof Uint8Array)) throw new TypeError('a value is of no SQL type');
    this.#blobs.push(value);
    return BLOB;
  }

  #pushedText(value: string): number {
    const isShortened = isUuid(value);
    (isShortened ? this.#uuids : this.#texts).push(value);
    return isShortened ? UUID : TEXT;
  }
}

function encodeReals(reals: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(reals.length * REAL_BYTES));
  for (let i = 0; i < reals.length; i++) view.setFloat64(i * REAL_BYTES, reals[i] as number, true);
  return new Uint8Array(view.buffer);
}

/** All at once where they are ASCII, as most are: then a text has as many bytes as characters. */
function encodeTexts(texts: readonly string[]): { bytes: Uint8Array; lengths: Uint8Array | undefined } {
  const joined = texts.join('');
  const bytes = encodeUtf8(joined);
  if (bytes.length === joined.length) return { bytes, lengths: encodeLengths(texts) };
  const each = texts.map(encodeUtf8);
  return { bytes: concatenate(each), lengths: encodeLengths(each) };
}

function encodeLengths(parts: readonly { readonly length: number }[]): Uint8Array | undefined {
  const lengths = new LengthWriter();
  for (const { length } of parts) lengths.push(length);
  return lengths.finish();
}

function encodeUuids(uuids: readonly string[]): Uint8Array {
  const characters = encodeUtf8(uuids.join(''));
  const output: Output = { bytes: new Uint8Array(uuids.length * UUID_BYTES), at: 0 };
  for (let from = 0; from < characters.length; from += UUID_CHARACTERS) writeUuidBytes(characters, from, output);
  return output.bytes;
}
