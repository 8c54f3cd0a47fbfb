/**
 * From JavaScript to what PostgreSQL reads: text, of which it knows the type from the statement, or the bytes of a bytea.
 * What cannot be told truly is refused here, before anything is sent.
 */
import type { CloudObject, CloudParam, CloudScalar } from '../cloud-database.ts';
import { refuse } from '../cloud-error.ts';
import { formatArrayText } from './array-text.ts';
import { formatTimestampText } from './timestamp-text.ts';

export type WireParam = string | Uint8Array | null;

/** The protocol counts them in 16 bits. */
export const MAX_PARAMS = 65_535;

const INVALID_TEXT = '22021';

export function encodeParams(params: readonly CloudParam[]): WireParam[] {
  if (params.length > MAX_PARAMS) {
    throw new TypeError(`a statement has at most ${MAX_PARAMS} parameters, not ${params.length}: give arrays instead`);
  }
  return params.map((param, index) => encodeParam(param, index));
}

function encodeParam(param: CloudParam, index: number): WireParam {
  if (param === null || param instanceof Uint8Array) return param;
  if (isArray(param)) return formatArrayText(param.map((element) => encodeElement(element, index)));
  return encodeText(param, index);
}

function isArray(param: CloudParam): param is readonly (CloudScalar | CloudObject)[] {
  return Array.isArray(param);
}

function encodeElement(element: CloudScalar | CloudObject, index: number): string | Uint8Array | null {
  if (element === null || element instanceof Uint8Array) return element;
  if (Array.isArray(element)) throw new TypeError(`parameter $${index + 1}: an array within an array`);
  return encodeText(element, index);
}

function encodeText(value: Exclude<CloudScalar, null | Uint8Array> | CloudObject, index: number): string {
  if (typeof value === 'string') return expectText(value, () => `parameter $${index + 1}`);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return encodeDate(value, index);
  if (typeof value === 'object') return JSON.stringify(value);
  // Where the types were not checked.
  throw new TypeError(`parameter $${index + 1} is ${typeof value}`);
}

function encodeDate(date: Date, index: number): string {
  if (Number.isNaN(date.getTime())) throw new TypeError(`parameter $${index + 1} is an invalid date`);
  return formatTimestampText(date);
}

/** Text that PostgreSQL can hold: it would refuse U+0000, and UTF-8 would silently turn half a surrogate pair into �. */
export function expectText(text: string, nameOf: () => string): string {
  if (text.includes('\0')) throw refuse(INVALID_TEXT, `${nameOf()} contains U+0000, which PostgreSQL cannot store`);
  if (!text.isWellFormed()) throw refuse(INVALID_TEXT, `${nameOf()} contains half of a surrogate pair`);
  return text;
}
