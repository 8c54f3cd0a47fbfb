/**
 * Primary keys in a batch, with shorter forms for those that most tables have. A byte in front tells the form:
 *
 *   0  the packed key as it is; whether that is sound is not decided here
 *   1  a single TEXT column of 1 to 255 bytes: the text
 *   2  nothing but TEXT columns that are lower-case UUIDs: 16 bytes for each
 */
import { malformed } from '../errors.ts';
import { UUID_BYTES, UUID_CHARACTERS, writeUuidBytes, writeUuidCharacters, type Output } from './uuid-form.ts';

const PACKED = 0;
const TEXT = 1;
const UUIDS = 2;

/** In a packed key: a TEXT follows, after one byte of length. */
const TEXT_TAG = (1 << 3) | 3;
const PACKED_UUID_BYTES = 2 + UUID_CHARACTERS;

/** The most that a key can take. */
export function maxFormBytes(key: Uint8Array): number {
  return 1 + key.length;
}

export function writeKeyForm(key: Uint8Array, output: Output): void {
  const start = output.at++;
  if (writeUuids(key, output)) {
    output.bytes[start] = UUIDS;
    return;
  }
  const isText = isSingleText(key);
  const content = isText ? key.subarray(3) : key;
  output.bytes[start] = isText ? TEXT : PACKED;
  output.bytes.set(content, start + 1);
  output.at = start + 1 + content.length;
}

function isSingleText(key: Uint8Array): boolean {
  return key[0] === 1 && key[1] === TEXT_TAG && key.length > 3 && key[2] === key.length - 3;
}

function writeUuids(key: Uint8Array, output: Output): boolean {
  const columns = key[0] ?? 0;
  if (columns === 0 || key.length !== 1 + columns * PACKED_UUID_BYTES) return false;
  for (let at = 1; at < key.length; at += PACKED_UUID_BYTES) {
    if (key[at] !== TEXT_TAG || key[at + 1] !== UUID_CHARACTERS) return false;
    if (!writeUuidBytes(key, at + 2, output)) return false;
  }
  return true;
}

/** The packed key, in memory of its own. */
export function packedKeyOf(form: Uint8Array): Uint8Array {
  if (form[0] === PACKED) return form.slice(1);
  if (form[0] === TEXT) return keyOfText(form);
  if (form[0] === UUIDS) return keyOfUuids(form);
  throw malformed('a key is in no known form');
}

function keyOfText(form: Uint8Array): Uint8Array {
  const length = form.length - 1;
  if (length < 1 || length > 255) throw malformed('a key of one text has no such length');
  const key = new Uint8Array(3 + length);
  key.set(form, 2);
  key[0] = 1;
  key[1] = TEXT_TAG;
  key[2] = length;
  return key;
}

function keyOfUuids(form: Uint8Array): Uint8Array {
  const columns = (form.length - 1) / UUID_BYTES;
  if (!Number.isInteger(columns) || columns < 1 || columns > 255) throw malformed('a key of UUIDs has no such length');
  const output: Output = { bytes: new Uint8Array(1 + columns * PACKED_UUID_BYTES), at: 1 };
  output.bytes[0] = columns;
  for (let from = 1; from < form.length; from += UUID_BYTES) {
    output.bytes[output.at++] = TEXT_TAG;
    output.bytes[output.at++] = UUID_CHARACTERS;
    writeUuidCharacters(form, from, output);
  }
  return output.bytes;
}
