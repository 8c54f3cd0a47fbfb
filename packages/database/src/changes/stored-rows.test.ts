import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { testSchema } from '../testing/test-schema.ts';
import { SENTINEL, type Change } from './change.ts';
import { packKey } from './packed-key.ts';
import type { StoredRow } from './stored-rows.ts';

const schema = testSchema(
  ['items', 'links', 'marks'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT, n INTEGER, score REAL, data BLOB);
   CREATE TABLE links (source TEXT NOT NULL, target BLOB NOT NULL, weight INTEGER, PRIMARY KEY (target, source));
   CREATE TABLE marks (id TEXT PRIMARY KEY NOT NULL)`,
);

const FOREIGN_SITE = new Uint8Array(16).fill(0xab);

/** What `crsql_changes` says of the same row. */
function expected(changes: readonly Change[]): StoredRow {
  const clockOf = ({ colVersion, siteId, dbVersion, seq }: Change) => ({ colVersion, siteId, dbVersion, seq });
  const sentinel = changes.find(({ cid }) => cid === SENTINEL);
  const cells = changes.filter(({ cid }) => cid !== SENTINEL);
  return {
    sentinel: sentinel && clockOf(sentinel),
    cells: new Map(cells.map((change) => [change.cid, { ...clockOf(change), val: change.val }])),
  };
}

describeEachEngine('the stored state of a row', (engine) => {
  test('is what crsql_changes says, for own and foreign cells, deleted rows, composite keys and rows of a key only', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    replica.sqlite.exec(`
      INSERT INTO items VALUES ('a', 'x', ${2n ** 60n}, 1, x'00ff'), ('b', NULL, NULL, NULL, NULL), ('c', 'y', 1, 1, NULL);
      UPDATE items SET name = 'xx' WHERE id = 'a';
      DELETE FROM items WHERE id = 'b';
      DELETE FROM items WHERE id = 'c';
      INSERT INTO items (id, name) VALUES ('c', 'again');
      INSERT INTO links VALUES ('s', x'01', 7);
      INSERT INTO marks VALUES ('m')`);
    const foreign = { table: 'items', pk: packKey(['a']), siteId: FOREIGN_SITE, dbVersion: 3, seq: 5 };
    replica.applyChanges([{ ...foreign, cid: 'score', val: 2.5, colVersion: 4, cl: 1 }]);

    const { changes } = replica.allChanges({ after: 0 });
    const keys = [['items', 'a'] as const, ['items', 'b'] as const, ['items', 'c'] as const, ['marks', 'm'] as const];
    for (const [table, id] of keys) {
      const pk = packKey([id]);
      const ofRow = changes.filter((change) => change.table === table && packedEqual(change.pk, pk));
      expect(ofRow.length).toBeGreaterThan(0);
      expect(replica.rowState(table, pk)).toEqual(expected(ofRow));
    }
    const link = packKey([Uint8Array.from([1]), 's']);
    expect(replica.rowState('links', link)).toEqual(expected(changes.filter(({ table }) => table === 'links')));
    expect(Buffer.from(replica.rowState('items', packKey(['a']))!.cells.get('score')!.siteId)).toEqual(
      Buffer.from(FOREIGN_SITE),
    );
    replica.close();
  });

  test('is undefined for a row or a table that is unknown here', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    expect(replica.rowState('items', packKey(['nobody']))).toBeUndefined();
    expect(replica.rowState('things', packKey(['a']))).toBeUndefined();
    replica.close();
  });
});

describeEachEngine('what is left to push', (engine) => {
  test('is counted without foreign cells, and no further than asked', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    expect(replica.countOwnChanges(0, 100)).toBe(0);
    replica.sqlite.exec(`INSERT INTO items (id) VALUES ('a'), ('b')`);
    const foreign = { table: 'items', pk: packKey(['z']), siteId: FOREIGN_SITE, dbVersion: 9, seq: 0 };
    replica.applyChanges([{ ...foreign, cid: 'name', val: 'x', colVersion: 1, cl: 1 }]);
    expect(replica.countOwnChanges(0, 100)).toBe(8);
    expect(replica.countOwnChanges(0, 5)).toBe(5);
    expect(replica.countOwnChanges(replica.latestVersion, 100)).toBe(0);
    replica.close();
  });

  test('is read up to a version, and everybody’s changes come with their authors', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    for (const id of ['a', 'b', 'c']) replica.sqlite.prepare('INSERT INTO marks VALUES (?)').run(id);
    const until = replica.ownChanges({ after: 0, until: 2 });
    expect([until.changes.map(({ dbVersion }) => dbVersion), until.upTo]).toEqual([[1, 2], 2]);
    expect(replica.ownChanges({ after: 2, until: 2 })).toEqual({ changes: [], upTo: 2 });

    const foreign = { table: 'marks', pk: packKey(['z']), siteId: FOREIGN_SITE, dbVersion: 9, seq: 0 };
    replica.applyChanges([{ ...foreign, cid: SENTINEL, val: null, colVersion: 1, cl: 1 }]);
    const authors = replica.allChanges({ after: 0 }).changes.map(({ siteId }) => Buffer.from(siteId).toString('hex'));
    expect(authors).toEqual([replica.siteId, replica.siteId, replica.siteId, 'ab'.repeat(16)]);
    replica.close();
  });

  test('never runs ahead of what is stored, as the counter of cr-sqlite does', () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    replica.sqlite.exec(`INSERT INTO marks VALUES ('a')`);
    replica.sqlite.exec(`INSERT INTO items (id, name) VALUES ('a', 'x')`);
    for (let i = 0; i < 3; i++) replica.sqlite.exec(`UPDATE items SET name = 'x' WHERE id = 'a'`);
    expect(replica.latestVersion).toBe(2);
    replica.close();
  });
});

function packedEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
