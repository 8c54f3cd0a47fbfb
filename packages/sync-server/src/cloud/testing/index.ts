/** For vitest: the acceptance suite of the cloud database, and empty databases for the tests of what is built on it. */
export { runCloudDatabaseTests } from './cloud-tests.ts';
export {
  CLOUD_KINDS,
  describeCloud,
  describeEachCloud,
  type CloudPlace,
  type TestCloud,
} from './describe-each-cloud.ts';
