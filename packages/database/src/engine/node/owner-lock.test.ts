import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryPath } from '../../testing/temporary-path.ts';
import { acquireOwnerLock } from './owner-lock.ts';

const inUse = expect.objectContaining({ code: 'file_in_use', retryable: true });

test('one owner at a time, and the next once it is released', () => {
  const file = temporaryPath();
  const lock = acquireOwnerLock(file);
  expect(() => acquireOwnerLock(file)).toThrow(inUse);
  lock.release();
  acquireOwnerLock(file).release();
});

test('the lock file says who holds it, and goes away with the lock', () => {
  const file = temporaryPath();
  const lock = acquireOwnerLock(file);
  expect(JSON.parse(readFileSync(`${file}-lock`, 'utf8'))).toMatchObject({ pid: process.pid });
  expect(() => acquireOwnerLock(file)).toThrow(`${file} is in use by this process since 20`);
  lock.release();
  expect(existsSync(`${file}-lock`)).toBe(false);
});

test('a lock file that a killed process has left behind is no obstacle', () => {
  const file = temporaryPath();
  writeFileSync(`${file}-lock`, JSON.stringify({ pid: 999_999, host: 'gone', command: 'gone.js', since: '2020' }));
  acquireOwnerLock(file).release();
  writeFileSync(`${file}-lock`, 'not JSON, and longer than what will be written'.repeat(20));
  const lock = acquireOwnerLock(file);
  expect(JSON.parse(readFileSync(`${file}-lock`, 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
});

test('two names of one file share one lock', () => {
  const file = temporaryPath();
  writeFileSync(file, '');
  const link = path.join(path.dirname(file), 'link.db');
  symlinkSync(file, link);
  const lock = acquireOwnerLock(file);
  expect(() => acquireOwnerLock(link)).toThrow(inUse);
  lock.release();
});

test('a missing directory is not mistaken for a held lock', () => {
  const file = path.join(temporaryPath(), 'missing', 'test.db');
  expect(() => acquireOwnerLock(file)).toThrow(expect.objectContaining({ code: 'cannot_open' }));
  mkdirSync(path.dirname(file), { recursive: true });
  acquireOwnerLock(file).release();
});
