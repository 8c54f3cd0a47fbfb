/**
 * Raw DEFLATE (RFC 1951) in JavaScript: what browsers bring is asynchronous. It does not notice bytes after the end; the
 * relay does, before anybody else sees a batch.
 */
import { deflateSync, Inflate } from 'fflate';
import { malformed } from './errors.ts';

/** As in Node. */
const LEVEL = 4;

/** So much is inflated before the size is looked at: at the worst to a thousand times as much. */
const SLICE_BYTES = 16 * 1024;

export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: LEVEL });
}

/** Refuses bytes that do not inflate to just as many as expected. */
export function inflate(bytes: Uint8Array, expectedBytes: number): Uint8Array {
  const inflated = new Uint8Array(expectedBytes);
  let length = 0;
  const inflater = new Inflate((chunk) => {
    if (length + chunk.length > expectedBytes) throw new RangeError('more bytes than expected');
    inflated.set(chunk, length);
    length += chunk.length;
  });
  pushAll(bytes, inflater);
  if (length !== expectedBytes) throw malformed('a batch inflates to fewer bytes than it names');
  return inflated;
}

function pushAll(bytes: Uint8Array, inflater: Inflate): void {
  try {
    for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
      const end = start + SLICE_BYTES;
      inflater.push(bytes.subarray(start, end), end >= bytes.length);
    }
  } catch (cause) {
    throw malformed('a batch does not inflate to what it names', { cause });
  }
}
