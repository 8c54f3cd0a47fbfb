import type { BindParameter, BindValue } from '../driver.ts';
import type { Handle } from './connection.ts';

/** Lays the caller's parameters out in the order of the statement's, as better-sqlite3 does. */
export function assignParameters(handle: Handle, parameters: readonly BindParameter[]): readonly BindValue[] {
  if (handle.parameterNames === undefined && areAllValues(parameters)) {
    assertCount(parameters.length, handle.parameterCount);
    return parameters;
  }
  const positional: BindValue[] = [];
  let named: Readonly<Record<string, BindValue>> | undefined;
  for (const parameter of parameters) {
    if (isValue(parameter)) positional.push(parameter);
    else if (isArray(parameter)) positional.push(...parameter);
    else if (named === undefined) named = assertPlain(parameter);
    else throw new TypeError('You cannot specify named parameters in two different objects');
  }
  return handle.parameterNames === undefined
    ? assignPositional(handle, positional, named)
    : assignNamed(handle.parameterNames, positional, named);
}

function assignPositional(
  { parameterCount }: Handle,
  positional: readonly BindValue[],
  named: Readonly<Record<string, BindValue>> | undefined,
): readonly BindValue[] {
  if (named !== undefined) throw new RangeError('The statement has no named parameters');
  assertCount(positional.length, parameterCount);
  return positional;
}

function assignNamed(
  names: readonly (string | undefined)[],
  positional: readonly BindValue[],
  named: Readonly<Record<string, BindValue>> | undefined,
): readonly BindValue[] {
  let next = 0;
  const values = names.map((name) => {
    if (name === undefined || name.startsWith('?')) {
      if (next >= positional.length) throw new RangeError('Too few parameter values were provided');
      return positional[next++];
    }
    const key = name.slice(1);
    if (named === undefined) throw new RangeError('Missing named parameters');
    if (!Object.hasOwn(named, key)) throw new RangeError(`Missing named parameter "${key}"`);
    return named[key];
  });
  if (next < positional.length) throw new RangeError('Too many parameter values were provided');
  return values;
}

function assertCount(given: number, expected: number): void {
  if (given < expected) throw new RangeError('Too few parameter values were provided');
  if (given > expected) throw new RangeError('Too many parameter values were provided');
}

function areAllValues(parameters: readonly BindParameter[]): parameters is readonly BindValue[] {
  for (const parameter of parameters) if (!isValue(parameter)) return false;
  return true;
}

function isValue(parameter: BindParameter): parameter is BindValue {
  return typeof parameter !== 'object' || parameter === null || parameter instanceof Uint8Array;
}

function isArray(parameter: BindParameter): parameter is readonly BindValue[] {
  return Array.isArray(parameter);
}

function assertPlain(parameter: BindParameter): Readonly<Record<string, BindValue>> {
  const prototype: unknown = Object.getPrototypeOf(parameter);
  if (prototype === null || prototype === Object.prototype) return parameter as Readonly<Record<string, BindValue>>;
  throw new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null');
}
