/** The rules one by one; that they are cr-sqlite's, and complete, is for the oracle test to show. */
import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import { describe, expect, test } from 'vitest';
import { causalLength, fold, isAlive, UNKNOWN_ROW, type RowState } from './fold.ts';

const [ALICE, BOB] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];

function change(overrides: Partial<Change>): Change {
  const common = { table: 'notes', pk: packKey(['n']), siteId: ALICE, dbVersion: 1, seq: 0 };
  return { ...common, cid: 'title', val: 'x', colVersion: 1, cl: 1, ...overrides };
}

const sentinel = (cl: number) => change({ cid: SENTINEL, val: null, cl, colVersion: cl });
const foldAll = (...changes: Change[]) => changes.reduce(fold, UNKNOWN_ROW);
const values = ({ cells }: RowState) => Object.fromEntries([...cells].map(([cid, { val }]) => [cid, val]));

describe('a cell', () => {
  test('of an unknown row makes the row', () => {
    const row = foldAll(change({ val: 'hello' }));
    expect([values(row), causalLength(row), isAlive(row)]).toEqual([{ title: 'hello' }, 1, true]);
  });

  test('of a greater version wins, whatever the value', () => {
    const [older, newer] = [change({ val: 'zzz' }), change({ val: 'a', colVersion: 2 })];
    expect(values(foldAll(older, newer))).toEqual({ title: 'a' });
    expect(values(foldAll(newer, older))).toEqual({ title: 'a' });
  });

  test('of the same version wins by its value, and by its class first', () => {
    expect(values(foldAll(change({ val: 'a' }), change({ val: 'b' })))).toEqual({ title: 'b' });
    expect(values(foldAll(change({ val: -1n }), change({ val: 1e300 })))).toEqual({ title: -1n });
  });

  test('that is known already, or equal, is old news: the very same state, and the first author keeps the credit', () => {
    const row = foldAll(change({ siteId: ALICE }));
    expect(fold(row, change({ siteId: ALICE }))).toBe(row);
    expect(fold(row, change({ siteId: BOB }))).toBe(row);
  });

  test('of another column leaves its neighbours alone', () => {
    expect(values(foldAll(change({}), change({ cid: 'pinned', val: 1n })))).toEqual({ title: 'x', pinned: 1n });
  });
});

describe('a deletion', () => {
  test('beats edits that had not seen it, of any version, before and after', () => {
    const edit = change({ colVersion: 1_000 });
    for (const row of [foldAll(edit, sentinel(2)), foldAll(sentinel(2), edit)]) {
      expect([isAlive(row), values(row), causalLength(row)]).toEqual([false, {}, 2]);
    }
  });

  test('of a row that was never seen is remembered', () => {
    expect(causalLength(foldAll(sentinel(2)))).toBe(2);
  });

  test('that is known already keeps its first author', () => {
    const row = foldAll(sentinel(2));
    expect(fold(row, { ...sentinel(2), siteId: BOB })).toBe(row);
  });
});

describe('a row that comes back', () => {
  test('starts anew: its first edits beat all of its former life', () => {
    const formerly = change({ colVersion: 1_000, val: 'former' });
    const again = change({ cl: 3, val: 'again' });
    expect(values(foldAll(formerly, sentinel(2), sentinel(3), again))).toEqual({ title: 'again' });
    expect(values(foldAll(again, formerly, sentinel(2)))).toEqual({ title: 'again' });
  });

  test('may show itself by a column before its sentinel', () => {
    const row = foldAll(change({ cl: 3 }));
    expect([causalLength(row), row.sentinel?.colVersion]).toEqual([3, 3]);
    expect(fold(row, sentinel(3))).toBe(row);
  });

  test('keeps cells whose deletion was never seen, at version 0, until the new life replaces them', () => {
    const row = foldAll(change({ colVersion: 5, val: 'former' }), sentinel(3));
    expect([values(row), row.cells.get('title')?.colVersion]).toEqual([{ title: 'former' }, 0]);
    expect(values(fold(row, change({ cl: 3, colVersion: 1, val: 'a' })))).toEqual({ title: 'a' });
  });
});

test('a row without columns lives by its sentinel', () => {
  const row = foldAll(sentinel(1));
  expect([isAlive(row), row.cells.size]).toEqual([true, 0]);
});

test('a state is never changed in place', () => {
  const row = foldAll(change({}));
  const before = values(row);
  fold(row, change({ colVersion: 9, val: 'other' }));
  fold(row, sentinel(2));
  expect(values(row)).toEqual(before);
});
