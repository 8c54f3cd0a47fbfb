/** What every cloud database must do, whatever it is. `cloud` gives an empty one for each test. */
import { runDatabaseTests } from './database-tests.ts';
import type { TestCloud } from './describe-each-cloud.ts';
import { runParamTests } from './param-tests.ts';
import { runTransactionTests } from './transaction-tests.ts';
import { runValueTests } from './value-tests.ts';
import { describe } from 'vitest';

export function runCloudDatabaseTests(cloud: TestCloud): void {
  describe('values', () => {
    runValueTests(cloud);
  });
  describe('parameters', () => {
    runParamTests(cloud);
  });
  describe('transactions', () => {
    runTransactionTests(cloud);
  });
  describe('the database', () => {
    runDatabaseTests(cloud);
  });
}
