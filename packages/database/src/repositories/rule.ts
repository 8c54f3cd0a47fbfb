/**
 * Rules for what comes from outside. A rule takes a value and gives it back as it is to be kept, or says what is wrong with
 * it, field by field. Large rules are made of small ones:
 *
 *   rule.object({ name: rule.text({ min: 1, max: 100 }), size: rule.optional(rule.integer({ min: 0 })) })
 */
import type { FieldIssue } from '../errors.ts';

export type Rule<T> = (input: unknown) => Checked<T>;

export type Checked<T> = { readonly value: T } | { readonly issues: readonly FieldIssue[] };

/** What a rule gives back. */
export type ValueOf<R> = R extends Rule<infer T> ? T : never;

export type Fields = Readonly<Record<string, Rule<unknown>>>;

/** Both are allowed themselves. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface TextOptions extends Bounds {
  /** What is kept of a text. The bounds are those of its length then. */
  readonly form?: (text: string) => string;
}

export const boolean: Rule<boolean> = typed('boolean', (input) => typeof input === 'boolean');

export const bytes: Rule<Uint8Array> = typed('Uint8Array', (input) => input instanceof Uint8Array);

/** With any fields. */
export const anyObject: Rule<object> = typed('object', isObject);

/** Anything that JSON can hold, and nothing that it would change on the way, such as a Date. */
export const json: Rule<unknown> = where((input) => ({ value: input }), isJson, 'Invalid input');

export function text({ form, ...bounds }: TextOptions = {}): Rule<string> {
  return bounded(form ? changed(anyText, form) : anyText, bounds, {
    expected: 'string to have',
    unit: ' characters',
    sizeOf: ({ length }) => length,
  });
}

export function number(bounds: Bounds = {}): Rule<number> {
  return bounded(anyNumber, bounds, { expected: 'number to be', sizeOf: Number });
}

/** One that a number holds exactly. */
export function integer(bounds: Bounds = {}): Rule<number> {
  return bounded(anyInteger, bounds, { expected: 'number to be', sizeOf: Number });
}

export function oneOf<const V extends string>(values: readonly V[]): Rule<V> {
  const known: ReadonlySet<unknown> = new Set(values);
  const message = `Invalid option: expected one of ${values.map((value) => `"${value}"`).join('|')}`;
  return checkedBy((input): input is V => known.has(input), message);
}

/** Whatever the test accepts. */
export function checkedBy<T>(isSound: (input: unknown) => input is T, message = 'Invalid input'): Rule<T> {
  return (input) => (isSound(input) ? { value: input } : refused(message));
}

export function list<T>(member: Rule<T>): Rule<T[]> {
  return (input) => {
    if (!Array.isArray(input)) return refused(unexpected('array', input));
    const checked = together(Array.from(input, (value, at) => [String(at), member(value)]));
    return 'issues' in checked ? checked : { value: checked.value.map(([, value]) => value) };
  };
}

/** Any keys, and values of one kind. */
export function record<T>(member: Rule<T>): Rule<Readonly<Record<string, T>>> {
  return (input) => {
    if (!isJsonObject(input)) return refused(unexpected('record', input));
    return asObject(together(Object.entries(input).map(([key, value]) => [key, member(value)])));
  };
}

/** These fields and no others. */
export function object<F extends Fields>(fields: F): Rule<{ readonly [K in keyof F]: ValueOf<F[K]> }> {
  const rules = Object.entries(fields);
  return (input) => {
    if (!isObject(input)) return refused(unexpected('object', input));
    const known = rules.map(([field, rule]) => [field, rule(input[field])] as const);
    const unknown = Object.keys(input).filter((key) => !Object.hasOwn(fields, key));
    const checked = together([...known, ...unknown.map((key) => [key, refused('Unknown field')] as const)]);
    return asObject(checked) as Checked<{ [K in keyof F]: ValueOf<F[K]> }>;
  };
}

export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
  return withDefault(rule, undefined);
}

export function withDefault<T, D extends T | undefined>(rule: Rule<T>, initial: D): Rule<T | D> {
  return (input) => (input === undefined ? { value: initial } : rule(input));
}

export function nullable<T>(rule: Rule<T>): Rule<T | null> {
  return (input) => (input === null ? { value: null } : rule(input));
}

/** One thing more, of what the rule accepts. */
export function where<T>(rule: Rule<T>, isSound: (value: T) => boolean, message: string): Rule<T> {
  return (input) => {
    const checked = rule(input);
    return 'issues' in checked || isSound(checked.value) ? checked : refused(message);
  };
}

const anyText = typed('string', (input) => typeof input === 'string');

const anyNumber = typed('number', (input): input is number => Number.isFinite(input));

const anyInteger = bounded(
  where(anyNumber, Number.isInteger, unexpected('int', 0)),
  { max: Number.MAX_SAFE_INTEGER },
  { expected: 'int to be', sizeOf: Number },
);

function typed<T>(expected: string, isTyped: (input: unknown) => input is T): Rule<T> {
  return (input) => (isTyped(input) ? { value: input } : refused(unexpected(expected, input)));
}

function changed<T>(rule: Rule<T>, change: (value: T) => T): Rule<T> {
  return (input) => {
    const checked = rule(input);
    return 'issues' in checked ? checked : { value: change(checked.value) };
  };
}

interface Measure<T> {
  /** As the message says it. */
  readonly expected: string;
  readonly unit?: string;
  readonly sizeOf: (value: T) => number;
}

function bounded<T>(
  rule: Rule<T>,
  { min = -Infinity, max = Infinity }: Bounds,
  { expected, unit = '', sizeOf }: Measure<T>,
): Rule<T> {
  const fromMin = where(rule, (value) => sizeOf(value) >= min, `Too small: expected ${expected} >=${min}${unit}`);
  return where(fromMin, (value) => sizeOf(value) <= max, `Too big: expected ${expected} <=${max}${unit}`);
}

type Entries<T> = readonly (readonly [key: string, value: T])[];

/** All members, or every issue of any. */
function together<T>(members: Entries<Checked<T>>): Checked<Entries<T>> {
  const value: [string, T][] = [];
  const issues: FieldIssue[] = [];
  for (const [key, checked] of members) {
    if ('issues' in checked) issues.push(...checked.issues.map((issue) => inside(key, issue)));
    else value.push([key, checked.value]);
  }
  return issues.length > 0 ? { issues } : { value };
}

function inside(key: string, { field, message }: FieldIssue): FieldIssue {
  return { field: field === '' ? key : `${key}.${field}`, message };
}

function asObject<T>(checked: Checked<Entries<T>>): Checked<Readonly<Record<string, T>>> {
  return 'issues' in checked ? checked : { value: Object.fromEntries(checked.value) };
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return Array.from(value).every(isJson);
  return isJsonObject(value) && Object.values(value).every(isJson);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As JSON has them: what it would leave out is refused. */
function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && Object.getOwnPropertySymbols(value).length === 0;
}

/** Of no class. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // That of another page or thread is another object, but has none above it either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refused(message: string): { readonly issues: readonly FieldIssue[] } {
  return { issues: [{ field: '', message }] };
}

function unexpected(expected: string, input: unknown): string {
  return `Invalid input: expected ${expected}, received ${kindOf(input)}`;
}

/** Of objects the name of their class, which says the most. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || isPlainObject(value)) return typeof value;
  const { constructor }: { readonly constructor?: unknown } = value;
  return typeof constructor === 'function' ? constructor.name : 'object';
}
