/** For vitest: the acceptance suite of the cloud database, and empty databases for the tests of what is built on it. */
export type { CloudPlace } from './cloud-place.ts';
export { runCloudDatabaseTests } from './cloud-tests.ts';
export { CLOUD_KINDS, describeCloud, describeEachCloud, type TestCloud } from './describe-each-cloud.ts';
