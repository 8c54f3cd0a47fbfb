/**
 * The wall in front of `crsql_changes`, which itself accepts rows that break a replica for good: clocks at the end of
 * int64, keys with too few columns, values that the column would store as another type than it compared.
 */
import { isInternalTable } from '../engine/driver.ts';
import { DatabaseError } from '../errors.ts';
import { MAX_COLUMN_CLOCK, MAX_DB_VERSION, SENTINEL, type Change, type SqlValue } from './change.ts';
import { keyHasTypes } from './packed-key.ts';
import type { Affinity, ReplicatedColumn, ReplicatedTable } from './replicated-table.ts';

const SITE_ID_BYTES = 16;

/** Throws `change_malformed` unless the change may be applied to `table`, or parked if that is unknown here. */
export function assertWellFormed(change: Change, table: ReplicatedTable | undefined): void {
  const fault = changeFault(change, table);
  if (fault === undefined) return;
  throw new DatabaseError('change_malformed', `a change of ${change.table}.${change.cid} ${fault}`);
}

/** What is wrong with a change, to be read after its name. */
export function changeFault(change: Change, table: ReplicatedTable | undefined): string | undefined {
  return nameFault(change) ?? clockFault(change) ?? (table ? rowFault(change, table) : undefined);
}

/** A newer app may bring any table or column with an ordinary name; SQLite's and cr-sqlite's own are out of bounds. */
function nameFault({ table, cid }: Change): string | undefined {
  if (!ORDINARY_NAME.test(table) || isInternalTable(table)) return 'has no ordinary table name';
  return cid === SENTINEL || ORDINARY_NAME.test(cid) ? undefined : 'has no ordinary column name';
}

const ORDINARY_NAME = /^[a-z_][a-z0-9_]{0,62}$/i;

function clockFault({ siteId, cl, colVersion, dbVersion, seq, cid, val }: Change): string | undefined {
  if (siteId.length !== SITE_ID_BYTES) return `has a site id of ${siteId.length} bytes`;
  if (!isBetween(cl, 1, MAX_COLUMN_CLOCK)) return `has the causal length ${cl}`;
  if (!isBetween(colVersion, 0, MAX_COLUMN_CLOCK)) return `has the column version ${colVersion}`;
  if (!isBetween(dbVersion, 1, MAX_DB_VERSION)) return `has the database version ${dbVersion}`;
  if (!isBetween(seq, 0, MAX_COLUMN_CLOCK)) return `has the sequence number ${seq}`;
  if (cid === SENTINEL) {
    if (colVersion !== cl) return 'is a sentinel whose column version is not its causal length';
    if (val !== null) return 'is a sentinel with a value';
  } else if (cl % 2 === 0) {
    return 'sets a column of a deleted row';
  }
  return undefined;
}

function rowFault({ pk, cid, val }: Change, table: ReplicatedTable): string | undefined {
  if (!keyHasTypes(pk, table.keyTypes)) return `has a primary key that is not (${table.keyTypes.join(', ')})`;
  const column = table.columns.get(cid);
  return column ? valueFault(val, column) : undefined;
}

/** cr-sqlite compares the value as it comes and stores it as the column converts it: the two must be the same. */
function valueFault(val: SqlValue, { affinity, nullable }: ReplicatedColumn): string | undefined {
  if (val === null) return nullable ? undefined : 'has no value, and the column needs one';
  if (typeof val === 'number' && Number.isNaN(val)) return 'is not a number';
  if (typeof val === 'bigint' && BigInt.asIntN(64, val) !== val) return 'is an integer of more than 64 bits';
  return CONVERTED_BY[affinity](val)
    ? `holds a ${typeName(val)} that a column of type ${affinity} would convert`
    : undefined;
}

const CONVERTED_BY: Readonly<Record<Affinity, (val: NonNullable<SqlValue>) => boolean>> = {
  INTEGER: (val) => isIntegral(val) || looksNumeric(val),
  NUMERIC: (val) => isIntegral(val) || looksNumeric(val),
  REAL: (val) => typeof val === 'bigint' || looksNumeric(val),
  TEXT: (val) => typeof val === 'bigint' || typeof val === 'number',
  BLOB: () => false,
};

/** A REAL that SQLite would store as INTEGER, because nothing is lost by it. */
function isIntegral(val: SqlValue): boolean {
  return typeof val === 'number' && Number.isInteger(val) && Math.abs(val) < 2 ** 63;
}

const NUMERIC_TEXT = /^[ \t\n\v\f\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[ \t\n\v\f\r]*$/i;

function looksNumeric(val: SqlValue): boolean {
  return typeof val === 'string' && NUMERIC_TEXT.test(val);
}

function typeName(val: SqlValue): string {
  if (typeof val === 'bigint') return 'INTEGER';
  if (typeof val === 'number') return 'REAL';
  return typeof val === 'string' ? 'TEXT' : 'BLOB';
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
