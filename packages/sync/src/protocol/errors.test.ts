import { describe, expect, test } from 'vitest';
import { errorOfClose, isProtocolErrorCode, PROTOCOL_ERRORS, ProtocolError, type ProtocolErrorCode } from './errors.ts';

/** Close codes that RFC 6455 and its registry define, and that a program may send. */
const REGISTERED = new Set([1001, 1009, 1011]);

const errors = Object.entries(PROTOCOL_ERRORS) as [ProtocolErrorCode, (typeof PROTOCOL_ERRORS)[ProtocolErrorCode]][];
const closing = errors.filter(([, { closeCode }]) => closeCode !== null);

describe.each(errors)('%s', (code, { closeCode, remedy, meaning, normal, action }) => {
  test('is spelt like a code, and says what it means, whether it is normal and what to do', () => {
    expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    for (const text of [meaning, normal, action]) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  test('closes with a code of its own, or with one that is registered for it, or not at all', () => {
    const isAllowed = closeCode === null || REGISTERED.has(closeCode) || (closeCode >= 4000 && closeCode <= 4999);
    expect(isAllowed).toBe(true);
  });

  test('has a remedy that fits', () => {
    const fitting = closeCode === null ? ['retry', 'stop'] : ['reconnect', 'renew', 'rotate', 'stop'];
    expect(fitting).toContain(remedy);
  });
});

test('no two errors share a close code', () => {
  const codes = closing.map(([, { closeCode }]) => closeCode);
  expect(new Set(codes).size).toBe(codes.length);
});

describe('a close of the socket', () => {
  test.each(closing)('tells %s by its code', (code, { closeCode }) => {
    expect(errorOfClose(closeCode!)).toBe(code);
  });

  test.each([1000, 1005, 1006, 4000])('with %i is a plain loss of the connection', (closeCode) => {
    expect(errorOfClose(closeCode)).toBeUndefined();
  });
});

test('a code from outside is known, or it is not', () => {
  expect(isProtocolErrorCode('read_only')).toBe(true);
  for (const code of ['readOnly', '', 'toString', '__proto__']) expect(isProtocolErrorCode(code)).toBe(false);
});

test('a ProtocolError has its code, its message and its cause', () => {
  const cause = new Error('below');
  const error = new ProtocolError('busy', 'the disk is full', { cause });
  expect(error).toMatchObject({ name: 'ProtocolError', code: 'busy', message: 'the disk is full', cause });
});
