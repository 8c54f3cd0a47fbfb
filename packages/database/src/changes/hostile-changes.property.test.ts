/** Whatever a peer sends, a replica applies it or refuses it by its name, and goes on working. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { sqlValue } from '../testing/sql-values.ts';
import { testSchema } from '../testing/test-schema.ts';
import type { Change } from './change.ts';
import { packKey } from './packed-key.ts';

const RUNS = 1_500;

const schema = testSchema(
  ['items', 'links'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT '', n INTEGER, score REAL, data BLOB);
   CREATE TABLE links (source TEXT NOT NULL, target BLOB NOT NULL, weight NUMERIC, PRIMARY KEY (source, target))`,
);

/** Mostly what it should be, and sometimes anything. */
const usually = <T>(usual: fc.Arbitrary<T>, anything: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: anything });

const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(2 ** 31, 2 ** 48, 2 ** 63, -1, NaN));
const clock = (max: number): fc.Arbitrary<number> => usually(fc.integer({ min: 0, max }), anyNumber);
const key = fc.oneof(
  fc.constantFrom('a', 'b').map((id) => packKey([id])),
  fc.array(sqlValue()).map(packKey),
);

const anyChange: fc.Arbitrary<Change> = fc.record({
  table: usually(fc.constantFrom('items', 'links'), fc.string()),
  pk: usually(key, fc.uint8Array({ maxLength: 20 })),
  cid: usually(fc.constantFrom('name', 'n', 'score', 'data', 'weight', '-1', 'unknown'), fc.string()),
  val: sqlValue(),
  colVersion: clock(5),
  dbVersion: clock(50),
  siteId: usually(fc.constant(new Uint8Array(16).fill(7)), fc.uint8Array({ maxLength: 20 })),
  cl: clock(5),
  seq: clock(5),
});

describeEachEngine('hostile changes', (engine) => {
  test(`${RUNS} random batches never break a replica`, { timeout: 120_000 }, () => {
    const replica = openReplica({ path: ':memory:', engine, schema });
    const outcome = (batch: readonly Change[]): string => {
      try {
        replica.applyChanges(batch);
        return 'applied';
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 3 }), (batch) => {
        const result = outcome(batch);
        outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
        expect(['applied', 'change_malformed']).toContain(result);
      }),
      { numRuns: RUNS },
    );
    expect(outcomes.get('applied'), 'batches that were applied').toBeGreaterThan(RUNS / 10);
    expect(outcomes.get('change_malformed'), 'batches that were refused').toBeGreaterThan(RUNS / 10);

    const after = replica.dbVersion;
    replica.sqlite.prepare(`INSERT INTO items (id, name) VALUES ('mine', 'x')`).run();
    replica.sqlite.prepare(`UPDATE items SET name = 'mine'`).run();
    expect(replica.ownChanges({ after }).changes.length).toBeGreaterThan(0);
    expect(replica.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    replica.close();
  });
});
