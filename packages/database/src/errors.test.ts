import { expect, test } from 'vitest';
import { DATABASE_ERRORS, DatabaseError, SqliteError, toDatabaseError } from './errors.ts';

test('every code is documented: what it means, whether it is normal, what to do', () => {
  for (const { meaning, normal, action } of Object.values(DATABASE_ERRORS)) {
    for (const sentence of [meaning, normal, action]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
  }
});

test.each([
  ['SQLITE_FULL', 'disk_full', true],
  ['SQLITE_IOERR_WRITE', 'io_error', true],
  ['SQLITE_BUSY_TIMEOUT', 'file_in_use', true],
  ['SQLITE_CORRUPT_VTAB', 'file_corrupt', false],
  ['SQLITE_NOTADB', 'not_a_database', false],
  ['SQLITE_READONLY_DIRECTORY', 'read_only', false],
  ['SQLITE_CANTOPEN', 'cannot_open', false],
] as const)('%s becomes %s', (sqliteCode, code, retryable) => {
  const cause = new SqliteError('what SQLite said', sqliteCode);
  const error = toDatabaseError(cause, 'cannot save');
  expect(error).toBeInstanceOf(DatabaseError);
  expect(error).toMatchObject({ code, retryable, cause, message: 'cannot save: what SQLite said' });
});

test('a missing table is unknown_table; a mistake in SQL and other errors pass through', () => {
  const missing = new SqliteError('no such table: ghosts', 'SQLITE_ERROR');
  expect(toDatabaseError(missing, 'cannot read')).toMatchObject({ code: 'unknown_table' });
  const mistake = new SqliteError('near "SELEKT": syntax error', 'SQLITE_ERROR');
  expect(toDatabaseError(mistake, 'cannot read')).toBe(mistake);
  const other = new TypeError('not ours');
  expect(toDatabaseError(other, 'cannot read')).toBe(other);
});
