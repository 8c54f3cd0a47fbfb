/**
 * cr-sqlite's packing of a primary key, byte for byte, so that a packed key can be a map key anywhere:
 *
 *   u8 count, then per column  u8 (k << 3 | type)  and
 *     INTEGER (1)  k bytes, the value as unsigned 64 bits, big-endian, without leading zero bytes
 *     REAL    (2)  8 bytes, big-endian double, k = 0
 *     TEXT    (3)  k bytes of length, then that many bytes of UTF-8
 *     BLOB    (4)  k bytes of length, then that many bytes
 *     NULL    (5)  nothing
 */
import { DatabaseError } from '../errors.ts';
import type { SqlValue } from './change.ts';

const INTEGER = 1;
const REAL = 2;
const TEXT = 3;
const BLOB = 4;
const NULL = 5;

const MAX_COLUMNS = 255;

export function packKey(values: readonly SqlValue[]): Uint8Array {
  if (values.length > MAX_COLUMNS) throw new TypeError(`a key has at most ${MAX_COLUMNS} columns`);
  const bytes: number[] = [values.length];
  for (const value of values) packValue(value, bytes);
  return Uint8Array.from(bytes);
}

export function unpackKey(key: Uint8Array): SqlValue[] {
  const values: SqlValue[] = [];
  walkKey(key, (type, start, end) => values.push(unpackValue(key, type, start, end)));
  return values;
}

/** Whether the key is well-formed, canonical, and has just these column types, without decoding any value. */
export function keyHasTypes(key: Uint8Array, types: readonly KeyType[]): boolean {
  let column = 0;
  let matches = true;
  try {
    walkKey(key, (type) => {
      matches &&= types[column++] === KEY_TYPE_NAMES[type];
    });
  } catch {
    return false;
  }
  return matches && column === types.length;
}

export type KeyType = 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB' | 'NULL';

const KEY_TYPE_NAMES: readonly (KeyType | undefined)[] = [undefined, 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'NULL'];

type VisitColumn = (type: number, start: number, end: number) => void;

function walkKey(key: Uint8Array, visit: VisitColumn): void {
  const count = key[0];
  if (count === undefined) throw malformed('it is empty');
  let at = 1;
  for (let column = 0; column < count; column++) {
    const tag = key[at++];
    if (tag === undefined) throw malformed('it ends early');
    const type = tag & 7;
    const k = tag >> 3;
    const isCounted = type === TEXT || type === BLOB;
    if (isCounted || type === INTEGER) assertCanonical(key, at, k);
    else if (!(type === REAL || type === NULL) || k !== 0) throw malformed(`column ${column} has no known type`);

    const start = isCounted ? at + k : at;
    const length = isCounted ? Number(readUnsigned(key, at, k)) : type === REAL ? 8 : k;
    at = start + length;
    if (at > key.length) throw malformed('it ends early');
    if (type === TEXT && !isUtf8(key, start, at)) throw malformed('its text is not UTF-8');
    visit(type, start, at);
  }
  if (at !== key.length) throw malformed('it has bytes left over');
}

/** One value has one packing, or equal keys would not be equal bytes. */
function assertCanonical(key: Uint8Array, at: number, k: number): void {
  if (k > 8 || (k > 0 && key[at] === 0)) throw malformed('a number is not in its shortest form');
}

/** Other bytes would be stored as they are, and no program could name the row again. */
function isUtf8(key: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if ((key[i] as number) > 0x7f) return decodes(key.subarray(start, end));
  }
  return true;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function unpackValue(key: Uint8Array, type: number, start: number, end: number): SqlValue {
  switch (type) {
    case INTEGER:
      return BigInt.asIntN(64, readUnsigned(key, start, end - start));
    case REAL:
      return new DataView(key.buffer, key.byteOffset + start, 8).getFloat64(0);
    case TEXT:
      return decoder.decode(key.subarray(start, end));
    case BLOB:
      return Uint8Array.from(key.subarray(start, end));
    default:
      return null;
  }
}

function readUnsigned(key: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let i = at; i < at + length; i++) value = (value << 8n) | BigInt(key[i] ?? 0);
  return value;
}

function packValue(value: SqlValue, into: number[]): void {
  if (value === null) {
    into.push(NULL);
  } else if (typeof value === 'bigint') {
    packNumber(INTEGER, BigInt.asUintN(64, value), into);
  } else if (typeof value === 'number') {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    into.push(REAL, ...bytes);
  } else {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    packNumber(typeof value === 'string' ? TEXT : BLOB, BigInt(bytes.length), into);
    for (const byte of bytes) into.push(byte);
  }
}

function packNumber(type: number, unsigned: bigint, into: number[]): void {
  const bytes: number[] = [];
  for (let rest = unsigned; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  into.push((bytes.length << 3) | type, ...bytes);
}

function malformed(reason: string): DatabaseError {
  return new DatabaseError('change_malformed', `a packed primary key is malformed: ${reason}`);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
