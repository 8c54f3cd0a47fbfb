import { expect, test } from 'vitest';
import { createMemoryCopy } from './memory-copy.ts';

function connected() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const memoryCopy = createMemoryCopy();
  memoryCopy.connect(memory);
  const copy = memoryCopy.copy as unknown as (to: number, from: number, length: number) => void;
  return { memory, copy, bytes: () => new Uint8Array(memory.buffer) };
}

test('copies bytes within the memory, also where the two ranges overlap', () => {
  const { copy, bytes } = connected();
  bytes().set([1, 2, 3, 4, 5], 10);
  copy(100, 10, 5);
  copy(11, 10, 4);
  expect([...bytes().subarray(100, 105)]).toEqual([1, 2, 3, 4, 5]);
  expect([...bytes().subarray(10, 15)]).toEqual([1, 1, 2, 3, 4]);
});

test('follows the memory when it grows', () => {
  const { memory, copy, bytes } = connected();
  memory.grow(1);
  bytes()[0] = 7;
  copy(65_536, 0, 1);
  expect(bytes()[65_536]).toBe(7);
});

test('before it is connected, and beyond the memory, it traps instead of doing nothing', () => {
  const { copy } = createMemoryCopy() as unknown as { copy: (to: number, from: number, length: number) => void };
  expect(() => copy(0, 0, 1)).toThrow(WebAssembly.RuntimeError);
  expect(() => connected().copy(65_535, 0, 2)).toThrow(WebAssembly.RuntimeError);
});
