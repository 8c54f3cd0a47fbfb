import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import { expect, test } from 'vitest';
import { compact } from './compact.ts';

const siteId = new Uint8Array(16).fill(1);

function change(id: string, overrides: Partial<Change>): Change {
  const common = { table: 'notes', pk: packKey([id]), siteId, dbVersion: 1, seq: 0 };
  return { ...common, cid: 'title', val: 'x', colVersion: 1, cl: 1, ...overrides };
}

test('keeps of each cell the one that won, with its clocks', () => {
  const winner = change('a', { colVersion: 3, val: 'newest', dbVersion: 9, seq: 4 });
  const pinned = change('a', { cid: 'pinned', val: 1n });
  expect(compact([change('a', {}), winner, pinned, change('a', { colVersion: 2 })])).toEqual([winner, pinned]);
});

test('keeps of a deleted row nothing but its deletion', () => {
  const deletion = change('a', { cid: SENTINEL, val: null, cl: 2, colVersion: 2 });
  expect(compact([change('a', {}), deletion, change('a', { colVersion: 7 })])).toEqual([deletion]);
});

test('says of a row that came back that it did, before its cells', () => {
  const again = change('a', { cl: 3 });
  const compacted = compact([again]);
  expect(compacted.map(({ cid, cl }) => [cid, cl])).toEqual([
    [SENTINEL, 3],
    ['title', 3],
  ]);
});

test('tells rows and tables apart, also where names and keys could run together', () => {
  const changes = [change('a', {}), change('b', {}), { ...change('a', {}), table: 'tags' }];
  expect(compact(changes)).toEqual(changes);
});

test('is idempotent, and nothing comes of nothing', () => {
  const once = compact([change('a', {}), change('a', { cl: 3 }), change('b', { colVersion: 4 })]);
  expect(compact(once)).toEqual(once);
  expect(compact([])).toEqual([]);
});
