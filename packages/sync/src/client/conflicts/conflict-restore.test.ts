/** Edits that lost to the deletion of their row, and rows that come back. */
import type { EngineName, Replica } from '@tributary/database';
import { describeEachEngine } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import {
  addConflict,
  exchange,
  openConflicted,
  OTHER_SITE,
  readConflict,
  readItem,
  type ConflictInit,
} from '../../testing/conflicted-replica.ts';
import { ConflictResolver } from './conflict-resolver.ts';

describeEachEngine('an edit of a deleted row', (engine) => {
  test('that is chosen brings the row back, with all that it lost', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const title = lose({ column: 'title', losing: 'mine' });
    const n = lose({ column: 'n', losing: 5n, losingSite: OTHER_SITE, winningSite: replica.siteId });
    const body = lose({ column: 'body', losing: null });
    resolver.localWins(title);
    expect(rowsOf(replica)).toEqual([
      { id: 'a', title: 'mine', body: null, settings: '{}', n: 5, score: null, data: null },
    ]);
    expect([title, n, body].map((id) => readConflict(replica, id))).toMatchObject([
      { resolution: 'local' },
      { resolution: 'remote' },
      { resolution: 'local' },
    ]);
    expect(resolver.list()).toEqual([]);
  });

  test('may be the remote one, if it was deleted here', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const id = lose({ losing: 'theirs', losingSite: OTHER_SITE, winningSite: replica.siteId });
    expect(resolver.list()).toMatchObject([{ localValue: null, remoteValue: 'theirs', currentValue: undefined }]);
    resolver.remoteWins(id);
    expect(readItem(replica, 'title')).toBe('theirs');
  });

  test('stays deleted when the deletion is chosen, and the other edits of the row stay open', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const [one, other] = [lose({ losing: 'mine' }), lose({ column: 'n', losing: 5n })];
    resolver.remoteWins(one);
    expect(rowsOf(replica)).toEqual([]);
    expect(readConflict(replica, one)).toMatchObject({ resolution: 'remote' });
    expect(resolver.list().map(({ id }) => id)).toEqual([other]);
  });

  test('brings back the chosen value where a cell lost twice, and leaves the other one to be decided', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const first = lose({ losing: 'first', createdAt: 1 });
    const second = lose({ losing: 'second', createdAt: 2, losingSite: OTHER_SITE });
    lose({ column: 'body', losing: 'old', createdAt: 1 });
    lose({ column: 'body', losing: 'new', createdAt: 2 });
    resolver.localWins(first);
    expect([readItem(replica, 'title'), readItem(replica, 'body')]).toEqual(['first', 'new']);
    expect(resolver.list().map(({ losingValue }) => losingValue)).toEqual(['old', 'second']);
    resolver.remoteWins(second);
    expect(readItem(replica, 'title')).toBe('second');
  });

  test('is written into the row where that has come back already', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const id = lose({ losing: 'mine' });
    replica.sqlite.exec(`INSERT INTO items (id, title, n) VALUES ('a', 'new life', 9)`);
    resolver.localWins(id);
    expect([readItem(replica, 'title'), readItem(replica, 'n')]).toEqual(['mine', 9n]);
  });

  test('concerns its own row only', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const id = lose({ losing: 'mine' });
    const others = [lose({ key: ['b'], losing: 'b' }), lose({ kind: 'overwrite', winning: 'x', losing: 'y' })];
    resolver.localWins(id);
    expect(resolver.list().map((conflict) => conflict.id)).toEqual([...others].sort());
    expect(rowsOf(replica)).toHaveLength(1);
  });

  test('brings back a row with a composite key', () => {
    const { replica, resolver, lose } = openDeleted(engine);
    const key = [Uint8Array.from([1, 2]), 's'];
    resolver.localWins(lose({ table: 'links', key, column: 'order', losing: 'mine' }));
    const rows = replica.sqlite.prepare('SELECT source, hex(target), "order" FROM links').raw().all();
    expect(rows).toEqual([['s', '0102', 'mine']]);
  });
});

describeEachEngine('a resolution', (engine) => {
  const openTwo = () => {
    const [one, other] = [openConflicted(engine), openConflicted(engine)];
    one.sqlite.exec(
      `INSERT INTO items (id, title) VALUES ('a', 'buy oat milk'), ('gone', 'x'); DELETE FROM items WHERE id = 'gone'`,
    );
    const overwritten = addConflict(one, { base: 'buy milk', winning: 'buy oat milk', losing: 'buy milk and eggs' });
    const deleted = addConflict(one, { kind: 'delete', key: ['gone'], losing: 'kept' });
    exchange(one, other);
    return { one, other, overwritten, deleted };
  };

  const stateOf = ({ sqlite }: Replica) =>
    ['items', 'conflicts'].map((table) => sqlite.prepare(`SELECT * FROM ${table} ORDER BY id`).all());

  test('replicates, with its value', () => {
    const { one, other, overwritten, deleted } = openTwo();
    const resolver = new ConflictResolver(one, { resolvedBy: 'user' });
    resolver.merge(overwritten);
    resolver.localWins(deleted);
    exchange(one, other);
    expect([readItem(other, 'title'), readItem(other, 'title', 'gone')]).toEqual(['buy oat milk and eggs', 'kept']);
    expect(readConflict(other, overwritten)).toMatchObject({ resolution: 'merged', resolved_by: 'user' });
    expect(new ConflictResolver(other).list()).toEqual([]);
    expect(stateOf(other)).toEqual(stateOf(one));
  });

  const both = ['autoResolve', 'localWins', 'remoteWins', 'merge', 'dismiss'] as const;
  test.each(both.flatMap((mine) => both.map((theirs) => [mine, theirs] as const)))(
    'by %s here and %s there at once leaves both the same',
    (mine, theirs) => {
      const { one, other, overwritten, deleted } = openTwo();
      for (const [replica, method] of [
        [one, mine],
        [other, theirs],
      ] as const) {
        const resolver = new ConflictResolver(replica);
        resolver[method](overwritten);
        resolver[method === 'merge' ? 'localWins' : method](deleted);
      }
      exchange(one, other);
      expect(stateOf(other)).toEqual(stateOf(one));
      expect(new ConflictResolver(one).list()).toEqual([]);
      expect(new ConflictResolver(other).list()).toEqual([]);
    },
  );
});

function openDeleted(engine: EngineName) {
  const replica = openConflicted(engine);
  replica.sqlite.exec(`INSERT INTO items (id, title, n) VALUES ('a', 'before', 1); DELETE FROM items`);
  let number = 0;
  const lose = (init: ConflictInit) => addConflict(replica, { id: `c${number++}`, kind: 'delete', ...init });
  return { replica, resolver: new ConflictResolver(replica), lose };
}

function rowsOf({ sqlite }: Replica): unknown[] {
  return sqlite.prepare('SELECT * FROM items').all();
}
