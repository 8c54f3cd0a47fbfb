/** Raw DEFLATE (RFC 1951), as Node brings it. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { malformed } from './errors.ts';

/** Of batches it saves nearly as much as the default, 6, and takes little more time than the fastest. */
const LEVEL = 4;

export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: LEVEL });
}

/** Refuses bytes that do not, all of them, inflate to just as many as expected. */
export function inflate(bytes: Uint8Array, expectedBytes: number): Uint8Array {
  const { buffer, engine } = inflateUpTo(expectedBytes, bytes);
  if (buffer.length !== expectedBytes) throw malformed('a batch inflates to fewer bytes than it names');
  if (engine.bytesWritten !== bytes.length) throw malformed('a batch goes on after its deflated bytes');
  return buffer;
}

/** What `info` adds, and the types leave out. */
interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten` are those that went in. */
  readonly engine: { readonly bytesWritten: number };
}

function inflateUpTo(expectedBytes: number, bytes: Uint8Array): Inflated {
  // zlib takes no limit of 0.
  const maxOutputLength = Math.max(1, expectedBytes);
  try {
    return inflateRawSync(bytes, { maxOutputLength, info: true }) as unknown as Inflated;
  } catch (cause) {
    throw malformed('a batch does not inflate to what it names', { cause });
  }
}
