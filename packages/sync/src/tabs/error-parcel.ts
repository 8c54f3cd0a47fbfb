/**
 * Errors on their way between threads. A structured clone keeps only name and message, so what callers switch on, the class
 * and the code, is packed here and made again on the other side.
 */
import { DATABASE_ERRORS, DatabaseError, SqliteError, type FieldIssue } from '@tributary/database/browser';
import { SYNC_ERRORS, SyncError } from '../client/errors.ts';
import { TABS_ERRORS, TabsError } from './errors.ts';

export interface ErrorParcel {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly issues?: readonly FieldIssue[];
}

export function packError(error: unknown): ErrorParcel {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message } = error;
  if (error instanceof DatabaseError) return { name, message, code: error.code, issues: error.issues };
  const code = codeOf(error);
  return code === undefined ? { name, message } : { name, message, code };
}

export function unpackError({ name, message, code = '', issues }: ErrorParcel): Error {
  if (name === 'DatabaseError' && isKeyOf(DATABASE_ERRORS, code)) {
    return new DatabaseError(code, message, issues && { issues });
  }
  if (name === 'SyncError' && isKeyOf(SYNC_ERRORS, code)) return new SyncError(code, message);
  if (name === 'TabsError' && isKeyOf(TABS_ERRORS, code)) return new TabsError(code, message);
  if (name === 'SqliteError') return new SqliteError(message, code);
  if (name === 'TypeError') return new TypeError(message);
  if (name === 'RangeError') return new RangeError(message);
  const error = new Error(message);
  error.name = name;
  return code === '' ? error : Object.assign(error, { code });
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isKeyOf<T extends object>(table: T, key: string): key is keyof T & string {
  return Object.hasOwn(table, key);
}
