/** UUIDs in lower case: 36 characters as text, 16 bytes in a batch. */

export const UUID_BYTES = 16;
export const UUID_CHARACTERS = 36;

/** Bytes that are being written, as far as `at`. */
export interface Output {
  readonly bytes: Uint8Array;
  at: number;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const DASH = 0x2d;
const NO_DIGIT = 16;

/** The digits' characters by value, and their values by character. */
const DIGITS = new TextEncoder().encode('0123456789abcdef');
const DIGIT_VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, character] of DIGITS.entries()) DIGIT_VALUES[character] = value;

const isAfterDash = (byte: number): boolean => byte === 4 || byte === 6 || byte === 8 || byte === 10;

export function isUuid(text: string): boolean {
  return text.length === UUID_CHARACTERS && UUID.test(text);
}

/** Writes the 16 bytes of the UUID whose 36 characters are at `from`; false, and nothing written, where they are none. */
export function writeUuidBytes(characters: Uint8Array, from: number, output: Output): boolean {
  let at = from;
  for (let byte = 0; byte < UUID_BYTES; byte++) {
    if (isAfterDash(byte) && characters[at++] !== DASH) return false;
    const high = DIGIT_VALUES[characters[at++] as number] as number;
    const low = DIGIT_VALUES[characters[at++] as number] as number;
    if (high === NO_DIGIT || low === NO_DIGIT) return false;
    output.bytes[output.at + byte] = (high << 4) | low;
  }
  output.at += UUID_BYTES;
  return true;
}

/** Writes the 36 characters of the UUID whose 16 bytes are at `from`. */
export function writeUuidCharacters(uuids: Uint8Array, from: number, output: Output): void {
  let { at } = output;
  for (let byte = 0; byte < UUID_BYTES; byte++) {
    if (isAfterDash(byte)) output.bytes[at++] = DASH;
    const value = uuids[from + byte] as number;
    output.bytes[at++] = DIGITS[value >> 4] as number;
    output.bytes[at++] = DIGITS[value & 15] as number;
  }
  output.at = at;
}
