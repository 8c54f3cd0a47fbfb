/** The rules one by one; that nothing is missed and nothing made up is for the property test to show. */
import { packKey, SENTINEL, type Change, type SqlValue } from '@tributary/database/changes';
import { describe, expect, test } from 'vitest';
import { detectConflicts, type DeliveredBatch } from './detect-conflicts.ts';
import { fold, UNKNOWN_ROW, type RowState } from './fold.ts';

const [ME, OTHER, THIRD] = [1, 2, 3].map((byte) => new Uint8Array(16).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** What arrives unless a test says otherwise: entry 9, by an author who had applied entry 5. */
const INCOMING = { siteId: OTHER, base: 5, knownVersion: 0 };

describe('an own edit and an incoming one of the same cell', () => {
  test('are in conflict while the own one is not known to be in the log', () => {
    const here = replica([mine({ val: 'mine' })]);
    expect(here.receive([theirs({ val: 'theirs' })])).toEqual(['overwrite title: theirs beats mine']);
  });

  test('are in conflict when the own one is in the log behind what the author had seen', () => {
    const here = replica([mine({ val: 'mine' })], { 1: 6 });
    expect(here.receive([theirs({ val: 'theirs' })])).toHaveLength(1);
  });

  test.each([5, 4, 0])('are none when the own one is entry %i: the author had seen that', (seq) => {
    const here = replica([mine({ val: 'mine' })], { 1: seq });
    expect(here.receive([theirs({ val: 'theirs', colVersion: 2 })])).toEqual([]);
  });

  test('are none when both say the same', () => {
    const here = replica([mine({ val: 'same' })]);
    expect(here.receive([theirs({ val: 'same', colVersion: 7 })])).toEqual([]);
  });

  test('are in conflict when they say the same in another type', () => {
    const here = replica([mine({ val: 1n })]);
    expect(here.receive([theirs({ val: 1 })])).toHaveLength(1);
  });

  test('are won by whichever the merge takes', () => {
    const here = () => replica([mine({ val: 'm', colVersion: 3 })], { 1: 6 });
    expect(here().receive([theirs({ val: 'z', colVersion: 2 })])).toEqual(['overwrite title: m beats z']);
    expect(here().receive([theirs({ val: 'a', colVersion: 4 })])).toEqual(['overwrite title: a beats m']);
    expect(here().receive([theirs({ val: 'a', colVersion: 3 })])).toEqual(['overwrite title: m beats a']);
    expect(here().receive([theirs({ val: 'z', colVersion: 3 })])).toEqual(['overwrite title: z beats m']);
  });
});

test('a conflict is the same one for both authors', () => {
  const [one, other] = [mine({ val: 'm' }), theirs({ val: 'z' })];
  const atOne = detect(replica([one], { 1: 8 }), [other]);
  const atOther = detect(replica([other], {}, OTHER), [one], { siteId: ME });
  expect(atOne).toMatchObject([{ winner: contender(other), loser: contender(one) }]);
  expect(atOther).toEqual(atOne);
});

describe('nothing is detected', () => {
  test('where it is not known what the author had seen', () => {
    const here = replica([mine({ val: 'mine' })]);
    expect(here.receive([theirs({ val: 'theirs' })], { base: undefined })).toEqual([]);
  });

  test('in what the log held before and is sent again', () => {
    const here = replica([mine({ val: 'mine' }), mine({ cid: 'body', val: 'mine' })]);
    const batch = [theirs({ val: 'old', dbVersion: 3 }), theirs({ cid: 'body', val: 'new', dbVersion: 4 })];
    expect(here.receive(batch, { knownVersion: 3 })).toEqual(['overwrite body: new beats mine']);
  });

  test('in a cell that somebody else has overwritten here', () => {
    const here = replica([mine({ val: 'mine' }), change({ siteId: THIRD, val: 'third', colVersion: 2 })]);
    expect(here.receive([theirs({ val: 'theirs' })])).toEqual([]);
  });

  test('in another column, another row, or another table', () => {
    const here = replica([mine({ val: 'mine' })]);
    const others = [theirs({ cid: 'body' }), theirs({ pk: packKey(['other']) }), theirs({ table: 'tags' })];
    expect(here.receive(others)).toEqual([]);
  });

  test('in a row that nothing is known of', () => {
    expect(replica([]).receive([theirs({}), theirs({ cl: 2, cid: SENTINEL, val: null, colVersion: 2 })])).toEqual([]);
  });
});

describe('an incoming deletion', () => {
  const deletion = theirs({ cid: SENTINEL, val: null, cl: 2, colVersion: 2, dbVersion: 7 });

  test('is in conflict with each own edit of the row that its author had not seen', () => {
    const here = replica(
      [
        mine({ val: 'seen' }),
        mine({ cid: 'body', val: 'unseen', dbVersion: 2 }),
        mine({ cid: 'n', val: 4n, dbVersion: 3 }),
      ],
      { 1: 5, 2: 6 },
    );
    expect(here.receive([deletion])).toEqual(['delete body: null beats unseen', 'delete n: null beats 4']);
  });

  test('is in conflict once, though the row comes back in the same batch', () => {
    const here = replica([mine({ val: 'mine' })], { 1: 6 });
    const again = theirs({ val: 'again', cl: 3, dbVersion: 8 });
    expect(here.receive([deletion, { ...deletion, cl: 3, colVersion: 3, dbVersion: 8 }, again])).toEqual([
      'delete title: null beats mine',
    ]);
  });

  test('is known by what comes after it: a row that came back was deleted in between', () => {
    const here = replica([mine({ val: 'mine' })], { 1: 6 });
    const again = theirs({ val: 'again', cl: 3, dbVersion: 8 });
    const [conflict] = detect(here, [again]);
    expect(conflict).toMatchObject({ kind: 'delete', cid: 'title', winner: { dbVersion: 8, val: null } });
  });

  test('is none against an own deletion', () => {
    const here = replica([mine({ val: 'mine' }), { ...deletion, siteId: ME, dbVersion: 2 }]);
    expect(here.receive([deletion])).toEqual([]);
  });

  test('is none against edits of others', () => {
    const here = replica([change({ siteId: THIRD, val: 'third' })]);
    expect(here.receive([deletion])).toEqual([]);
  });
});

describe('an own deletion', () => {
  const row = mine({ val: 'mine' });
  const deletion = mine({ cid: SENTINEL, val: null, cl: 2, colVersion: 2, dbVersion: 2 });

  test('that the author had not seen is in conflict with each edit of the row', () => {
    const here = replica([row, deletion], { 1: 4, 2: 7 });
    expect(here.receive([theirs({ val: 'lost' }), theirs({ cid: 'body', val: 'too' })])).toEqual([
      'delete title: null beats lost',
      'delete body: null beats too',
    ]);
  });

  test('that is pending is one', () => {
    const here = replica([row, deletion], { 1: 4 });
    expect(here.receive([theirs({ val: 'lost' })])).toEqual(['delete title: null beats lost']);
  });

  test('that the author had seen is none', () => {
    const here = replica([row, deletion], { 1: 4, 2: 5 });
    expect(here.receive([theirs({ val: 'late' })])).toEqual([]);
  });

  test('is still one when the row was created anew since', () => {
    const again = mine({ cid: SENTINEL, val: null, cl: 3, colVersion: 3, dbVersion: 3 });
    const here = replica([row, deletion, again, mine({ val: 'again', cl: 3, dbVersion: 3 })], { 1: 4 });
    expect(here.receive([theirs({ val: 'lost' })])).toEqual(['delete title: null beats lost']);
  });

  test('is none against an edit of a life that begins after it', () => {
    const here = replica([row, deletion], { 1: 4 });
    expect(here.receive([theirs({ val: 'again', cl: 3 })])).toEqual([]);
  });

  test('of somebody else is for that one to notice', () => {
    const here = replica([row, { ...deletion, siteId: THIRD }], { 1: 4 });
    expect(here.receive([theirs({ val: 'lost' })])).toEqual([]);
  });
});

describe('what a former life of a row has left behind, at column version 0, is no edit', () => {
  test('when it arrives', () => {
    const here = replica([mine({ cid: SENTINEL, val: null, cl: 3, colVersion: 3 }), mine({ val: 'mine', cl: 3 })]);
    expect(here.receive([theirs({ val: 'theirs', cl: 3, colVersion: 0 })])).toEqual([]);
    expect(here.receive([theirs({ val: 'theirs', cl: 3, colVersion: 1 })])).toHaveLength(1);
  });

  test('when it is here', () => {
    const again = change({ siteId: THIRD, cid: SENTINEL, val: null, cl: 3, colVersion: 3 });
    const here = replica([mine({ val: 'mine' }), again]);
    expect(here.receive([theirs({ val: 'theirs', cl: 3 })])).toEqual([]);
  });
});

describe('rows', () => {
  test('are told apart by their whole key, also when it has several columns', () => {
    const pk = packKey(['a', 'b']);
    const here = replica([mine({ pk, val: 'mine' })]);
    for (const other of [packKey(['a', 'c']), packKey(['a']), packKey(['ab']), packKey(['b', 'a'])]) {
      expect(here.receive([theirs({ pk: other, val: 'theirs' })])).toEqual([]);
    }
    expect(here.receive([theirs({ pk: packKey(['a', 'b']), val: 'theirs' })])).toHaveLength(1);
  });

  test('of one batch are each looked up, in whatever order its changes come', () => {
    const keys = ['a', 'b', 'c'].map((id) => packKey([id]));
    const here = replica(keys.map((pk, index) => mine({ pk, val: `mine ${index}` })));
    const batch = [...keys, ...keys.toReversed()].map((pk, index) =>
      theirs({ pk, cid: index < 3 ? 'title' : 'body', val: `theirs ${index}` }),
    );
    expect(here.receive(batch)).toEqual([
      'overwrite title: theirs 0 beats mine 0',
      'overwrite title: theirs 1 beats mine 1',
      'overwrite title: theirs 2 beats mine 2',
    ]);
  });

  test('are named in the conflict by table and key', () => {
    const pk = packKey(['a', 7n]);
    const here = replica([mine({ table: 'links', pk, val: 'mine' })]);
    expect(detect(here, [theirs({ table: 'links', pk, val: 'theirs' })])).toMatchObject([{ table: 'links', pk }]);
  });
});

/** A replica that holds these changes, and knows of its own versions where in the log they are. */
function replica(changes: readonly Change[], seqs: Readonly<Record<number, number>> = {}, siteId = ME) {
  const rows = new Map<string, RowState>();
  const keyOf = (table: string, pk: Uint8Array) => `${table} ${pk.join(' ')}`;
  for (const each of changes) {
    const key = keyOf(each.table, each.pk);
    rows.set(key, fold(rows.get(key) ?? UNKNOWN_ROW, each));
  }
  const own = {
    siteId,
    rowState: (table: string, pk: Uint8Array) => rows.get(keyOf(table, pk)),
    seqOf: (dbVersion: number) => seqs[dbVersion],
  };
  return {
    own,
    receive: (batch: readonly Change[], delivered: Partial<DeliveredBatch> = {}) =>
      detect({ own }, batch, delivered).map(
        ({ kind, cid, winner, loser }) => `${kind} ${cid}: ${String(winner.val)} beats ${String(loser.val)}`,
      ),
  };
}

function detect(
  { own }: Pick<ReturnType<typeof replica>, 'own'>,
  changes: readonly Change[],
  delivered: Partial<DeliveredBatch> = {},
) {
  return detectConflicts({ ...INCOMING, ...delivered, changes }, own);
}

function change(overrides: Partial<Change>): Change {
  const row = { table: 'notes', pk: packKey(['n']), cid: 'title', val: 'x' as SqlValue };
  return { ...row, colVersion: 1, dbVersion: 1, siteId: ME, cl: 1, seq: 0, ...overrides };
}

function mine(overrides: Partial<Change>): Change {
  return change(overrides);
}

function theirs(overrides: Partial<Change>): Change {
  return change({ siteId: OTHER, ...overrides });
}

function contender({ siteId, dbVersion, val }: Change) {
  return { siteId, dbVersion, val };
}
