import { expect, test } from 'vitest';
import { openNotes, ownChangesOf, readWord, writeWord } from '../testing/notes-replica.ts';
import { applyChanges, getChangesSince, getDbVersion, getSiteId } from './replica-functions.ts';

test('a replica has a site id and a version', () => {
  const replica = openNotes();
  expect(getSiteId(replica)).toMatch(/^[0-9a-f]{32}$/);
  expect(getDbVersion(replica)).toBe(0);
  writeWord(replica, 'a', 'x');
  expect(getDbVersion(replica)).toBe(1);
});

test('the changes since a version are all of its own after it, however many', () => {
  const replica = openNotes();
  for (let id = 0; id < 2_500; id++) writeWord(replica, `${id}`, 'x');
  const all = getChangesSince(replica, 0);
  expect(all).toEqual(ownChangesOf(replica));
  expect(getChangesSince(replica, 2_490)).toHaveLength(10);
  expect(getChangesSince(replica, 2_500)).toEqual([]);
});

test('two replicas that exchange their changes hold the same', () => {
  const [one, other] = [openNotes(), openNotes()];
  writeWord(one, 'a', 'one');
  writeWord(other, 'b', 'other');
  expect(applyChanges(one, getChangesSince(other, 0))).toEqual({ applied: 1, parked: 0 });
  applyChanges(other, getChangesSince(one, 0));
  for (const replica of [one, other])
    expect([readWord(replica, 'a'), readWord(replica, 'b')]).toEqual(['one', 'other']);
});
