/** Batches that are whole as bytes, and must never be stored: each breaks one rule that keeps replicas sound. */
import { deflateRawSync } from 'node:zlib';
import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import { encodeBatch } from '@tributary/sync/protocol';
import { goodBatch, hostileChange } from './batches.ts';
import { randomBytes } from './mutate.ts';

const MIB = 1024 * 1024;
const INT64_MAX = 2n ** 63n - 1n;

/** What is wrong with one change of it. */
const POISON: readonly Partial<Change>[] = [
  { cl: 0 },
  { cl: 2 },
  { cl: 2 ** 31 },
  { cl: 2 ** 32 - 1 },
  { colVersion: 2 ** 31 },
  { colVersion: 2 ** 32 - 1 },
  { cid: SENTINEL, val: 'a value' },
  { cid: SENTINEL, val: null, cl: 3, colVersion: 1 },
  { dbVersion: 0 },
  { dbVersion: 2 },
  { pk: new Uint8Array(0) },
  { pk: packKey([]) },
  { pk: packKey(['a', 'b']) },
  { pk: packKey([1n]) },
  { pk: packKey([null]) },
  { pk: packKey([new Uint8Array(5)]) },
  { pk: Uint8Array.of(1, 0xff, 7) },
  { pk: packKey(['k'.repeat(2_000)]) },
  { table: '' },
  { table: 'Notes' },
  { table: 'sqlite_master' },
  { table: 'SQLITE_sequence' },
  { table: 'crsql_changes' },
  { table: 'crsql_site_id' },
  { table: 'notes__crsql_clock' },
  { table: 'NOTES__crsql_pks' },
  { table: 'notes"; DROP TABLE notes; --' },
  { table: 't'.repeat(10_000) },
  { table: 'unknown', pk: Uint8Array.of(9) },
  { table: 'unknown', pk: packKey([]) },
  { cid: '' },
  { cid: 'Title' },
  { cid: '-2' },
  { cid: 'a b' },
  { cid: 'crsql_x' },
  { cid: 'c'.repeat(10_000) },
  { cid: '\0' },
  { val: null },
  { val: 5n },
  { val: 0.5 },
  { val: 'v'.repeat(MIB + 1) },
  { cid: 'pinned', val: '1' },
  { cid: 'pinned', val: 1 },
];

export function poisonedBatch(siteId: Uint8Array, random: SeededRandom): Uint8Array {
  switch (random.below(12)) {
    case 0:
      return withVersions(0n, random.pick([0n, INT64_MAX, 2n ** 48n + 1n, 2n ** 64n - 1n]));
    case 1:
      return withVersions(random.pick([5n, 2n ** 53n, INT64_MAX]), 5n);
    case 2:
      return goodBatch(siteId, 0, { changes: [] });
    case 3:
      // A base that the author cannot have seen yet.
      return goodBatch(siteId, 0, { base: random.pick([2 ** 32, Number.MAX_SAFE_INTEGER]) });
    case 4:
      return ofAnotherSite(siteId);
    case 5:
      return goodBatch(siteId, 0, {
        changes: Array.from({ length: 10_001 }, (_, seq) => hostileChange(siteId, { seq })),
      });
    default:
      return withOneBad(siteId, random);
  }
}

/** The rest of the batch is good, and must not be stored either. */
function withOneBad(siteId: Uint8Array, random: SeededRandom): Uint8Array {
  const good = Array.from({ length: random.below(5) }, (_, seq) => hostileChange(siteId, { seq }));
  const bad = hostileChange(siteId, { seq: good.length, ...random.pick(POISON) });
  const changes = random.shuffle([...good, bad]);
  return encodeBatch({ prevVersion: 0, toVersion: 1, base: undefined, refill: false, fragment: undefined, changes });
}

/** Only a refill names sites; the same body without that flag is nothing that a site may say. */
function ofAnotherSite(siteId: Uint8Array): Uint8Array {
  const other = Uint8Array.from(siteId, (byte) => byte ^ 0xff);
  const refill = goodBatch(siteId, 0, { refill: true, changes: [hostileChange(other)] });
  // Field 4 is the flag.
  const flag = refill.findIndex((byte, index) => byte === 0x20 && refill[index + 1] === 1);
  return Buffer.concat([refill.subarray(0, flag), refill.subarray(flag + 2)]);
}

/** As no encoder would write them. */
function withVersions(prevVersion: bigint, toVersion: bigint): Uint8Array {
  return Uint8Array.from([0x08, ...varint(prevVersion), 0x10, ...varint(toVersion), 0x38, 1]);
}

/** A few bytes that say they are many, or really are: what nobody may unpack without a look at the clock. */
export function zipBomb(random: SeededRandom): Uint8Array {
  const inflatedBytes = random.pick([30 * MIB, 32 * MIB, 33 * MIB, 4_000 * MIB]);
  const real = random.chance(0.3) ? Math.min(inflatedBytes, 32 * MIB) : random.below(MIB);
  const fill = random.pick([0, 1, 8, 10, 0x7f, 0xff]);
  const body = deflateRawSync(Buffer.alloc(real, fill), { level: 9 });
  return Uint8Array.from([
    ...HEADER_OF_ONE,
    ...varint(BigInt(random.pick([1, 10_000, 2 ** 32 - 1]))),
    0x40,
    ...varint(BigInt(inflatedBytes)),
    0x4a,
    ...varint(BigInt(body.length)),
    ...body,
  ]);
}

/** Fields within fields, deeper than any stack. */
export function deeplyNested(random: SeededRandom): Uint8Array {
  const depth = random.pick([100, 10_000, 200_000]);
  const isGroup = random.chance(0.5);
  if (isGroup) return new Uint8Array(depth).fill(random.pick([0x0b, 0x1b, 0x7b]));
  let nested = randomBytes(random, 3);
  for (let level = 0; level < 100; level++)
    nested = Uint8Array.from([0x12, ...varint(BigInt(nested.length)), ...nested]);
  return nested;
}

/** A field that says it is longer than anything. */
export function hugeLength(random: SeededRandom): Uint8Array {
  const length = random.pick([2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, INT64_MAX, 2n ** 64n - 1n]);
  return Uint8Array.from([
    ((1 + random.below(8)) << 3) | 2,
    ...varint(length),
    ...randomBytes(random, random.below(40)),
  ]);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** From version 0 to version 1, and then the number of changes. */
const HEADER_OF_ONE = [0x08, 0, 0x10, 1, 0x38];
