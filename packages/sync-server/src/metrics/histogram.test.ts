import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('counts each duration in every bound that it does not exceed', () => {
  const histogram = new Histogram([1, 10, 100]);
  for (const durationMs of [0.5, 1, 5, 10, 11, 1000]) histogram.observe(durationMs);
  expect(histogram.snapshot()).toEqual({ counts: [2, 4, 5], count: 6, sumMs: 1027.5 });
});
