import type { Change } from '@tributary/database/changes';

export interface BatchHeader {
  /** The changes are all that the author made above this version … */
  readonly prevVersion: number;
  /** … up to this one. */
  readonly toVersion: number;
  /** The entry that the author had applied when it made the edits; undefined when that is not known. */
  readonly base: number | undefined;
  /** Sent again for a log that has lost it; the changes may be any site's. */
  readonly refill: boolean;
  /** Set when the batch is only a part of one large version. */
  readonly fragment: Fragment | undefined;
}

export interface Fragment {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Whole transactions of one site, or a fragment of one: what the log keeps as one entry. */
export interface Batch extends BatchHeader {
  readonly changes: readonly Change[];
}
