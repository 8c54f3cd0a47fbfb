import { expect, test } from 'vitest';
import { MemoryFile } from './memory-file.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function contents(file: MemoryFile): Uint8Array {
  const all = new Uint8Array(file.size());
  expect(file.read(all, 0)).toBe(all.length);
  return all;
}

test('what is written is read back, and reading stops at the end', () => {
  const file = new MemoryFile();
  file.write(bytes(1, 2, 3), 2);
  expect(contents(file)).toEqual(bytes(0, 0, 1, 2, 3));
  const into = bytes(9, 9, 9, 9);
  expect(file.read(into, 3)).toBe(2);
  expect(into).toEqual(bytes(2, 3, 9, 9));
  expect(file.read(into, 100)).toBe(0);
});

test('it grows as far as it is written', () => {
  const file = new MemoryFile();
  const megabyte = new Uint8Array(2 ** 20).fill(7);
  file.write(megabyte, 0);
  file.write(megabyte, 3 * 2 ** 20);
  expect(file.size()).toBe(2 ** 22);
  const into = bytes(0, 0);
  file.read(into, 2 ** 20 - 1);
  expect(into).toEqual(bytes(7, 0));
});

test('what was cut off reads as zeros when the file grows again', () => {
  const file = new MemoryFile();
  file.write(bytes(1, 2, 3), 0);
  file.truncate(1);
  expect(contents(file)).toEqual(bytes(1));
  file.truncate(3);
  expect(contents(file)).toEqual(bytes(1, 0, 0));
});
