import { copyFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryPath } from '../testing/temporary-path.ts';
import { identify, isSameFile } from './file-identity.ts';

const identityOf = (path: string) => identify(statSync(path, { bigint: true }));

test('a file that is written, and then moved, stays the same file; a copy of it is another', () => {
  const path = temporaryPath('a');
  writeFileSync(path, 'one');
  const before = identityOf(path);
  writeFileSync(path, 'two');
  expect(isSameFile(before, identityOf(path))).toBe(true);
  copyFileSync(path, `${path}-copy`);
  expect(isSameFile(before, identityOf(`${path}-copy`))).toBe(false);
  renameSync(path, `${path}-moved`);
  expect(isSameFile(before, identityOf(`${path}-moved`))).toBe(true);
});

test('another birth under a reused inode is another file', () => {
  const times = { ino: 7n, birthtimeNs: 100n, ctimeNs: 200n };
  expect(isSameFile(identify(times), identify({ ...times, birthtimeNs: 150n }))).toBe(false);
});

test('where births are unknown the inode alone decides, and a write does not change the answer', () => {
  for (const birthtimeNs of [0n, 200n]) {
    const before = identify({ ino: 7n, birthtimeNs, ctimeNs: 200n });
    const after = identify({ ino: 7n, birthtimeNs: birthtimeNs && 300n, ctimeNs: 300n });
    expect(isSameFile(before, after)).toBe(true);
    expect(isSameFile(before, identify({ ino: 8n, birthtimeNs, ctimeNs: 200n }))).toBe(false);
  }
});

test('a birth that was not known yet when the file was new does not make it another', () => {
  const justCreated = identify({ ino: 7n, birthtimeNs: 100n, ctimeNs: 100n });
  expect(isSameFile(justCreated, identify({ ino: 7n, birthtimeNs: 100n, ctimeNs: 900n }))).toBe(true);
});
