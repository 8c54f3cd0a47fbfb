/** What moves between replicas: typed changes and packed keys. No engine and no platform behind it. */
export { MAX_COLUMN_CLOCK, MAX_DB_VERSION, SENTINEL, type Change, type SqlValue } from './change.ts';
export { keyHasTypes, packKey, unpackKey, type KeyType } from './packed-key.ts';
