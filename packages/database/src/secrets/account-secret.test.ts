import { expect, test } from 'vitest';
import { createAccountSecret, unwrapSecret, wrapSecret } from './account-secret.ts';

/** Few, because that is all that a test waits for. */
const FEW = { iterations: 10 };

const refused = expect.objectContaining({ name: 'DatabaseError', code: 'wrong_password' }) as Error;

test('a secret is 32 random bytes', () => {
  const [one, other] = [createAccountSecret(), createAccountSecret()];
  expect([one.length, other.length]).toEqual([32, 32]);
  expect(one).not.toEqual(other);
});

test('the password opens it again', async () => {
  const secret = createAccountSecret();
  const wrapped = await wrapSecret(secret, 'correct horse', FEW);
  expect([wrapped.salt.length, wrapped.iterations, wrapped.wrapped.length]).toEqual([16, 10, 12 + 32 + 16]);
  expect(await unwrapSecret(wrapped, 'correct horse')).toEqual(secret);
});

test('however the same characters are typed', async () => {
  const secret = createAccountSecret();
  const wrapped = await wrapSecret(secret, 'cafe\u0301 ﬁne', FEW);
  expect(await unwrapSecret(wrapped, 'caf\u00e9 fine')).toEqual(secret);
});

test('another password does not', async () => {
  const wrapped = await wrapSecret(createAccountSecret(), 'correct horse', FEW);
  for (const password of ['', 'Correct horse', 'correct horse ']) {
    await expect(unwrapSecret(wrapped, password)).rejects.toThrow(refused);
  }
});

test('with any byte changed, or some missing, it is refused', async () => {
  const whole = await wrapSecret(createAccountSecret(), 'correct horse', FEW);
  for (const part of ['salt', 'wrapped'] as const) {
    for (let at = 0; at < whole[part].length; at++) {
      const damaged = { ...whole, [part]: whole[part].with(at, whole[part][at]! ^ 1) };
      await expect(unwrapSecret(damaged, 'correct horse')).rejects.toThrow(refused);
    }
  }
  for (const iterations of [9, 11, 0, -1, 1.5, Infinity]) {
    await expect(unwrapSecret({ ...whole, iterations }, 'correct horse')).rejects.toThrow(refused);
  }
  for (const length of [0, 27, 59]) {
    const wrapped = whole.wrapped.slice(0, length);
    await expect(unwrapSecret({ ...whole, wrapped }, 'correct horse')).rejects.toThrow(refused);
  }
});

test('wrapped twice it is never the same', async () => {
  const secret = createAccountSecret();
  const [one, other] = [await wrapSecret(secret, 'correct horse', FEW), await wrapSecret(secret, 'correct horse', FEW)];
  expect(one.salt).not.toEqual(other.salt);
  expect(one.wrapped).not.toEqual(other.wrapped);
});

test('without being told otherwise a guess costs 600,000 hashes', async () => {
  const secret = createAccountSecret();
  const wrapped = await wrapSecret(secret, 'correct horse');
  expect(wrapped.iterations).toBe(600_000);
  expect(await unwrapSecret(wrapped, 'correct horse')).toEqual(secret);
});
