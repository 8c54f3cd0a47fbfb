/**
 * From what SQLite holds to what PostgreSQL takes, as the text of the type. Nobody's value may stop the fold: what cannot
 * be said in the column's type is a `CastFault`, which names the reason and, where there is one, the value that stands in.
 */
import type { SqlValue } from '@tributary/database/changes';
import type { CloudType } from '@tributary/database/cloud';

export const CAST_FAULTS = {
  wrong_type: 'the value has another type than the column',
  out_of_range: 'the value lies outside the range of the column',
  not_a_uuid: 'the text is no UUID',
  not_json: 'the text is no JSON that PostgreSQL takes',
  text_replaced: 'U+0000 or half a surrogate pair was replaced by U+FFFD',
  null_refused: 'the column cannot be empty',
  row_refused: 'PostgreSQL refused the row',
  key_unreadable: 'the key of the row has other columns than the table',
  entry_unreadable: 'an entry of the log could not be read',
} as const;

export type CastFaultReason = keyof typeof CAST_FAULTS;

export class CastFault {
  readonly reason: CastFaultReason;
  /** The text to store all the same. */
  readonly instead: string | undefined;

  constructor(reason: CastFaultReason, instead?: string) {
    this.reason = reason;
    this.instead = instead;
  }
}

export type Cast = string | null | CastFault;

/** In lower case only: another spelling is another key to a replica, and would be the same one here. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 0001-01-01 and the end of 9999: beyond them an ISO date has another form, and hardly anybody can have meant it. */
const MIN_TIME_MS = -62_135_596_800_000;
const MAX_TIME_MS = 253_402_300_799_999;

/** PostgreSQL's parser of JSON is recursive, and its stack is small. */
const MAX_JSON_DEPTH = 500;
const MAX_JSON_CHARACTERS = 64 * 1024 * 1024;
/** `numeric` has no more digits before the point. */
const MAX_JSON_EXPONENT = 10_000;

const WRONG_TYPE = new CastFault('wrong_type');
const OUT_OF_RANGE = new CastFault('out_of_range');
const NOT_JSON = new CastFault('not_json');

type Casting = (val: NonNullable<SqlValue>) => Cast;

const CASTS: Readonly<Record<CloudType, Casting>> = {
  text: castText,
  uuid: (val) => (typeof val === 'string' && UUID.test(val) ? val : new CastFault('not_a_uuid')),
  timestamptz: castTime,
  boolean: (val) => (val === 0n || val === 1n ? String(val === 1n) : WRONG_TYPE),
  bigint: (val) => (typeof val === 'bigint' ? String(val) : WRONG_TYPE),
  'double precision': (val) => (typeof val === 'number' ? String(Object.is(val, -0) ? '-0' : val) : WRONG_TYPE),
  numeric: castNumeric,
  jsonb: castJson,
  bytea: (val) => (val instanceof Uint8Array ? `\\x${hexOf(val)}` : WRONG_TYPE),
};

export function castValue(val: SqlValue, type: CloudType): Cast {
  return val === null ? null : CASTS[type](val);
}

/** A value as people read it, short enough for a table of faults. */
export function previewOf(val: SqlValue, maxCharacters = 200): string {
  const text = val instanceof Uint8Array ? `x'${hexOf(val.subarray(0, maxCharacters))}'` : String(val);
  return storable(text.slice(0, maxCharacters));
}

/** The text without what PostgreSQL cannot store. */
export function storable(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** As JSON, for a column that the server does not know. */
export function jsonOf(val: SqlValue): string | number | null {
  if (val === null) return null;
  if (typeof val === 'string') return storable(val);
  if (typeof val === 'bigint') return Number.isSafeInteger(Number(val)) ? Number(val) : String(val);
  return typeof val === 'number' ? (Number.isFinite(val) ? val : String(val)) : `\\x${hexOf(val)}`;
}

function castText(val: SqlValue): Cast {
  if (typeof val !== 'string') return WRONG_TYPE;
  const stored = storable(val);
  return stored === val ? val : new CastFault('text_replaced', stored);
}

function castTime(val: SqlValue): Cast {
  if (typeof val !== 'bigint') return WRONG_TYPE;
  const time = Number(val);
  return time >= MIN_TIME_MS && time <= MAX_TIME_MS ? new Date(time).toISOString() : OUT_OF_RANGE;
}

function castNumeric(val: SqlValue): Cast {
  if (typeof val === 'bigint') return String(val);
  if (typeof val !== 'number') return WRONG_TYPE;
  return Number.isFinite(val) ? String(val) : OUT_OF_RANGE;
}

function castJson(val: SqlValue): Cast {
  if (typeof val !== 'string') return WRONG_TYPE;
  if (val.length > MAX_JSON_CHARACTERS) return OUT_OF_RANGE;
  try {
    const parsed: unknown = JSON.parse(val);
    if (!isShallow(parsed, MAX_JSON_DEPTH) || hasHugeNumber(val)) return NOT_JSON;
  } catch {
    return NOT_JSON;
  }
  const stored = storableJson(val);
  return stored === val ? val : new CastFault('text_replaced', stored);
}

/** The escapes of a text, one after the other: a pair of surrogates, U+0000 or half a pair, and all the others. */
const ESCAPES =
  /(\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|(\\u0000|\\u[dD][89a-fA-F][\da-fA-F]{2})|\\./g;

/** As text, so that the numbers stay to the digit what they are. */
function storableJson(json: string): string {
  if (!json.includes('\\u')) return storable(json);
  return storable(json.replace(ESCAPES, (escape, _pair, bad) => (bad === undefined ? escape : '\uFFFD')));
}

/** JavaScript reads 1e99999 as infinite; PostgreSQL would try to write its digits. */
function hasHugeNumber(json: string): boolean {
  return mayHaveHugeNumber(json) && mayHaveHugeNumber(withoutTexts(json));
}

function mayHaveHugeNumber(json: string): boolean {
  for (const [, exponent] of json.matchAll(/\d[eE][+-]?(\d{5,})/g)) {
    if (Number(exponent) > MAX_JSON_EXPONENT) return true;
  }
  return /\d{10000}/.test(json);
}

/** JSON with nothing in its quotes: a hash may look like a number there. */
function withoutTexts(json: string): string {
  let [rest, at] = ['', 0];
  for (let start = json.indexOf('"'); start !== -1; start = json.indexOf('"', at)) {
    rest += `${json.slice(at, start)}""`;
    at = start + 1;
    while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
    at++;
  }
  return rest + json.slice(at);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isShallow(item, depth - 1));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
