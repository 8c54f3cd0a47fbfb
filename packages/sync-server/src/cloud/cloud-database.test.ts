import { runCloudDatabaseTests } from './testing/cloud-tests.ts';
import { describeEachCloud } from './testing/describe-each-cloud.ts';

describeEachCloud('the cloud database', runCloudDatabaseTests);
