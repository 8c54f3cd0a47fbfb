import { expect, test } from 'vitest';
import type { Driver } from '../../engine/driver.ts';

export function crsqliteTests(driver: () => Driver): void {
  test('its extension is loaded and a table becomes a CRR', () => {
    driver().exec(`CREATE TABLE crr (id TEXT PRIMARY KEY NOT NULL, n INTEGER); SELECT crsql_as_crr('main', 'crr')`);
    driver().prepare('INSERT INTO crr VALUES (?, ?)').run('a', 5);
    const change = driver().prepare('SELECT cid, val, typeof(val) AS type, site_id FROM crsql_changes').safeIntegers();
    expect(change.get()).toMatchObject({ cid: 'n', val: 5n, type: 'integer' });
    expect((driver().prepare('SELECT crsql_site_id()').pluck().get() as Uint8Array).length).toBe(16);
  });
}
