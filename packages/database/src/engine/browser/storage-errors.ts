/** What the browser says when it refuses storage, in our codes. */
import { DatabaseError } from '../../errors.ts';

/** Held by another context. Safari says the second. */
const IN_USE: ReadonlySet<string> = new Set(['NoModificationAllowedError', 'InvalidStateError']);

export function isInUse(error: unknown): boolean {
  return error instanceof DOMException && IN_USE.has(error.name);
}

export function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}

/** Browsers refuse private windows, blocked site data and sandboxed frames each with a name of its own. */
export function toStorageError(error: unknown, context: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  const code = isFull ? 'disk_full' : 'storage_unavailable';
  return new DatabaseError(code, `${context}: the browser refuses to store anything (${reason})`, { cause: error });
}
