import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const RATE = { perSecond: 10, burst: 5 };

test('lets a burst pass and then makes wait for what it refills', () => {
  const bucket = new TokenBucket(RATE, 0);
  for (let i = 0; i < 5; i++) {
    expect(bucket.waitMs(0)).toBe(0);
    bucket.take(1, 0);
  }
  expect(bucket.waitMs(0)).toBe(100);
  expect(bucket.waitMs(50)).toBe(50);
  expect(bucket.waitMs(101)).toBe(0);
});

test('lets something larger than the burst pass, and pays it off afterwards', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(25, 0);
  expect(bucket.waitMs(0)).toBe(2100);
  expect(bucket.waitMs(2000)).toBe(100);
  expect(bucket.waitMs(2100)).toBe(0);
});

test('never holds more than the burst', () => {
  const bucket = new TokenBucket(RATE, 0);
  expect(bucket.waitMs(1_000_000)).toBe(0);
  bucket.take(5, 1_000_000);
  expect(bucket.waitMs(1_000_000)).toBeGreaterThan(0);
});

test('waiting for as long as it says is enough', () => {
  const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, 0);
  let nowMs = 0;
  for (let i = 0; i < 50; i++) {
    nowMs += bucket.waitMs(nowMs);
    expect(bucket.waitMs(nowMs)).toBe(0);
    bucket.take(1 + (i % 4), nowMs);
  }
});

test('is full when everything has been paid off', () => {
  const bucket = new TokenBucket(RATE, 0);
  expect(bucket.isFull(0)).toBe(true);
  bucket.take(1, 0);
  expect(bucket.isFull(99)).toBe(false);
  expect(bucket.isFull(100)).toBe(true);
});
