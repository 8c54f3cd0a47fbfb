/**
 * What the projector remembers of a row, as bytes: the whole state of the fold, values included, and which entry of the log
 * changed it last. Typed rows are made from it and never read back, so a new column, or a better cast, needs no log.
 *
 *   version · flags · seq · stored at · sites · changed by · [clock of the sentinel] · count · cells
 *   cell = name · clock · type and value          clock = column version · site · db version · seq
 *
 * Numbers are varints, a site is its place in the row's own list of sites.
 */
import type { SqlValue } from '@tributary/database/changes';
import { UNKNOWN_ROW, type Cell, type Clock, type RowState } from '@tributary/sync/merge';
import { ByteReader, ByteWriter } from './byte-stream.ts';

export interface StoredRow {
  readonly state: RowState;
  /** The entry of the log that changed the row last. */
  readonly seq: number;
  /** When that was stored, in milliseconds since the epoch. */
  readonly storedAt: number;
  /** Who made the last change. */
  readonly siteId: Uint8Array;
  /** Something of the row, as it was last projected, is in the quarantine. */
  readonly isFaulty: boolean;
}

export const UNKNOWN_STORED_ROW: StoredRow = {
  state: UNKNOWN_ROW,
  seq: 0,
  storedAt: 0,
  siteId: new Uint8Array(16),
  isFaulty: false,
};

/** Roughly what a value takes. */
export function sizeOfValue(val: SqlValue): number {
  return typeof val === 'string' || val instanceof Uint8Array ? val.length : 8;
}

const FORMAT = 1;
const HAS_SENTINEL = 1;
const IS_FAULTY = 2;

const SITE_ID_BYTES = 16;

const NULL = 0;
const INTEGER = 1;
const REAL = 2;
const TEXT = 3;
const BLOB = 4;

export function encodeStoredRow({ state, seq, storedAt, siteId, isFaulty }: StoredRow): Uint8Array {
  const { sentinel, cells } = state;
  const sites = new SiteList();
  const changedBy = sites.placeOf(siteId);
  if (sentinel !== undefined) sites.placeOf(sentinel.siteId);
  for (const cell of cells.values()) sites.placeOf(cell.siteId);

  const writer = new ByteWriter();
  writer.varint(FORMAT);
  writer.varint((sentinel === undefined ? 0 : HAS_SENTINEL) | (isFaulty ? IS_FAULTY : 0));
  writer.varint(seq);
  writer.varint(storedAt);
  writer.varint(sites.all.length);
  for (const site of sites.all) writer.bytes(site);
  writer.varint(changedBy);
  if (sentinel !== undefined) writeClock(writer, sentinel, sites);
  writer.varint(cells.size);
  for (const [name, cell] of cells) {
    writer.text(name);
    writeClock(writer, cell, sites);
    writeValue(writer, cell.val);
  }
  return writer.finish();
}

/** Throws a `RangeError` for bytes that are no stored row. */
export function decodeStoredRow(bytes: Uint8Array): StoredRow {
  const reader = new ByteReader(bytes);
  const format = reader.varint();
  if (format !== FORMAT) throw new RangeError(`a stored row has the format ${format}`);
  const flags = reader.varint();
  const seq = reader.varint();
  const storedAt = reader.varint();
  const sites = Array.from({ length: reader.varint() }, () => reader.bytes(SITE_ID_BYTES));
  const siteId = siteAt(sites, reader.varint());
  const sentinel = (flags & HAS_SENTINEL) === 0 ? undefined : readClock(reader, sites);
  const cells = new Map<string, Cell>();
  for (let left = reader.varint(); left > 0; left--) {
    const name = reader.text();
    const clock = readClock(reader, sites);
    cells.set(name, { ...clock, val: readValue(reader) });
  }
  if (!reader.isAtEnd) throw new RangeError('a stored row has bytes left over');
  return { state: { sentinel, cells }, seq, storedAt, siteId, isFaulty: (flags & IS_FAULTY) !== 0 };
}

function writeClock(writer: ByteWriter, { colVersion, siteId, dbVersion, seq }: Clock, sites: SiteList): void {
  writer.varint(colVersion);
  writer.varint(sites.placeOf(siteId));
  writer.varint(dbVersion);
  writer.varint(seq);
}

function readClock(reader: ByteReader, sites: readonly Uint8Array[]): Clock {
  const colVersion = reader.varint();
  const siteId = siteAt(sites, reader.varint());
  const dbVersion = reader.varint();
  return { colVersion, siteId, dbVersion, seq: reader.varint() };
}

function writeValue(writer: ByteWriter, val: SqlValue): void {
  if (val === null) {
    writer.varint(NULL);
  } else if (typeof val === 'bigint') {
    writer.varint(INTEGER);
    writer.int64(val);
  } else if (typeof val === 'number') {
    writer.varint(REAL);
    writer.float64(val);
  } else if (typeof val === 'string') {
    writer.varint(TEXT);
    writer.text(val);
  } else {
    writer.varint(BLOB);
    writer.varint(val.length);
    writer.bytes(val);
  }
}

function readValue(reader: ByteReader): SqlValue {
  const type = reader.varint();
  switch (type) {
    case NULL:
      return null;
    case INTEGER:
      return reader.int64();
    case REAL:
      return reader.float64();
    case TEXT:
      return reader.text();
    case BLOB:
      return reader.bytes(reader.varint());
    default:
      throw new RangeError(`a stored row has a value of type ${type}`);
  }
}

function siteAt(sites: readonly Uint8Array[], place: number): Uint8Array {
  const site = sites[place];
  if (site === undefined) throw new RangeError('a stored row names a site that is not in its list');
  return site;
}

/** Most rows have one or two authors: looking through a list is quicker than hashing. */
class SiteList {
  readonly all: Uint8Array[] = [];

  placeOf(siteId: Uint8Array): number {
    const place = this.all.findIndex((known) => known === siteId || isEqual(known, siteId));
    return place === -1 ? this.all.push(siteId) - 1 : place;
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  for (let i = 0; i < SITE_ID_BYTES; i++) if (one[i] !== other[i]) return false;
  return true;
}
