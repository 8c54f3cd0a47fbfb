/** What accounts have used: what the projector has counted, and the devices that sync. */
import type { AccountStore } from '../accounts/account-store.ts';
import type { CloudQueries } from '../cloud/cloud-database.ts';

export interface WorkspaceUsage {
  readonly workspaceId: string;
  readonly name: string;
  readonly storedBytes: number;
}

export interface DayUsage {
  /** As YYYY-MM-DD, in UTC. */
  readonly day: string;
  readonly entries: number;
  readonly changes: number;
  readonly bytes: number;
}

/** The first and the last day, both as YYYY-MM-DD. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

export class Usage {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  /** By owner, each workspace that the owner has. */
  async ofOwners(ownerIds: readonly string[]): Promise<Map<string, WorkspaceUsage[]>> {
    const rows = await this.#store.query<{ owner_id: string; id: string; name: string; bytes: bigint }>(
      `SELECT w.owner_id, w.id, w.name,
         coalesce((SELECT sum(u.bytes) FROM billing.usage_days u WHERE u.workspace_id = w.id), 0)::bigint AS bytes
       FROM auth.workspaces w WHERE w.owner_id = ANY ($1::uuid[]) ORDER BY w.created_at, w.id`,
      [ownerIds],
    );
    const byOwner = new Map<string, WorkspaceUsage[]>(ownerIds.map((ownerId) => [ownerId, []]));
    for (const { owner_id: ownerId, id, name, bytes } of rows) {
      byOwner.get(ownerId)?.push({ workspaceId: id, name, storedBytes: Number(bytes) });
    }
    return byOwner;
  }

  /** By workspace; days on which nothing was stored are left out. */
  async ofDays(workspaceIds: readonly string[], { from, to }: Days): Promise<Map<string, DayUsage[]>> {
    const rows = await this.#store.query<{
      workspace_id: string;
      day: string;
      entries: bigint;
      changes: bigint;
      bytes: bigint;
    }>(
      `SELECT workspace_id, day, entries, changes, bytes FROM billing.usage_days
       WHERE workspace_id = ANY ($1::text[]) AND day BETWEEN $2::date AND $3::date ORDER BY day`,
      [workspaceIds, from, to],
    );
    const byWorkspace = new Map<string, DayUsage[]>(workspaceIds.map((workspaceId) => [workspaceId, []]));
    for (const { workspace_id: workspaceId, day, entries, changes, bytes } of rows) {
      const usage = { day, entries: Number(entries), changes: Number(changes), bytes: Number(bytes) };
      byWorkspace.get(workspaceId)?.push(usage);
    }
    return byWorkspace;
  }

  devicesOf(userId: string): Promise<number> {
    return syncingDevices(this.#store, userId);
  }
}

/**
 * The devices that a plan's limit counts: signed in, not revoked, and synced with at least once. One that only looks at the
 * account is not among them.
 */
export async function syncingDevices(queries: Pick<CloudQueries, 'query'>, userId: string): Promise<number> {
  const [row] = await queries.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM auth.devices d
     WHERE d.user_id = $1 AND d.revoked_at IS NULL AND EXISTS (SELECT 1 FROM auth.sites s WHERE s.device_id = d.id)`,
    [userId],
  );
  return row?.n ?? 0;
}
