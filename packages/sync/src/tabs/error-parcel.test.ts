import { DATABASE_ERRORS, DatabaseError, SqliteError, type DatabaseErrorCode } from '@tributary/database';
import { expect, test } from 'vitest';
import { SYNC_ERRORS, SyncError, type SyncErrorCode } from '../client/errors.ts';
import { packError, unpackError } from './error-parcel.ts';
import { TABS_ERRORS, TabsError, type TabsErrorCode } from './errors.ts';

const acrossThreads = (error: unknown) => unpackError(structuredClone(packError(error)));

test.each([
  ...Object.keys(DATABASE_ERRORS).map((code) => new DatabaseError(code as DatabaseErrorCode, 'a message')),
  ...Object.keys(SYNC_ERRORS).map((code) => new SyncError(code as SyncErrorCode, 'a message')),
  ...Object.keys(TABS_ERRORS).map((code) => new TabsError(code as TabsErrorCode, 'a message')),
  new SqliteError('no such column: x', 'SQLITE_ERROR'),
  new TypeError('a type'),
  new RangeError('a range'),
])('%s is of the same class, code and message on the other side', (error) => {
  const arrived = acrossThreads(error);
  expect(arrived.constructor).toBe(error.constructor);
  expect(arrived).toEqual(error);
  expect(arrived).toMatchObject({ name: error.name, message: error.message });
});

test('the issues of a refused input arrive', () => {
  const issues = [{ field: 'title', message: 'Too long' }];
  expect(acrossThreads(new DatabaseError('invalid_input', 'refused', { issues }))).toMatchObject({ issues });
});

test('other errors keep name, message and code', () => {
  const error = Object.assign(new Error('the disk is gone'), { name: 'NotFoundError', code: 'gone' });
  expect(acrossThreads(error)).toMatchObject({ name: 'NotFoundError', message: 'the disk is gone', code: 'gone' });
  expect(acrossThreads('thrown text')).toMatchObject({ name: 'Error', message: 'thrown text' });
});

test('a code that only a newer version knows is kept on a plain error', () => {
  const arrived = unpackError({ name: 'DatabaseError', message: 'new', code: 'not_yet_known' });
  expect(arrived).not.toBeInstanceOf(DatabaseError);
  expect(arrived).toMatchObject({ name: 'DatabaseError', message: 'new', code: 'not_yet_known' });
});
