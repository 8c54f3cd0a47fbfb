import { expect, test } from 'vitest';
import { Backoff, DEFAULT_BACKOFF } from './backoff.ts';

const OPTIONS = { initialMs: 100, maxMs: 1_000 };
const ALMOST_ONE = 1 - Number.EPSILON;

test('each delay may be up to twice as long as the one before, and none longer than the longest', () => {
  const backoff = new Backoff(OPTIONS, () => ALMOST_ONE);
  expect(delaysOf(backoff, 6)).toEqual([99, 199, 399, 799, 999, 999]);
});

test('a delay may be as short as nothing: the whole range is jitter', () => {
  expect(delaysOf(new Backoff(OPTIONS, () => 0), 4)).toEqual([0, 0, 0, 0]);
});

test('delays are spread evenly over the range', () => {
  let step = 0;
  const backoff = new Backoff({ initialMs: 1_000, maxMs: 1_000 }, () => step++ / 10);
  expect(delaysOf(backoff, 10)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
});

test('it begins anew once a session has worked', () => {
  const backoff = new Backoff(OPTIONS, () => ALMOST_ONE);
  delaysOf(backoff, 5);
  backoff.reset();
  expect(delaysOf(backoff, 2)).toEqual([99, 199]);
});

test('after any number of attempts the delay is a number within its bounds', () => {
  const backoff = new Backoff(DEFAULT_BACKOFF, () => ALMOST_ONE);
  expect(delaysOf(backoff, 5_000).at(-1)).toBe(DEFAULT_BACKOFF.maxMs - 1);
});

function delaysOf(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.nextDelayMs());
}
