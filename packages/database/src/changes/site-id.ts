/**
 * A site id names one replica; no two may ever share one. Copying a database file copies its id, so the file remembers
 * which file it is, and an id is rotated when it wakes up in another.
 *
 * Rotation relabels: cr-sqlite stores the own site as ordinal 0 of `crsql_site_id`, so giving that ordinal a new id makes
 * every own change the new site's, and pushing them in full is harmless where they are already known. `crsql_site_id()`
 * caches the id at open; this file, and the changes, ask the table.
 */
import type { Driver } from '../engine/driver.ts';

const OWN_ORDINAL = 0;
const FILE_IDENTITY_KEY = 'file_identity';

export const SITE_ID_BYTES = 16;

export function readSiteId(driver: Driver): Uint8Array {
  const row = driver.prepare('SELECT site_id FROM crsql_site_id WHERE ordinal = ?').pluck().get(OWN_ORDINAL);
  return Uint8Array.from(row as Uint8Array);
}

/** Lower-case, as `devices.site_id` holds it. */
export function siteIdToHex(siteId: Uint8Array): string {
  return Array.from(siteId, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function rotateSiteId(driver: Driver, randomBytes: (length: number) => Uint8Array): Uint8Array {
  const siteId = randomBytes(SITE_ID_BYTES);
  driver.prepare('UPDATE crsql_site_id SET site_id = ? WHERE ordinal = ?').run(siteId, OWN_ORDINAL);
  return siteId;
}

/** True when the file last said it was another file: it is a copy, or a restored backup. Then it says it is this one. */
export function adoptFile(driver: Driver, fileIdentity: string): boolean {
  const known = driver.prepare('SELECT value FROM local_meta WHERE key = ?').pluck().get(FILE_IDENTITY_KEY);
  if (known === fileIdentity) return false;
  driver
    .prepare('INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run(FILE_IDENTITY_KEY, fileIdentity);
  return known !== undefined;
}
