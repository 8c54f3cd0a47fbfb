/**
 * For compose.yaml: makes the password that server and PostgreSQL share, once, in a volume that only they have. Both may
 * read the files there, and run as different users.
 *
 *   node make-secrets.mjs <directory>
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PASSWORD_BYTES = 32;
const READABLE = 0o444;

const [directory] = process.argv.slice(2);
const passwordFile = path.join(directory, 'postgres-password');
const password = readIfPresent(passwordFile) ?? create(passwordFile);
writeIfAbsent(path.join(directory, 'database-url'), `postgres://tributary:${password}@postgres:5432/tributary`);

function create(file) {
  const secret = randomBytes(PASSWORD_BYTES).toString('base64url');
  writeIfAbsent(file, secret);
  return secret;
}

function readIfPresent(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeIfAbsent(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: READABLE });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}
