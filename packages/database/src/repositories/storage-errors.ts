import { isSqliteError, toDatabaseError } from '../errors.ts';
import { invalidInput } from './input.ts';

/** Runs what touches the storage, and gives its failures their stable codes. `action` says what was tried. */
export function withStorageErrors<R>(action: string, body: () => R): R {
  try {
    return body();
  } catch (error) {
    if (isSqliteError(error) && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
      throw invalidInput(action, [{ field: 'id', message: 'Already taken' }]);
    }
    throw toDatabaseError(error, `cannot ${action}`);
  }
}
