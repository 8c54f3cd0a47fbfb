import { expect, test } from 'vitest';
import { MemoryBudget } from './memory-budget.ts';

test('gives no more than it has, and what is released again', () => {
  const budget = new MemoryBudget(100);
  expect(budget.take(60)).toBe(true);
  expect(budget.take(41)).toBe(false);
  expect(budget.usedBytes).toBe(60);
  expect(budget.take(40)).toBe(true);
  budget.release(60);
  expect(budget.usedBytes).toBe(40);
  expect(budget.take(60)).toBe(true);
});
