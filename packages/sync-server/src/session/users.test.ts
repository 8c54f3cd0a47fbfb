import { expect, test } from 'vitest';
import { DEFAULT_RELAY_LIMITS } from '../limits.ts';
import { Users } from './users.ts';

const LIMITS = { ...DEFAULT_RELAY_LIMITS, maxConnectionsPerUser: 2, userByteRate: { perSecond: 10, burst: 100 } };

test('counts the connections of each user up to the limit', () => {
  const users = new Users(LIMITS);
  const first = users.connect('ann', 0);
  expect(users.connect('ann', 0)).toBe(first);
  expect(users.connect('ann', 0)).toBeUndefined();
  expect(users.connect('bob', 0)).toBeDefined();
  first!.connections--;
  expect(users.connect('ann', 0)).toBe(first);
});

test('remembers what a user owes after the last connection', () => {
  const users = new Users(LIMITS);
  const ann = users.connect('ann', 0)!;
  ann.bytes.take(150, 0);
  ann.connections--;
  users.sweep(1_000);
  expect(users.connect('ann', 1_000)).toBe(ann);
  expect(ann.bytes.waitMs(1_000)).toBeGreaterThan(0);
});

test('forgets a user who is gone and owes nothing', () => {
  const users = new Users(LIMITS);
  users.connect('ann', 0)!.connections--;
  users.connect('bob', 0);
  users.sweep(0);
  expect(users.count).toBe(1);
});
