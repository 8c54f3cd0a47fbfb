/** What of PostgreSQL's types matters when their text is written as something else. The numbers are those of pg_type. */

export type SqlKind = 'boolean' | 'integer' | 'float' | 'numeric' | 'json' | 'moment' | 'text';

const KINDS: Readonly<Record<number, SqlKind>> = {
  16: 'boolean',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  26: 'integer',
  700: 'float',
  701: 'float',
  1700: 'numeric',
  114: 'json',
  3802: 'json',
  1114: 'moment',
  1184: 'moment',
};

/** Of arrays, by the type of what is in them. */
const ELEMENTS: Readonly<Record<number, number>> = {
  1000: 16,
  1001: 17,
  1002: 18,
  1003: 19,
  1005: 21,
  1007: 23,
  1009: 25,
  1014: 1042,
  1015: 1043,
  1016: 20,
  1021: 700,
  1022: 701,
  1028: 26,
  1115: 1114,
  1182: 1082,
  1185: 1184,
  1231: 1700,
  199: 114,
  2951: 2950,
  3807: 3802,
};

export function kindOf(type: number): SqlKind {
  return KINDS[type] ?? 'text';
}

/** Undefined for what is no array. */
export function elementOf(type: number): number | undefined {
  return ELEMENTS[type];
}

export function isNumber(type: number): boolean {
  return ['integer', 'float', 'numeric'].includes(kindOf(type));
}
