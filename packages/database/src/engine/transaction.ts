import type { Driver, Transaction, TransactionMode } from './driver.ts';

const SAVEPOINT = '"\ttributary\t"';

/**
 * Wraps `body` as better-sqlite3 does: BEGIN when it is the outermost transaction, a savepoint inside another; commits
 * when it returns and rolls back when it throws, even if SQLite has already rolled back by itself.
 */
export function createTransaction<A extends unknown[], R>(driver: Driver, body: (...args: A) => R): Transaction<A, R> {
  const wrap =
    (begin: string) =>
    (...args: A): R => {
      const isNested = driver.inTransaction;
      driver.prepare(isNested ? `SAVEPOINT ${SAVEPOINT}` : begin).run();
      try {
        const result = body(...args);
        assertSynchronous(result);
        driver.prepare(isNested ? `RELEASE ${SAVEPOINT}` : 'COMMIT').run();
        return result;
      } catch (error) {
        rollBack(driver, isNested);
        throw error;
      }
    };
  const modes: Record<TransactionMode | 'default', (...args: A) => R> = {
    default: wrap('BEGIN'),
    deferred: wrap('BEGIN DEFERRED'),
    immediate: wrap('BEGIN IMMEDIATE'),
    exclusive: wrap('BEGIN EXCLUSIVE'),
  };
  return Object.assign(wrap('BEGIN'), modes);
}

/** It would commit before its work was done. */
function assertSynchronous(result: unknown): void {
  if (result instanceof Promise) throw new TypeError('Transaction function cannot return a promise');
}

function rollBack(driver: Driver, isNested: boolean): void {
  if (!driver.inTransaction) return;
  if (!isNested) {
    driver.prepare('ROLLBACK').run();
    return;
  }
  driver.prepare(`ROLLBACK TO ${SAVEPOINT}`).run();
  driver.prepare(`RELEASE ${SAVEPOINT}`).run();
}
