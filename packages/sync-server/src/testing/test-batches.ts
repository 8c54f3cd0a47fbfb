/** Batches as a replica of the workspace schema would push them, or as it never would. */
import { packKey, type Change } from '@tributary/database/changes';
import { createSeededRandom } from '@tributary/database/testing';
import { encodeBatch, type Batch } from '@tributary/sync/protocol';

export function site(number: number): Uint8Array {
  return new Uint8Array(16).fill(number);
}

/** One cell of one note. */
export function change(rest: Partial<Change> = {}): Change {
  return {
    table: 'notes',
    pk: packKey(['0198c0de-0000-7000-8000-000000000001']),
    cid: 'title',
    val: 'Lisbon',
    colVersion: 1,
    dbVersion: 1,
    siteId: site(1),
    cl: 1,
    seq: 0,
    ...rest,
  };
}

/** Printable characters that hardly deflate; the same ones for the same seed. */
export function noise(length: number, seed: number): string {
  const random = createSeededRandom(seed);
  return Array.from({ length }, () => String.fromCharCode(33 + random.below(94))).join('');
}

/** One change per batch, at its last version, unless `changes` are given. */
export function batch(prevVersion: number, toVersion: number, rest: Partial<Batch> = {}): Uint8Array {
  return encodeBatch({
    prevVersion,
    toVersion,
    base: undefined,
    refill: false,
    fragment: undefined,
    changes: [change({ dbVersion: toVersion })],
    ...rest,
  });
}
