import { expect, test } from 'vitest';
import { BlockFingerprint } from './block-similarity.ts';

function similarity(one: string, other: string): number {
  return new BlockFingerprint(one).similarityTo(new BlockFingerprint(other));
}

test('equal texts are alike', () => {
  expect(similarity('the same', 'the same')).toBe(1);
  expect(similarity('', '')).toBe(1);
});

test('texts with nothing in common are not', () => {
  expect(similarity('abc', 'xyz')).toBe(0);
  expect(similarity('', 'xyz')).toBe(0);
});

test('it is the same both ways', () => {
  expect(similarity('call Ada today', 'call Ada')).toBe(similarity('call Ada', 'call Ada today'));
});

test('an edited line is more like itself than like another', () => {
  const line = 'The relay keeps every batch of a workspace.';
  expect(similarity(line, 'The relay keeps all batches of one workspace.')).toBeGreaterThan(0.7);
  expect(similarity(line, 'Typed values or silent divergence')).toBeLessThan(0.4);
});

test('words in another order stay alike', () => {
  expect(similarity('milk and bread', 'bread and milk')).toBeGreaterThan(0.7);
});

test('repetition counts', () => {
  expect(similarity('aaaaaaaaaa', 'aa')).toBeLessThan(0.6);
});

test('of very long texts the beginning decides', () => {
  expect(similarity(`same${'x'.repeat(5_000)}`, `same${'x'.repeat(5_000)}and more`)).toBe(1);
});
