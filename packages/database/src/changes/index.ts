/** What moves between replicas: typed changes, packed keys, and the rules for both. No engine and no platform behind it. */
export { MAX_COLUMN_CLOCK, MAX_DB_VERSION, SENTINEL, type Change, type SqlValue } from './change.ts';
export { changeFault } from './change-rules.ts';
export { describeSchema } from './describe-schema.ts';
export { keyHasTypes, packKey, unpackKey, type KeyType } from './packed-key.ts';
export type { Affinity, ReplicatedColumn, ReplicatedTable } from './replicated-table.ts';
export { quoteName } from '../engine/quote-name.ts';
export { bytesToHex, hexToBytes } from '../engine/hex.ts';
export { SITE_ID_BYTES, siteIdToHex } from './site-id.ts';
export { latestVersionSql, touchedColumnsSql } from './touched-rows.ts';
