import { expect, test } from 'vitest';
import { WaitingWorkspaces } from './waiting-workspaces.ts';

test('workspaces come in the order in which they were heard of, a few hundred at a time', () => {
  const waiting = new WaitingWorkspaces();
  for (let number = 0; number < 500; number++) waiting.heard(`w${number}`, 1, 0);
  waiting.heard('w0', 7, 1);
  expect([...waiting.next(1)].slice(0, 2)).toEqual([
    ['w0', 7],
    ['w1', 1],
  ]);
  expect(waiting.next(1).size).toBe(200);
});

test('one that has had its turn and has more comes behind the others', () => {
  const waiting = new WaitingWorkspaces();
  for (const id of ['a', 'b', 'c']) waiting.heard(id, 5, 0);
  waiting.stands('a', 3, { pendingSinceMs: 0, nowMs: 10 });
  waiting.stands('b', 5, { nowMs: 10 });
  expect([...waiting.next(10).keys()]).toEqual(['c', 'a']);
  waiting.heard('c', 6, 12);
  waiting.stands('c', 5, { nowMs: 12 });
  expect([...waiting.next(12)]).toEqual([
    ['a', 5],
    ['c', 6],
  ]);
  expect(waiting.oldestSinceMs()).toBe(0);
});

test('one that failed waits, longer each time, and then comes alone', () => {
  const waiting = new WaitingWorkspaces();
  waiting.heard('bad', 1, 0);
  waiting.heard('good', 1, 0);
  expect(waiting.putOff('bad', 0)).toBe(true);
  expect([...waiting.next(50).keys()]).toEqual(['good']);
  waiting.stands('good', 1, { nowMs: 50 });
  waiting.heard('bad', 2, 60);
  expect(waiting.next(99).size).toBe(0);
  expect(waiting.nextDueMs()).toBe(100);
  waiting.heard('good', 2, 100);
  expect([...waiting.next(100)]).toEqual([['bad', 2]]);
  expect(waiting.putOff('bad', 100)).toBe(false);
  expect(waiting.nextDueMs()).toBe(100);
  waiting.stands('good', 2, { nowMs: 100 });
  expect(waiting.nextDueMs()).toBe(300);
  for (let time = 0; time < 20; time++) waiting.putOff('bad', 300);
  expect(waiting.nextDueMs()).toBe(60_300);
  waiting.stands('bad', 2, { nowMs: 400 });
  expect([waiting.size, waiting.nextDueMs(), waiting.oldestSinceMs()]).toEqual([0, undefined, undefined]);
});
