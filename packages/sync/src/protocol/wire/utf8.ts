import { malformed } from '../errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to here a loop is faster than a call into the runtime, and most names, keys and values are as short. */
const SHORT_UNITS = 32;

/** Refuses half a surrogate pair, which UTF-8 cannot express: another text would arrive. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = (text.length <= SHORT_UNITS ? bytesOfAscii(text) : undefined) ?? encoder.encode(text);
  if (bytes.length !== text.length && !text.isWellFormed()) throw new TypeError('a text holds half a character');
  return bytes;
}

export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed('a text is not UTF-8', { cause });
  }
}

/** Undefined where it is not ASCII. */
function bytesOfAscii(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    bytes[i] = unit;
  }
  return bytes;
}
