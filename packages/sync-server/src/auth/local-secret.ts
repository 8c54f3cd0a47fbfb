/** The secret of a server that was not given one: made at its first start, and kept beside its data. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { accessAdvice } from '../data-access.ts';
import { ServerError } from '../errors.ts';

const SECRET_BYTES = 32;

/** HS256 is no stronger than its secret. */
export const MIN_SECRET_LENGTH = 32;

export function localSecretPath(dataDirectory: string): string {
  return path.join(dataDirectory, 'jwt-secret');
}

export function readOrCreateLocalSecret(dataDirectory: string): string {
  const file = localSecretPath(dataDirectory);
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    createOnce(file);
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length >= MIN_SECRET_LENGTH) return secret;
  } catch (cause) {
    const reason = `${(cause as Error).message}${accessAdvice(file)}`;
    throw new ServerError('data_unusable', `cannot read or create ${file}: ${reason}`, { cause });
  }
  throw new ServerError('data_unusable', `${file} holds fewer than ${MIN_SECRET_LENGTH} characters: remove it`);
}

function createOnce(file: string): void {
  try {
    writeFileSync(file, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
