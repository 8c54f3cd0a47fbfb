import { expect, test } from 'vitest';
import { openNotes, ownChangesOf, writeNote } from '../testing/notes-replica.ts';
import { CoveredChanges } from './covered-changes.ts';

test('what was noted is covered, and nothing else', () => {
  const { covered, changes } = open();
  const [first, ...others] = changes;
  covered.add([first!]);
  expect([covered.has(first!), ...others.map((change) => covered.has(change))]).toEqual([true, false, false, false]);
});

test('noting the same again is harmless', () => {
  const { covered, changes } = open();
  covered.add([...changes, ...changes]);
  covered.add(changes);
  expect(changes.every((change) => covered.has(change))).toBe(true);
});

test('a change is covered whoever sends it, under whatever version', () => {
  const { covered, changes } = open();
  covered.add(changes);
  expect(covered.has({ ...changes[0]!, siteId: new Uint8Array(16).fill(9), dbVersion: 500, seq: 7 })).toBe(true);
  expect(covered.has({ ...changes[0]!, val: 'other' })).toBe(false);
});

test('what is noted is kept in the replica, and goes with the transaction that noted it', () => {
  const { replica, covered, changes } = open();
  expect(() =>
    replica.transaction(() => {
      covered.add(changes);
      throw new Error('rolled back');
    }),
  ).toThrow('rolled back');
  expect(changes.some((change) => covered.has(change))).toBe(false);
  covered.add(changes);
  expect(changes.every((change) => new CoveredChanges(replica).has(change))).toBe(true);
});

test('once cleared nothing is covered', () => {
  const { covered, changes } = open();
  covered.add(changes);
  covered.clear();
  expect(changes.some((change) => covered.has(change))).toBe(false);
});

function open() {
  const replica = openNotes();
  writeNote(replica, 'a', { title: 'hello', size: 3n });
  return { replica, covered: new CoveredChanges(replica), changes: ownChangesOf(replica) };
}
