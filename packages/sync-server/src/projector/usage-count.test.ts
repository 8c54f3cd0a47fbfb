import { expect, test } from 'vitest';
import type { DecodedEntry } from './log-portion.ts';
import { runsOf, usageOf } from './usage-count.ts';

const DAY = 86_400_000;

function entry(seq: number, { mark = 1, day = 0, bytes = 10, changes = 2 } = {}): DecodedEntry {
  const log = {
    seq,
    mark,
    storedAt: day * DAY,
    siteId: new Uint8Array(16),
    knownVersion: 0,
    payload: new Uint8Array(bytes),
  };
  return { entry: log, changes: Array.from({ length: changes }) as DecodedEntry['changes'] };
}

test('entries are counted by workspace and day', () => {
  const portions = new Map([
    ['a', [entry(1), entry(2, { day: 1, bytes: 7, changes: 1 }), entry(3, { day: 1 })]],
    ['b', [entry(1)]],
  ]);
  expect(usageOf(portions, [])).toEqual([
    { workspaceId: 'a', day: '1970-01-01', entries: 1, changes: 2, bytes: 10 },
    { workspaceId: 'a', day: '1970-01-02', entries: 2, changes: 3, bytes: 17 },
    { workspaceId: 'b', day: '1970-01-01', entries: 1, changes: 2, bytes: 10 },
  ]);
});

test('what was counted before is not counted again, by the run of the relay that stored it', () => {
  // Restored from a backup that had the entries 1 and 2: the third is another one now.
  const portions = new Map([['a', [entry(1), entry(2), entry(3, { mark: 2, bytes: 5 })]]]);
  const counted = [{ workspaceId: 'a', mark: 1, lastSeq: 3 }];
  expect(usageOf(portions, counted)).toMatchObject([{ entries: 1, bytes: 5 }]);
  expect(runsOf(portions)).toEqual([
    { workspaceId: 'a', mark: 1, lastSeq: 2 },
    { workspaceId: 'a', mark: 2, lastSeq: 3 },
  ]);
});

test('an entry that cannot be read counts as an entry', () => {
  const unreadable = { ...entry(1), changes: undefined };
  expect(usageOf(new Map([['a', [unreadable]]]), [])).toMatchObject([{ entries: 1, changes: 0, bytes: 10 }]);
});
