import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseError } from '../../errors.ts';

const HEADER_BYTES = 100;

/** The first bytes of a file, fewer if it is shorter, none if there is no such file. */
export function readHeader(path: string): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  try {
    const descriptor = openSync(path, 'r');
    try {
      return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return header.subarray(0, 0);
    throw new DatabaseError('cannot_open', `cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
