/** From PostgreSQL's text of a value to JavaScript, by the type of the column: the one place where that is decided. */
import type { CloudValue } from '../cloud-database.ts';
import { refuse } from '../cloud-error.ts';
import { parseArrayText } from './array-text.ts';
import { parseTimestampText } from './timestamp-text.ts';

type Parse = (text: string) => CloudValue;

interface PostgresType {
  readonly oid: number;
  readonly arrayOid: number;
  readonly parse: Parse;
}

const asText: Parse = (text) => text;
const parseTimestamp: Parse = (text) => parseTimestampText(text) ?? text;
const parseJson: Parse = (text) => JSON.parse(text) as CloudValue;

/** The numbers are those of pg_type, the same in every PostgreSQL. */
const TYPES: readonly PostgresType[] = [
  { oid: 16, arrayOid: 1000, parse: (text) => text === 't' }, // bool
  { oid: 17, arrayOid: 1001, parse: parseBytea },
  { oid: 19, arrayOid: 1003, parse: asText }, // name
  { oid: 20, arrayOid: 1016, parse: BigInt }, // int8
  { oid: 21, arrayOid: 1005, parse: Number }, // int2
  { oid: 23, arrayOid: 1007, parse: Number }, // int4
  { oid: 25, arrayOid: 1009, parse: asText }, // text
  { oid: 26, arrayOid: 1028, parse: Number }, // oid
  { oid: 114, arrayOid: 199, parse: parseJson }, // json
  { oid: 700, arrayOid: 1021, parse: Number }, // float4
  { oid: 701, arrayOid: 1022, parse: Number }, // float8
  { oid: 1042, arrayOid: 1014, parse: asText }, // char(n)
  { oid: 1043, arrayOid: 1015, parse: asText }, // varchar
  { oid: 1082, arrayOid: 1182, parse: asText }, // date
  { oid: 1114, arrayOid: 1115, parse: parseTimestamp }, // timestamp
  { oid: 1184, arrayOid: 1185, parse: parseTimestamp }, // timestamptz
  { oid: 1700, arrayOid: 1231, parse: asText }, // numeric
  { oid: 2950, arrayOid: 2951, parse: asText }, // uuid
  { oid: 3802, arrayOid: 3807, parse: parseJson }, // jsonb
];

const PARSERS: ReadonlyMap<number, Parse> = new Map(
  TYPES.flatMap(({ oid, arrayOid, parse }): [number, Parse][] => [
    [oid, parse],
    [arrayOid, (text) => parseArrayText(text, parse)],
  ]),
);

export function parserOf(typeOid: number): Parse {
  return PARSERS.get(typeOid) ?? asText;
}

function parseBytea(text: string): Uint8Array {
  if (!text.startsWith(String.raw`\x`)) {
    throw refuse('22023', 'the database writes bytea as escape: set its bytea_output to hex');
  }
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
}
