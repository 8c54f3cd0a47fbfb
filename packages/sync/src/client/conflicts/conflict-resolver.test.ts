import type { SqlValue } from '@tributary/database';
import { describeEachEngine } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import {
  addConflict,
  conflictedSchema,
  NOW,
  openConflicted,
  OTHER_SITE,
  readConflict,
  readItem,
} from '../../testing/conflicted-replica.ts';
import { openNotes, ownChangesOf } from '../../testing/notes-replica.ts';
import { ConflictResolver } from './conflict-resolver.ts';

const code = (expected: string) => expect.objectContaining({ name: 'SyncError', code: expected });

const resolvedAs = (resolution: string, resolvedBy: string | null = null) => ({
  resolution,
  resolved_at: NOW,
  resolved_by: resolvedBy,
  updated_at: NOW,
});

describeEachEngine('the list of conflicts', (engine) => {
  const open = () => {
    const replica = openConflicted(engine);
    replica.sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'theirs')`);
    return { replica, resolver: new ConflictResolver(replica) };
  };

  test('says all about each: both sides, as this device sees them, and what the cell holds now', () => {
    const { replica, resolver } = open();
    addConflict(replica, { id: 'c', winning: 'theirs', losing: 'mine', base: 'old', createdAt: 5 });
    expect(resolver.list()).toEqual([
      {
        id: 'c',
        kind: 'overwrite',
        table: 'items',
        key: ['a'],
        column: 'title',
        localValue: 'mine',
        remoteValue: 'theirs',
        winningValue: 'theirs',
        losingValue: 'mine',
        baseValue: 'old',
        currentValue: 'theirs',
        winningSite: OTHER_SITE,
        losingSite: replica.siteId,
        createdAt: 5,
        isMergeable: true,
        resolution: undefined,
      },
    ]);
  });

  test('calls the winning side local where this device won, or is neither author', () => {
    const { replica, resolver } = open();
    addConflict(replica, { winning: 'w', losing: 'l', winningSite: replica.siteId, losingSite: OTHER_SITE });
    addConflict(replica, { winning: 'w', losing: 'l', losingSite: 'cd'.repeat(16) });
    for (const { localValue, remoteValue } of resolver.list()) expect([localValue, remoteValue]).toEqual(['w', 'l']);
  });

  test('knows of no current value when the row is gone', () => {
    const { replica, resolver } = open();
    addConflict(replica, { key: ['gone'], winning: 'w', losing: 'l' });
    expect(resolver.list()).toMatchObject([{ key: ['gone'], currentValue: undefined, isMergeable: false }]);
  });

  test('has the open ones, the oldest first, and the others when they are asked for', () => {
    const { replica, resolver } = open();
    for (const [id, createdAt] of [
      ['c', 3],
      ['a', 1],
      ['b', 1],
      ['d', 4],
    ] as const) {
      addConflict(replica, { id, createdAt, winning: 'theirs', losing: 'mine' });
    }
    resolver.dismiss('b');
    expect(resolver.list().map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(resolver.list({ includeResolved: true }).map(({ id, resolution }) => [id, resolution])).toEqual([
      ['a', undefined],
      ['b', 'dismissed'],
      ['c', undefined],
      ['d', undefined],
    ]);
    expect(resolver.list({ limit: 2 }).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(resolver.list({ limit: 0 })).toEqual([]);
  });

  test('offers to merge only texts of columns that the schema calls mergeable', () => {
    const { replica, resolver } = open();
    replica.sqlite.exec(`UPDATE items SET body = NULL`);
    addConflict(replica, { column: 'title', winning: 'theirs', losing: 'mine' });
    addConflict(replica, { column: 'settings', winning: '{}', losing: '{"a":1}' });
    addConflict(replica, { column: 'body', winning: null, losing: 'mine' });
    addConflict(replica, { column: 'n', winning: 1n, losing: 2n });
    addConflict(replica, { kind: 'delete', losing: 'mine' });
    const mergeable = resolver.list().filter(({ isMergeable }) => isMergeable);
    expect(mergeable.map(({ column, kind }) => [column, kind])).toEqual([['title', 'overwrite']]);
  });

  test('is empty in an app without the table, and nothing is found there', () => {
    const resolver = new ConflictResolver(openNotes());
    expect(resolver.list()).toEqual([]);
    for (const method of ['autoResolve', 'localWins', 'remoteWins', 'merge', 'dismiss'] as const) {
      expect(() => resolver[method]('x')).toThrow(code('conflict_not_found'));
    }
  });
});

describeEachEngine('a choice', (engine) => {
  const open = (values: { column?: string; winning: SqlValue; losing: SqlValue; base?: SqlValue }) => {
    const replica = openConflicted(engine);
    const { column = 'title', winning } = values;
    replica.sqlite.prepare(`INSERT INTO items (id, "${column}") VALUES ('a', ?)`).run(winning);
    const id = addConflict(replica, { ...values, column });
    return { replica, id, resolver: new ConflictResolver(replica, { resolvedBy: 'user' }) };
  };

  test('of the local side writes its value and closes the conflict, in one transaction', () => {
    const { replica, id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    const before = replica.latestVersion;
    resolver.localWins(id);
    expect(readItem(replica, 'title')).toBe('mine');
    expect(readConflict(replica, id)).toEqual(resolvedAs('local', 'user'));
    const written = ownChangesOf(replica, before);
    expect(new Set(written.map(({ dbVersion }) => dbVersion)).size).toBe(1);
    expect(written.map(({ table, cid }) => `${table}.${cid}`).sort()).toEqual([
      'conflicts.resolution',
      'conflicts.resolved_at',
      'conflicts.resolved_by',
      'conflicts.updated_at',
      'items.title',
    ]);
  });

  test('of the side that the cell holds already writes nothing but the mark', () => {
    const { replica, id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    const before = replica.latestVersion;
    resolver.remoteWins(id);
    expect(readItem(replica, 'title')).toBe('theirs');
    expect(readConflict(replica, id)).toEqual(resolvedAs('remote', 'user'));
    expect(ownChangesOf(replica, before).filter(({ table }) => table === 'items')).toEqual([]);
  });

  test('holds also when somebody has written something else since', () => {
    const { replica, id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    replica.sqlite.exec(`UPDATE items SET title = 'later'`);
    resolver.remoteWins(id);
    expect(readItem(replica, 'title')).toBe('theirs');
  });

  test('to dismiss keeps what is there', () => {
    const { replica, id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    replica.sqlite.exec(`UPDATE items SET title = 'later'`);
    resolver.dismiss(id);
    expect(readItem(replica, 'title')).toBe('later');
    expect(readConflict(replica, id)).toEqual(resolvedAs('dismissed', 'user'));
  });

  test('is made once: the conflict is not found again', () => {
    const { id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    resolver.dismiss(id);
    expect(() => resolver.localWins(id)).toThrow(code('conflict_not_found'));
    expect(() => resolver.localWins('unknown')).toThrow(code('conflict_not_found'));
  });

  test('for a row that is gone closes the conflict and leaves the row where it is', () => {
    const { replica, id, resolver } = open({ winning: 'theirs', losing: 'mine' });
    replica.sqlite.exec('DELETE FROM items');
    resolver.localWins(id);
    expect(readItem(replica, 'title')).toBeUndefined();
    expect(readConflict(replica, id)).toMatchObject({ resolution: 'local' });
  });

  const typedValues: [column: string, winning: SqlValue, losing: SqlValue][] = [
    ['n', 2n ** 62n, -1n],
    ['n', 1n, null],
    ['score', 2.5, 1],
    ['score', null, Infinity],
    ['data', Uint8Array.from([1]), new Uint8Array(0)],
    ['data', 'text', 7n],
    ['body', null, 'it\'s "quoted" 😀'],
    ['n', 'no number', 5n],
  ];
  test.each(typedValues)('writes %s with the storage class that lost: %o, then %o', (column, winning, losing) => {
    const { replica, id, resolver } = open({ column, winning, losing });
    resolver.localWins(id);
    expect(comparable(readItem(replica, column))).toEqual(comparable(losing));
    const sent = ownChangesOf(replica).find(({ cid }) => cid === column);
    expect(comparable(sent?.val)).toEqual(comparable(losing));
  });

  test('finds a row by a composite key, and quotes every name', () => {
    const replica = openConflicted(engine);
    const target = Uint8Array.from([0, 255]);
    replica.sqlite.prepare('INSERT INTO links VALUES (?, ?, ?)').run('s', target, 'theirs');
    replica.sqlite.prepare('INSERT INTO links VALUES (?, ?, ?)').run('t', target, 'another');
    const init = { table: 'links', key: [target, 's'], column: 'order', winning: 'theirs', losing: 'mine' };
    const id = addConflict(replica, init);
    const resolver = new ConflictResolver(replica);
    expect(resolver.list()).toMatchObject([{ table: 'links', column: 'order', currentValue: 'theirs' }]);
    resolver.localWins(id);
    expect(replica.sqlite.prepare('SELECT "order" FROM links ORDER BY source').pluck().all()).toEqual([
      'mine',
      'another',
    ]);
  });
});

describeEachEngine('a merge', (engine) => {
  const open = (values: { winning: string; losing: string; base?: SqlValue; losingSite?: string }) => {
    const replica = openConflicted(engine);
    replica.sqlite.prepare(`INSERT INTO items (id, title) VALUES ('a', ?)`).run(values.winning);
    return { replica, id: addConflict(replica, values), resolver: new ConflictResolver(replica) };
  };

  test('takes what each side changed of the base', () => {
    const { replica, id, resolver } = open({ base: 'buy milk', winning: 'buy oat milk', losing: 'buy milk and eggs' });
    expect(resolver.merge(id)).toEqual({ text: 'buy oat milk and eggs', isClean: true });
    expect(readItem(replica, 'title')).toBe('buy oat milk and eggs');
    expect(readConflict(replica, id)).toEqual(resolvedAs('merged'));
  });

  test('keeps both where both changed the same place, the local one first', () => {
    const texts = { base: 'Meet at 5.', winning: 'Meet at 6.', losing: 'Meet at 7.' };
    const [mine, theirs] = [open(texts), open({ ...texts, losingSite: OTHER_SITE })];
    expect(mine.resolver.merge(mine.id)).toEqual({ text: 'Meet at 7 6.', isClean: false });
    expect(theirs.resolver.merge(theirs.id)).toEqual({ text: 'Meet at 6 7.', isClean: false });
  });

  test('does without a base', () => {
    const { id, resolver } = open({ winning: 'buy milk', losing: 'buy milk and eggs' });
    expect(resolver.merge(id).text).toBe('buy milk and eggs');
  });

  test('keeps what was written since on top of the value that won', () => {
    const { replica, id, resolver } = open({ base: 'milk', winning: 'oat milk', losing: 'milk and eggs' });
    replica.sqlite.exec(`UPDATE items SET title = 'fresh oat milk'`);
    expect(resolver.merge(id)).toEqual({ text: 'fresh oat milk and eggs', isClean: true });
  });

  test.each([
    ['of numbers', { column: 'n', winning: 1n, losing: 2n }],
    ['of a text and nothing', { column: 'body', winning: 'x', losing: null }],
    ['of bytes', { column: 'data', winning: 'x', losing: Uint8Array.from([1]) }],
    ['of texts that only a program reads', { column: 'settings', winning: '{}', losing: '[]' }],
    ['with a deletion', { kind: 'delete', column: 'body', winning: 'x', losing: 'y' }],
  ])('%s is refused, and the conflict stays open', (_title, init) => {
    const replica = openConflicted(engine);
    replica.sqlite.prepare(`INSERT INTO items (id, "${init.column}") VALUES ('a', ?)`).run(init.winning);
    const id = addConflict(replica, init);
    const resolver = new ConflictResolver(replica);
    expect(() => resolver.merge(id)).toThrow(code('not_mergeable'));
    expect(resolver.list()).toHaveLength(1);
  });

  test('of any two texts is possible where the schema names no mergeable ones', () => {
    const { mergeable: _, ...schema } = conflictedSchema;
    const replica = openConflicted(engine, schema);
    replica.sqlite.exec(`INSERT INTO items (id, settings) VALUES ('a', 'one')`);
    const id = addConflict(replica, { column: 'settings', winning: 'one', losing: 'two' });
    expect(new ConflictResolver(replica).merge(id).text).toBe('two one');
  });
});

describeEachEngine('what resolves itself', (engine) => {
  interface Case {
    readonly column?: string;
    readonly winning: SqlValue;
    readonly losing: SqlValue;
    readonly base?: SqlValue;
    /** What the cell has become since; by default it holds what won. */
    readonly current?: SqlValue;
  }

  const cases: [title: string, conflict: Case, resolution: string, result: SqlValue][] = [
    ['only one side changed it: the loser', { base: 'b', winning: 'b', losing: 'x' }, 'local', 'x'],
    ['only one side changed it: the winner', { base: 'b', winning: 'x', losing: 'b' }, 'remote', 'x'],
    ['only one side changed it, from nothing', { column: 'n', base: null, winning: null, losing: 3n }, 'local', 3n],
    ['the texts go together', { base: 'a b c', winning: 'a x b c', losing: 'a b c y' }, 'merged', 'a x b c y'],
    ['the texts do not go together', { base: 'a b c', winning: 'a x c', losing: 'a y c' }, 'dismissed', 'a x c'],
    ['there is no base to tell by', { winning: 'a x b c', losing: 'a b c y' }, 'dismissed', 'a x b c'],
    [
      'the texts are a program’s',
      { column: 'settings', base: '[]', winning: '[1,]', losing: '[,2]' },
      'dismissed',
      '[1,]',
    ],
    ['nothing won', { column: 'body', winning: null, losing: 'x' }, 'local', 'x'],
    ['nothing lost', { column: 'body', winning: 'x', losing: null }, 'remote', 'x'],
    ['numbers differ', { column: 'n', base: 1n, winning: 3n, losing: 2n }, 'dismissed', 3n],
    ['1 is not 1.0', { column: 'data', base: 1n, winning: 1, losing: 2n }, 'dismissed', 1],
    ['the winner was taken back since', { base: 'b', winning: 'x', losing: 'y', current: 'b' }, 'local', 'y'],
    [
      'the winner was edited since',
      { base: 'a b', winning: 'a b c', losing: 'x a b', current: 'a b d' },
      'merged',
      'x a b d',
    ],
    ['the loser was chosen since', { base: 'b', winning: 'x', losing: 'y', current: 'y' }, 'merged', 'y'],
  ];

  test.each(cases)('%s', (_title, { current, column = 'title', ...values }, resolution, result) => {
    const replica = openConflicted(engine);
    const holds = current === undefined ? values.winning : current;
    replica.sqlite.prepare(`INSERT INTO items (id, "${column}") VALUES ('a', ?)`).run(holds);
    const id = addConflict(replica, { ...values, column });
    expect(new ConflictResolver(replica).autoResolve(id)).toBe(resolution);
    expect(readItem(replica, column)).toBe(result);
    expect(readConflict(replica, id)).toMatchObject({ resolution });
  });

  test('a row that is gone stays gone', () => {
    const replica = openConflicted(engine);
    const resolver = new ConflictResolver(replica);
    for (const kind of ['overwrite', 'delete']) {
      expect(resolver.autoResolve(addConflict(replica, { kind, winning: 'x', losing: 'y' }))).toBe('dismissed');
    }
    expect(readItem(replica, 'title')).toBeUndefined();
  });
});

function comparable(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value;
}
