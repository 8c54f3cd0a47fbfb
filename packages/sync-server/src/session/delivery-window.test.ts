import { expect, test } from 'vitest';
import { DeliveryWindow } from './delivery-window.ts';

test('is full when so many bytes are unanswered', () => {
  const window = new DeliveryWindow(100_000);
  window.sent(1, 60_000);
  expect(window.isFull).toBe(false);
  window.sent(2, 40_000);
  expect(window.isFull).toBe(true);
  window.answered(1);
  expect(window.isFull).toBe(false);
});

test('takes an answer for everything up to it', () => {
  const window = new DeliveryWindow(100);
  for (const seq of [1, 2, 3]) window.sent(seq, 20_000);
  window.answered(2);
  expect(window.isFull).toBe(true);
  window.answered(99);
  expect(window.isFull).toBe(false);
});

test('counts each byte once, however often it is answered', () => {
  const window = new DeliveryWindow(50_000);
  window.sent(1, 30_000);
  window.answered(1);
  window.answered(1);
  window.sent(2, 49_999);
  expect(window.isFull).toBe(false);
});

test('is not held back by entries without bytes', () => {
  const window = new DeliveryWindow(1);
  window.sent(1, 0);
  expect(window.isFull).toBe(false);
});

test('frees small entries together, when the last of them is answered', () => {
  const window = new DeliveryWindow(250);
  for (const seq of [1, 2, 3]) window.sent(seq, 100);
  window.answered(2);
  expect(window.isFull).toBe(true);
  window.answered(3);
  expect(window.isFull).toBe(false);
});
