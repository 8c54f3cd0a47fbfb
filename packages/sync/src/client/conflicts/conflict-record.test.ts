/** Rows of `conflicts` as a faulty or hostile peer may write them. */
import { packKey, type SqlValue } from '@tributary/database/changes';
import { describeEachEngine } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import {
  addConflict,
  openConflicted,
  readConflict,
  readItem,
  type ConflictInit,
} from '../../testing/conflicted-replica.ts';
import { ConflictResolver } from './conflict-resolver.ts';

const code = (expected: string) => expect.objectContaining({ name: 'SyncError', code: expected });

describeEachEngine('a conflict that this app cannot read', (engine) => {
  const open = () => {
    const replica = openConflicted(engine);
    replica.sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'theirs')`);
    return { replica, resolver: new ConflictResolver(replica) };
  };

  const unreadable: [title: string, init: ConflictInit][] = [
    ['about an unknown table', { table: 'future' }],
    ['about a local table', { table: 'sync_state', column: 'epoch' }],
    ['about a table of cr-sqlite', { table: 'items__crsql_clock', column: 'site_id' }],
    ['about SQLite itself', { table: 'sqlite_schema', column: 'sql' }],
    ['about conflicts', { table: 'conflicts', column: 'losing_value' }],
    ['about a table that is more than a name', { table: 'items"; DROP TABLE items; --' }],
    ['about an unknown column', { column: 'future' }],
    ['about a column that is more than a name', { column: 'title" = "title' }],
    ['about a key', { column: 'id' }],
    ['about a property of every object', { column: '__proto__' }],
    ['of an unknown kind', { kind: 'future' }],
    ['with a key of another type', { key: [1n] }],
    ['with a key of too many columns', { key: ['a', 'b'] }],
    ['with a key that is none', { key: Uint8Array.from([1, 2, 3]) }],
    ['with a value that the column cannot hold', { losing: 5n }],
    ['with nothing where something has to be', { losing: null }],
    ['with a winner that the column cannot hold', { winning: 5n }],
  ];

  test.each(unreadable)('%s is not listed, resolves nothing, and can be dismissed', (_title, init) => {
    const { replica, resolver } = open();
    const id = addConflict(replica, { winning: 'theirs', losing: 'mine', ...init });
    expect(resolver.list({ includeResolved: true })).toEqual([]);
    for (const method of ['autoResolve', 'localWins', 'remoteWins', 'merge'] as const) {
      expect(() => resolver[method](id)).toThrow(code('conflict_unreadable'));
    }
    expect(readItem(replica, 'title')).toBe('theirs');
    resolver.dismiss(id);
    expect(readConflict(replica, id)).toMatchObject({ resolution: 'dismissed' });
  });

  test.each([
    ['no JSON', 'mine'],
    ['an integer of more than 64 bits', '{"integer":"9223372036854775808"}'],
    ['a number that is none', '{"real":"NaN"}'],
    ['bytes that are none', '{"blob":"zz"}'],
    ['a list', '["mine"]'],
    ['true', 'true'],
    ['a type that only a newer app knows', '{"future":"1"}'],
    ['bytes instead of JSON', Uint8Array.from([0x22, 0x61, 0x22])],
    ['nothing at all', null],
  ] satisfies [string, SqlValue][])('with %s as its value is no exception', (_title, losing) => {
    const { replica, resolver } = open();
    const id = addConflict(replica, { column: 'data' });
    replica.sqlite.prepare('UPDATE conflicts SET losing_value = ?').run(losing);
    expect(resolver.list()).toEqual([]);
    expect(() => resolver.localWins(id)).toThrow(code('conflict_unreadable'));
  });

  test('does not hide those that it can', () => {
    const { replica, resolver } = open();
    for (let i = 0; i < 20; i++) addConflict(replica, { id: `bad ${i}`, table: 'future', createdAt: 1 });
    const id = addConflict(replica, { winning: 'theirs', losing: 'mine', createdAt: 2 });
    expect(resolver.list({ limit: 1 }).map((conflict) => conflict.id)).toEqual([id]);
  });

  test('is not brought back with the rest of its row', () => {
    const { replica, resolver } = open();
    replica.sqlite.exec('DELETE FROM items');
    const [good, bad] = [{ losing: 'mine' }, { column: 'n', losing: 'no number' as SqlValue }].map((init) =>
      addConflict(replica, { kind: 'delete', ...init }),
    );
    replica.sqlite.prepare(`UPDATE conflicts SET losing_value = '{"real":"x"}' WHERE id = ?`).run(bad);
    resolver.localWins(good!);
    expect(readItem(replica, 'title')).toBe('mine');
    expect(readConflict(replica, bad!)).toMatchObject({ resolution: null });
  });

  test('may lack only its base, which then counts as unknown', () => {
    const { replica, resolver } = open();
    addConflict(replica, { winning: 'theirs', losing: 'mine', base: 5n });
    expect(resolver.list()).toMatchObject([{ baseValue: undefined, losingValue: 'mine' }]);
  });

  test('resolved in a way that only a newer app knows counts as dismissed', () => {
    const { replica, resolver } = open();
    addConflict(replica, { winning: 'theirs', losing: 'mine' });
    replica.sqlite.exec(`UPDATE conflicts SET resolution = 'future', resolved_at = 5`);
    expect(resolver.list()).toEqual([]);
    expect(resolver.list({ includeResolved: true })).toMatchObject([{ resolution: 'dismissed' }]);
  });

  test('is one whose key was packed in a way that is not canonical', () => {
    const { replica, resolver } = open();
    const key = Uint8Array.from([1, (2 << 3) | 3, 0, 1, 0x61]);
    expect(packKey(['a'])).not.toEqual(key);
    addConflict(replica, { key, winning: 'theirs', losing: 'mine' });
    expect(resolver.list()).toEqual([]);
  });
});
