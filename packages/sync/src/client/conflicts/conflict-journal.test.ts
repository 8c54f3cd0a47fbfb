import type { SqlValue } from '@tributary/database';
import { packKey } from '@tributary/database/changes';
import { describeEachEngine } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Conflict } from '../../merge/index.ts';
import { openConflicted } from '../../testing/conflicted-replica.ts';
import { openNotes, siteIdOf } from '../../testing/notes-replica.ts';
import { ConflictJournal, decodeValue, encodeValue } from './conflict-journal.ts';

const OTHER = new Uint8Array(16).fill(0xab);

describeEachEngine('the journal', (engine) => {
  const open = () => {
    const replica = openConflicted(engine);
    replica.sqlite.exec(`INSERT INTO items (id, title) VALUES ('a', 'old')`);
    const rows = () => replica.sqlite.prepare('SELECT losing_value, base_value, resolution FROM conflicts').raw().all();
    const conflict = (losing: SqlValue = 'mine'): Conflict => {
      const [winner, loser] = [
        { siteId: OTHER, dbVersion: 5, val: 'theirs' },
        { siteId: siteIdOf(replica), dbVersion: replica.latestVersion, val: losing },
      ];
      return { kind: 'overwrite', table: 'items', pk: packKey(['a']), cid: 'title', winner, loser };
    };
    return { replica, journal: new ConflictJournal(replica), rows, conflict };
  };

  test('writes what the cell held before it was edited here, if the other author knew that too', () => {
    const { replica, journal, rows, conflict } = open();
    const inserted = replica.latestVersion;
    replica.sqlite.exec(`UPDATE items SET title = 'mine'`);
    const asked: unknown[] = [];
    journal.record([conflict()], ({ siteId, dbVersion }) => asked.push([[...siteId], dbVersion]) > 0);
    expect(asked).toEqual([[[...siteIdOf(replica)], inserted]]);
    expect(rows()).toEqual([['"mine"', '"old"', null]]);
  });

  test('knows no base that the other author had not seen, nor of a column that is not mergeable', () => {
    const { replica, journal, rows, conflict } = open();
    replica.sqlite.exec(`UPDATE items SET title = 'mine', settings = '[]'`);
    journal.record([conflict()], () => false);
    journal.record([{ ...conflict('[]'), cid: 'settings' }], () => true);
    expect(rows()).toEqual([
      ['"mine"', null, null],
      ['"[]"', null, null],
    ]);
  });

  test('keeps a base that is known when the conflict is found again without it, and takes it when only then it is', () => {
    const { replica, journal, rows, conflict } = open();
    replica.sqlite.exec(`UPDATE items SET title = 'mine'`);
    const found = conflict();
    journal.record([found], () => false);
    expect(rows()).toEqual([['"mine"', null, null]]);
    journal.record([found], () => true);
    expect(rows()).toEqual([['"mine"', '"old"', null]]);
    replica.forgetFormerValues();
    journal.record([found], () => true);
    expect(rows()).toEqual([['"mine"', '"old"', null]]);
  });

  test('leaves a resolved conflict as it is when it is found again; what was edited further and lost is another', () => {
    const { replica, journal, rows, conflict } = open();
    const found = conflict();
    journal.record([found], () => true);
    replica.sqlite.exec(`UPDATE conflicts SET resolution = 'dismissed', resolved_at = 5`);
    journal.record([found], () => true);
    expect(rows()).toEqual([['"mine"', null, 'dismissed']]);
    journal.record([conflict('mine, edited')], () => true);
    expect(rows()).toHaveLength(2);
    expect(rows()).toContainEqual(['"mine, edited"', null, null]);
  });

  test('does nothing in an app without the table', () => {
    const { conflict } = open();
    expect(() => new ConflictJournal(openNotes()).record([conflict()], () => true)).not.toThrow();
  });
});

describe('a value as JSON', () => {
  test('is read back with its type', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary' }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }).map((real) => real || 0),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(value, (val) => {
        expect(decodeValue(encodeValue(val))).toEqual(val);
      }),
    );
  });

  test('is undefined for any other JSON, and for what is none', () => {
    const text = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(text, (json) => {
        const val = decodeValue(json);
        expect(val === undefined ? undefined : decodeValue(encodeValue(val))).toEqual(val);
      }),
    );
    const others = [
      '',
      '1',
      'true',
      '[]',
      '{}',
      '{"integer":1}',
      '{"integer":"0x10"}',
      '{"integer":""}',
      '{"real":" "}',
    ];
    for (const json of [
      ...others,
      '{"real":"NaN"}',
      '{"blob":"0"}',
      '{"blob":"0G"}',
      '{"integer":"9223372036854775808"}',
    ]) {
      expect(decodeValue(json)).toBeUndefined();
    }
  });
});
