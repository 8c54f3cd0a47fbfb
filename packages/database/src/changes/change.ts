/**
 * One cell of one row, with its typed value and its clocks: a row of `crsql_changes`.
 *
 * A value's JavaScript type is its SQLite type: bigint is INTEGER and number is REAL, always. Replicas that blurred the
 * two would compare the same edit differently and disagree for ever.
 */
export type SqlValue = null | bigint | number | string | Uint8Array;

export interface Change {
  readonly table: string;
  /** The row's primary key in cr-sqlite's packing; see packed-key. */
  readonly pk: Uint8Array;
  /** The column, or `SENTINEL` for the row's own existence. */
  readonly cid: string;
  readonly val: SqlValue;
  readonly colVersion: number;
  readonly dbVersion: number;
  /** The 16 bytes of the site that made the edit. */
  readonly siteId: Uint8Array;
  /** Causal length: odd is alive, even is deleted. */
  readonly cl: number;
  /** Order within the transaction; may have holes. */
  readonly seq: number;
}

/** The `cid` that speaks of the row instead of a column. */
export const SENTINEL = '-1';

/** Clocks beyond these come from no honest replica, and would break every replica that took them in. */
export const MAX_COLUMN_CLOCK = 2 ** 31 - 1;
export const MAX_DB_VERSION = 2 ** 48;
