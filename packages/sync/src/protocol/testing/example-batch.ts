import { packKey, type Change } from '@tributary/database/changes';
import type { Batch } from '../batch.ts';

export const AUTHOR = new Uint8Array(16).fill(7);
export const OTHER_SITE = new Uint8Array(16).fill(8);

/** An edit of one cell, but for what a test says. */
export function change(overrides: Partial<Change>): Change {
  const clocks = { colVersion: 1, dbVersion: 9, cl: 1, seq: 0 };
  return { table: 'notes', pk: packKey(['r123']), cid: 'c1', val: 'x', siteId: AUTHOR, ...clocks, ...overrides };
}

export function batchOf(changes: readonly Change[], overrides: Partial<Batch> = {}): Batch {
  const header = { prevVersion: 8, toVersion: 9, base: undefined, refill: false, fragment: undefined };
  return { ...header, ...overrides, changes };
}
