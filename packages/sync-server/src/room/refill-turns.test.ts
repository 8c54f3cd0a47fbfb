import { expect, test } from 'vitest';
import { RefillTurns } from './refill-turns.ts';
import type { RoomMember } from './room-member.ts';

function createMembers(count: number) {
  const turns: number[] = [];
  const members = Array.from(
    { length: count },
    (_, index) => ({ takeRefillTurn: () => turns.push(index) }) as unknown as RoomMember,
  );
  return { turns, members };
}

test('are taken one after another, in the order of joining', () => {
  const { turns, members } = createMembers(3);
  const queue = new RefillTurns();
  for (const member of members) queue.join(member);
  expect(turns).toEqual([0]);
  expect(members.map((member) => queue.has(member))).toEqual([true, false, false]);
  queue.leave(members[0]!);
  queue.leave(members[1]!);
  expect(turns).toEqual([0, 1, 2]);
});

test('are not taken by those who left before', () => {
  const { turns, members } = createMembers(3);
  const queue = new RefillTurns();
  for (const member of members) queue.join(member);
  queue.leave(members[1]!);
  queue.leave(members[1]!);
  queue.leave(members[0]!);
  expect(turns).toEqual([0, 2]);
});

test('are taken once, however often one joins', () => {
  const { turns, members } = createMembers(1);
  const queue = new RefillTurns();
  queue.join(members[0]!);
  queue.join(members[0]!);
  expect(turns).toEqual([0]);
  queue.leave(members[0]!);
  expect(queue.has(members[0]!)).toBe(false);
});

test('are passed on to the next, and come again', () => {
  const { turns, members } = createMembers(2);
  const queue = new RefillTurns();
  for (const member of members) queue.join(member);
  queue.passOn(members[1]!);
  expect(turns).toEqual([0]);
  queue.passOn(members[0]!);
  expect(turns).toEqual([0, 1]);
  queue.leave(members[1]!);
  expect(turns).toEqual([0, 1, 0]);
});

test('are kept by the only one there is', () => {
  const { turns, members } = createMembers(1);
  const queue = new RefillTurns();
  queue.join(members[0]!);
  queue.passOn(members[0]!);
  expect(turns).toEqual([0]);
  expect(queue.has(members[0]!)).toBe(true);
});
