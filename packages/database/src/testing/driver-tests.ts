/**
 * The Driver contract in executable form. An engine's own test is a few lines:
 *
 *   runDriverTests('wasm', { open: (path) => openDriver({ path, engine: 'wasm' }), createDirectory });
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Driver } from '../engine/driver.ts';
import { crsqliteTests } from './driver/crsqlite-tests.ts';
import type { DriverTestOptions } from './driver/driver-test-options.ts';
import { drizzleTests } from './driver/drizzle-tests.ts';
import { fileTests } from './driver/file-tests.ts';
import { functionTests } from './driver/function-tests.ts';
import { observationTests } from './driver/observation-tests.ts';
import { statementTests } from './driver/statement-tests.ts';
import { transactionTests } from './driver/transaction-tests.ts';
import { valueTests } from './driver/value-tests.ts';

export function runDriverTests(engine: string, options: DriverTestOptions): void {
  describe(`the ${engine} driver`, () => {
    let driver: Driver;
    beforeEach(async () => {
      driver = await options.open(':memory:');
    });
    afterEach(() => driver.close());
    const current = () => driver;

    describe('statements', () => statementTests(current));
    describe('values', () => valueTests(current));
    describe('transactions', () => transactionTests(current));
    describe('functions', () => functionTests(current));
    describe('updates and reads', () => observationTests(current));
    describe('cr-sqlite', () => crsqliteTests(current));
    describe('drizzle-orm/better-sqlite3', () => drizzleTests(current));
    describe('files', () => fileTests(options));
  });
}
