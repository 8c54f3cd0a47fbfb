import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MAX_REFRESH_TOKEN_CHARACTERS, readRefreshToken, RefreshTokens } from './refresh-token.ts';

const SECRET = 'a secret that is long enough for HS256';
const OTHER_SECRET = 'another secret that is also long enough';

const tokens = new RefreshTokens([SECRET]);
const seed = randomBytes(32);
const claim = { sessionId: randomUUID(), generation: 4_000_000_000 };

describe('a refresh token', () => {
  test('says which session and which of its tokens it is, and is always the same', () => {
    const token = tokens.sign(claim, seed);
    expect(readRefreshToken(token)).toMatchObject(claim);
    expect(tokens.sign(claim, seed)).toBe(token);
    expect(token).toHaveLength(MAX_REFRESH_TOKEN_CHARACTERS);
    expect(token).toMatch(/^[\w-]+$/);
  });

  test('is genuine for its session only', () => {
    const token = readRefreshToken(tokens.sign(claim, seed))!;
    expect(tokens.isGenuine(token, seed)).toBe(true);
    expect(tokens.isGenuine(token, randomBytes(32))).toBe(false);
    expect(tokens.isGenuine({ ...token, generation: 1 }, seed)).toBe(false);
    expect(tokens.isGenuine({ ...token, sessionId: randomUUID() }, seed)).toBe(false);
  });

  test('cannot be changed in any byte', () => {
    const bytes = Buffer.from(tokens.sign(claim, seed), 'base64url');
    const genuine = bytes.map((_, index) => {
      const forged = Buffer.from(bytes);
      forged[index]! ^= 1;
      return Number(tokens.isGenuine(readRefreshToken(forged.toString('base64url'))!, seed));
    });
    expect(Buffer.from(genuine).includes(1)).toBe(false);
  });

  test('outlives its secret while that still verifies, and not longer', () => {
    const token = readRefreshToken(tokens.sign(claim, seed))!;
    const rotated = new RefreshTokens([OTHER_SECRET, SECRET]);
    expect(rotated.isGenuine(token, seed)).toBe(true);
    expect(rotated.sign(claim, seed)).toBe(new RefreshTokens([OTHER_SECRET]).sign(claim, seed));
    expect(new RefreshTokens([OTHER_SECRET]).isGenuine(token, seed)).toBe(false);
  });

  test.each(['', 'x', 'a'.repeat(69), 'a'.repeat(71), `${'a'.repeat(69)}=`, `${'a'.repeat(69)}!`, 'a.b.c'])(
    'is not %j',
    (text) => {
      expect(readRefreshToken(text)).toBeUndefined();
    },
  );
});
