/** Values cross from any engine to any engine as they are: same value, same storage class. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { AVAILABLE_ENGINES } from '../testing/engines.ts';
import { sqlValue } from '../testing/sql-values.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { SqlValue } from './change.ts';

const COLUMNS = ['i', 'r', 't', 'b', 'n'] as const;

const schema = testSchema(
  ['cells'],
  `CREATE TABLE cells (id TEXT PRIMARY KEY NOT NULL, i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC)`,
);

const enginePairs = AVAILABLE_ENGINES.flatMap((from) => AVAILABLE_ENGINES.map((to) => [from, to] as const));

describe.each(enginePairs)('from %s to %s', (from, to) => {
  test('random values of all five types, with extremes, read back identical in value and typeof', () => {
    const writer = openReplica({ path: ':memory:', engine: from, schema });
    const reader = openReplica({ path: ':memory:', engine: to, schema });
    const insert = writer.sqlite.prepare('INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?)');
    let row = 0;
    fc.assert(
      fc.property(fc.tuple(sqlValue(), sqlValue(), sqlValue(), sqlValue(), sqlValue()), (values: SqlValue[]) => {
        const id = `row ${row++}`;
        const after = writer.dbVersion;
        insert.run(id, ...values);
        reader.applyChanges(writer.ownChanges({ after }).changes);
        expect(readRow(reader, id)).toEqual(readRow(writer, id));
      }),
      { numRuns: 1_000 },
    );
    expect(reader.sqlite.prepare('SELECT count(*) FROM cells').pluck().get()).toBe(row);
    writer.close();
    reader.close();
  });

  test('an edit to a smaller value and back wins like any other edit', () => {
    const writer = openReplica({ path: ':memory:', engine: from, schema });
    const reader = openReplica({ path: ':memory:', engine: to, schema });
    writer.sqlite.prepare(`INSERT INTO cells (id, n) VALUES ('a', 5)`).run();
    for (const value of [3n, 2.5, 'x', null, 2n ** 62n]) {
      const after = writer.dbVersion;
      writer.sqlite.prepare(`UPDATE cells SET n = ?`).run(value);
      reader.applyChanges(writer.ownChanges({ after }).changes);
      expect(readRow(reader, 'a')).toEqual(readRow(writer, 'a'));
    }
    writer.close();
    reader.close();
  });
});

function readRow(replica: Replica, id: string): unknown {
  const types = COLUMNS.map((column) => `typeof(${column}) AS ${column}_type`);
  const row = replica.sqlite
    .prepare(`SELECT ${[...COLUMNS, ...types].join(', ')} FROM cells WHERE id = ?`)
    .safeIntegers()
    .get(id) as Record<string, SqlValue>;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? Uint8Array.from(value) : value]),
  );
}
