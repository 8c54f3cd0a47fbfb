import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import {
  controlFilePath,
  createControlToken,
  readControlFile,
  removeControlFile,
  writeControlFile,
} from './control-file.ts';

const FILE = { pid: 42, address: 'http://127.0.0.1:8787', token: createControlToken() };

test('can be read by its owner alone, replaces what was there, and leaves nothing beside it', () => {
  const directory = temporaryDirectory();
  writeFileSync(controlFilePath(directory), 'of a dead server', { mode: 0o644 });
  writeControlFile(directory, FILE);
  expect(statSync(controlFilePath(directory)).mode & 0o777).toBe(0o600);
  expect(readControlFile(directory)).toEqual(FILE);
  expect(readdirSync(directory)).toEqual(['control.json']);
});

test('is removed by the server that wrote it, and by no other', () => {
  const directory = temporaryDirectory();
  writeControlFile(directory, FILE);
  const written = readFileSync(controlFilePath(directory), 'utf8');
  removeControlFile(directory, createControlToken());
  expect(readFileSync(controlFilePath(directory), 'utf8')).toBe(written);
  removeControlFile(directory, FILE.token);
  expect(existsSync(controlFilePath(directory))).toBe(false);
});

test.each([
  '',
  'null',
  '{"pid":1}',
  JSON.stringify({ ...FILE, address: 'http://evil.example:80' }),
  JSON.stringify({ ...FILE, address: 'http://127.0.0.1:80@evil.example:80' }),
  JSON.stringify({ ...FILE, token: 'short' }),
  JSON.stringify({ ...FILE, pid: -1 }),
])('what is no control file is as none: %j', (text) => {
  const directory = temporaryDirectory();
  writeFileSync(controlFilePath(directory), text);
  expect(readControlFile(directory)).toBeUndefined();
});

test('a token is never the same', () => {
  expect(createControlToken()).not.toBe(createControlToken());
  expect(createControlToken().length).toBeGreaterThanOrEqual(43);
});
