/** Where an account is signed in, and shutting a device out. */
import type { Clock } from '../clock.ts';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';
import type { AccountChanges } from './account-changes.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import { endSessions, type Device } from './session-rows.ts';

export interface DevicesOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly clock: Clock;
}

export interface ListedDevice extends Device {
  readonly createdAt: Date;
  /** To the hour. */
  readonly lastSeenAt: Date;
  readonly revokedAt: Date | null;
  /** The replicas that synced there. */
  readonly sites: readonly DeviceSite[];
}

export interface DeviceSite {
  readonly workspaceId: string;
  /** In hexadecimal. */
  readonly siteId: string;
}

export interface OwnDevice {
  readonly userId: string;
  readonly deviceId: string;
}

export class Devices {
  readonly #options: DevicesOptions;

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  /** The one that was heard of last comes first. */
  list(userId: string): Promise<ListedDevice[]> {
    return this.#options.store.query<ListedDevice>(
      `SELECT id, name, platform, created_at AS "createdAt", last_seen_at AS "lastSeenAt", revoked_at AS "revokedAt",
         (SELECT coalesce(jsonb_agg(jsonb_build_object('workspaceId', workspace_id, 'siteId', encode(site_id, 'hex'))
            ORDER BY workspace_id, site_id), '[]') FROM auth.sites WHERE device_id = devices.id) AS sites
       FROM auth.devices WHERE user_id = $1 ORDER BY last_seen_at DESC, id`,
      [userId],
    );
  }

  async rename({ userId, deviceId }: OwnDevice, name: string): Promise<void> {
    const renamed = await this.#options.store.query(
      'UPDATE auth.devices SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING id',
      [deviceId, userId, name],
    );
    if (renamed.length === 0) throw noSuchDevice();
  }

  /** Its next push or pull is refused. It may come back as a new device, by signing in. */
  async revoke({ userId, deviceId }: OwnDevice, address?: string): Promise<void> {
    const { store, changes, clock } = this.#options;
    const now = new Date(clock.now());
    await store.transaction(async (queries) => {
      await endSessions(queries, { userId, deviceId, reason: 'revoked', now });
      const [revoked] = await queries.query<{ name: string }>(
        `UPDATE auth.devices SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING name`,
        [deviceId, userId, now],
      );
      if (revoked === undefined) return expectOwn(queries, { userId, deviceId });
      return recordEvent(queries, { kind: 'device-revoked', userId, address, detail: revoked.name });
    });
    await changes.tell({ userId });
  }
}

async function expectOwn(queries: CloudQueries, { userId, deviceId }: OwnDevice): Promise<void> {
  const own = await queries.query('SELECT id FROM auth.devices WHERE id = $1 AND user_id = $2', [deviceId, userId]);
  if (own.length === 0) throw noSuchDevice();
}

function noSuchDevice(): ApiError {
  return new ApiError('not_found', 'the account has no such device');
}
