import type { Driver } from '../engine/driver.ts';
import { quoteName } from '../engine/quote-name.ts';
import { primaryKeyOf } from '../engine/table-info.ts';

/**
 * cr-sqlite loses the other cells of a row whose key is updated, so the app may not; applied changes pass.
 */
export function guardPrimaryKey(driver: Driver, table: string): void {
  const key = primaryKeyOf(driver, table).map(quoteName);
  const differs = key.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR ');
  driver.exec(
    `CREATE TRIGGER ${quoteName(`${table}_key_guard`)} BEFORE UPDATE OF ${key.join(', ')} ON ${quoteName(table)}
     WHEN crsql_internal_sync_bit() = 0 AND (${differs})
     BEGIN SELECT RAISE(ABORT, 'a primary key is never updated: ${table.replaceAll("'", "''")}'); END`,
  );
}
