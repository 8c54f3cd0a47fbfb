/**
 * A site id names one replica; no two may ever share one, so the id of a copied file is rotated.
 *
 * Rotation relabels: cr-sqlite stores the own site as ordinal 0 of `crsql_site_id`, so giving that ordinal a new id makes
 * every own change the new site's, and pushing them in full is harmless where they are already known. `crsql_site_id()`
 * caches the id at open; this file, and the changes, ask the table.
 */
import type { Driver } from '../engine/driver.ts';
import { bytesToHex } from '../engine/hex.ts';

const OWN_ORDINAL = 0;

export const SITE_ID_BYTES = 16;

export function readSiteId(driver: Driver): Uint8Array {
  const row = driver.prepare('SELECT site_id FROM crsql_site_id WHERE ordinal = ?').pluck().get(OWN_ORDINAL);
  return Uint8Array.from(row as Uint8Array);
}

/** Lower-case, as `devices.site_id` holds it. */
export function siteIdToHex(siteId: Uint8Array): string {
  return bytesToHex(siteId);
}

export function rotateSiteId(driver: Driver, randomBytes: (length: number) => Uint8Array): Uint8Array {
  const siteId = randomBytes(SITE_ID_BYTES);
  driver.prepare('UPDATE crsql_site_id SET site_id = ? WHERE ordinal = ?').run(siteId, OWN_ORDINAL);
  return siteId;
}
