/** Random batches, for fast-check: anything that can be said, also what no honest replica would say. */
import {
  MAX_COLUMN_CLOCK,
  MAX_DB_VERSION,
  packKey,
  SENTINEL,
  type Change,
  type SqlValue,
} from '@tributary/database/changes';
import fc from 'fast-check';
import type { Batch } from '../batch.ts';
import { AUTHOR } from './example-batch.ts';

/** Plain objects, which is what the codec makes. */
const PLAIN = { noNullPrototype: true } as const;

export const sqlValue: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.integer().map(BigInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 52n, -(2n ** 52n), 2n ** 52n - 1n, 2n ** 53n + 1n),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 0, Infinity, -Infinity, 5e-324, 1),
  fc.string({ unit: 'grapheme-ascii' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', '\uFEFF', '\uFEFFa', '😀', 'é', '12', 'ÿ'.repeat(200)),
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.uint8Array({ maxLength: 40 }),
);

const packedKey: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom('a', 'b', 'r123').map((id) => packKey([id])),
  fc.uuid().map((id) => packKey([id])),
  fc.tuple(fc.uuid(), fc.uuid()).map(packKey),
  fc.array(sqlValue, { maxLength: 3 }).map(packKey),
  fc.uint8Array({ maxLength: 300 }),
);

/** Mostly what it usually is, and sometimes anything up to the most. */
function clock(usual: fc.Arbitrary<number>, most: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: fc.nat(most) }, fc.constantFrom(0, most));
}

const smallClock = clock(fc.integer({ min: 1, max: 3 }), MAX_COLUMN_CLOCK);

function changeOf(siteId: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Change> {
  const content = {
    table: fc.oneof(fc.constantFrom('notes', 'tags'), fc.string({ unit: 'grapheme' })),
    pk: packedKey,
    cid: fc.oneof(fc.constantFrom('title', 'pinned', SENTINEL), fc.string({ unit: 'grapheme' })),
    val: sqlValue,
    colVersion: smallClock,
    dbVersion: clock(fc.integer({ min: 95, max: 105 }), MAX_DB_VERSION),
    siteId,
    cl: smallClock,
    seq: clock(fc.nat(9), MAX_COLUMN_CLOCK),
  };
  return fc.record(content, PLAIN);
}

/** How a change goes on from the one before it. */
const continuation = fc.constantFrom('another row', 'the same row', 'an equal row', 'the next cell');

function changesOf(siteId: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Change[]> {
  return fc.array(fc.tuple(changeOf(siteId), continuation), { maxLength: 40 }).map((drawn) => {
    const changes: Change[] = [];
    for (const [change, how] of drawn) changes.push(continued(changes.at(-1), change, how));
    return changes;
  });
}

function continued(before: Change | undefined, change: Change, how: string): Change {
  if (before === undefined || how === 'another row') return change;
  const { cid, val } = change;
  if (how === 'the next cell') return { ...before, cid, val, seq: Math.min(before.seq + 1, MAX_COLUMN_CLOCK) };
  const pk = how === 'the same row' ? before.pk : before.pk.slice();
  return { ...change, table: before.table, pk, cl: before.cl };
}

const header = fc.record(
  {
    prevVersion: clock(fc.constant(99), MAX_DB_VERSION - 1),
    steps: clock(fc.integer({ min: 1, max: 9 }), MAX_DB_VERSION),
    base: fc.option(clock(fc.nat(1_000), Number.MAX_SAFE_INTEGER), { nil: undefined }),
    fragment: fc.option(fc.tuple(fc.nat(9), fc.nat(9)), { nil: undefined }),
  },
  PLAIN,
);

const anySite = fc.oneof(fc.constant(AUTHOR), fc.uint8Array({ minLength: 16, maxLength: 16 }));

function batchOf(refill: boolean): fc.Arbitrary<Batch> {
  const changes = changesOf(refill ? anySite : fc.constant(AUTHOR));
  return fc.tuple(header, changes).map(([{ prevVersion, steps, base, fragment }, drawn]) => ({
    prevVersion,
    toVersion: Math.min(prevVersion + Math.max(1, steps), MAX_DB_VERSION),
    base,
    refill,
    fragment: fragment && { index: fragment[0], count: fragment[0] + 1 + fragment[1] },
    changes: drawn,
  }));
}

export const batch: fc.Arbitrary<Batch> = fc.oneof({ weight: 3, arbitrary: batchOf(false) }, batchOf(true));
