import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { localSecretPath, readOrCreateLocalSecret } from './local-secret.ts';

test('is made once, for nobody else to read', () => {
  const directory = path.join(temporaryDirectory(), 'data');
  const secret = readOrCreateLocalSecret(directory);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(statSync(localSecretPath(directory)).mode & 0o777).toBe(0o600);
  expect(readOrCreateLocalSecret(directory)).toBe(secret);
});

test('differs from server to server', () => {
  expect(readOrCreateLocalSecret(temporaryDirectory())).not.toBe(readOrCreateLocalSecret(temporaryDirectory()));
});

test('that is there is taken without the line break of an editor', () => {
  const directory = temporaryDirectory();
  writeFileSync(localSecretPath(directory), `${'s'.repeat(40)}\n`);
  expect(readOrCreateLocalSecret(directory)).toBe('s'.repeat(40));
});

test('that is too short is refused, and not replaced', () => {
  const directory = temporaryDirectory();
  writeFileSync(localSecretPath(directory), 'short');
  expect(() => readOrCreateLocalSecret(directory)).toThrow(expect.objectContaining({ code: 'data_unusable' }));
  expect(readFileSync(localSecretPath(directory), 'utf8')).toBe('short');
});

test('below a path that is a file is refused with its name', () => {
  const file = path.join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o600);
  expect(() => readOrCreateLocalSecret(path.join(file, 'data'))).toThrow(
    expect.objectContaining({ code: 'data_unusable', message: expect.stringContaining('jwt-secret') }),
  );
});
