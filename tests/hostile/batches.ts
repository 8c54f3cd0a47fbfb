import { packKey, type Change } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import { encodeBatch, type Batch } from '@tributary/sync/protocol';

const NOTES = 50;

/** One cell of a note that only hostile people have. */
export function hostileChange(siteId: Uint8Array, rest: Partial<Change> = {}): Change {
  return {
    table: 'notes',
    pk: packKey(['hostile']),
    cid: 'title',
    val: 'x',
    colVersion: 1,
    dbVersion: 1,
    siteId,
    cl: 1,
    seq: 0,
    ...rest,
  };
}

/** A batch of the versions from `prevVersion` to the next, which may be stored as it is. */
export function goodBatch(siteId: Uint8Array, prevVersion: number, rest: Partial<Batch> = {}): Uint8Array {
  const toVersion = prevVersion + 1;
  const changes = [hostileChange(siteId, { dbVersion: toVersion })];
  return encodeBatch({ prevVersion, toVersion, base: undefined, refill: false, fragment: undefined, changes, ...rest });
}

/** Of several rows, with values of every type, so that there is something in each of its columns to damage. */
export function richBatch(siteId: Uint8Array, prevVersion: number, random: SeededRandom): Uint8Array {
  const toVersion = prevVersion + 3;
  const changes = Array.from({ length: 2 + random.below(12) }, (_, seq) => {
    const pk = packKey([`hostile ${random.below(NOTES)}`]);
    const at = { pk, seq, dbVersion: prevVersion + 1 + Math.min(2, Math.floor(seq / 5)) };
    switch (random.below(5)) {
      case 0:
        return hostileChange(siteId, { ...at, cid: 'pinned', val: BigInt(random.below(2)) });
      case 1:
        return hostileChange(siteId, { ...at, cid: 'archived_at', val: null });
      case 2:
        return hostileChange(siteId, { ...at, cid: '-1', val: null, cl: 2, colVersion: 2 });
      case 3:
        return hostileChange(siteId, { ...at, cid: 'created_at', val: BigInt(random.below(2 ** 31)) * 1000n });
      default:
        return hostileChange(siteId, { ...at, val: `title ${'x'.repeat(random.below(300))}` });
    }
  });
  const fragment = random.chance(0.1) ? { index: 0, count: 2 } : undefined;
  return encodeBatch({
    prevVersion,
    toVersion,
    base: random.chance(0.5) ? 0 : undefined,
    refill: false,
    fragment,
    changes,
  });
}
