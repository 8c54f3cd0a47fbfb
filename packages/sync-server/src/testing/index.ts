/** For vitest: the acceptance suites of the ports, and empty databases for what is built on them. */
export { runCloudDatabaseTests } from '../cloud/testing/cloud-tests.ts';
export type { CloudPlace } from '../cloud/testing/cloud-place.ts';
export { CLOUD_KINDS, describeEachCloud, type TestCloud } from '../cloud/testing/describe-each-cloud.ts';
export { findPostgresPrograms, startPostgres, type OwnPostgres } from '../cloud/testing/own-postgres.ts';
export { tablesWith } from '../cloud/testing/tables-with.ts';
export { decodeStoredRow, type StoredRow } from '../projector/stored-row.ts';
export { runLogTests, type LogStore } from '../log/testing/log-tests.ts';
