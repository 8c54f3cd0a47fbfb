/**
 * Who of the accounts may sync, with which replica, and how much of a plan is left. A replica is one person's: nobody else may
 * push in its name, and the same person may take it to another device. The limit of devices is that of the person's own plan,
 * and asked when a device syncs for the first time: with a lesser plan those that sync already go on.
 *
 * While PostgreSQL is away people are let in as before, with what is known of their quota; a replica that is new then is
 * remembered the next time.
 */
import { ProtocolError } from '@tributary/sync/protocol';
import type { AccountStore } from '../accounts/account-store.ts';
import { UNLIMITED, type AdmissionRequest, type Admitted, type Gate, type Quota } from '../auth/gate.ts';
import type { SignIn } from '../auth/identity.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';
import { plural } from '../cli/output/quantities.ts';
import { OwnerQuotas, type OwnerQuotasOptions } from './owner-quotas.ts';
import type { Plan } from './plans.ts';
import { syncingDevices } from './usage.ts';

export interface AccountGateOptions extends OwnerQuotasOptions {
  readonly store: AccountStore;
}

interface Site extends SignIn {
  readonly userId: string;
  readonly workspaceId: string;
  readonly siteId: Uint8Array;
}

const FOREIGN_KEY_VIOLATION = '23503';

export class AccountGate implements Gate {
  readonly #options: AccountGateOptions;
  readonly #quotas: OwnerQuotas;
  readonly #hasByteLimits: boolean;
  readonly #hasDeviceLimits: boolean;

  constructor(options: AccountGateOptions) {
    const { all } = options.subscriptions.plans;
    this.#options = options;
    this.#quotas = new OwnerQuotas(options);
    this.#hasByteLimits = all.some(({ storedBytes }) => storedBytes !== undefined);
    this.#hasDeviceLimits = all.some(({ devices }) => devices !== undefined);
  }

  async admit({ identity, workspaceId, siteId }: AdmissionRequest): Promise<Admitted> {
    const { userId, signIn } = identity;
    if (signIn !== undefined) await this.#remember({ ...signIn, userId, workspaceId, siteId });
    return { quota: this.#hasByteLimits ? await this.#quotaOf(workspaceId, userId) : UNLIMITED };
  }

  close(): void {
    this.#quotas.close();
  }

  async #remember(site: Site): Promise<void> {
    try {
      if (await this.#isKnown(site)) return;
      const plan = this.#hasDeviceLimits ? await this.#planOf(site.userId) : undefined;
      await this.#options.store.transaction(async (queries) => {
        if (plan?.devices !== undefined) await expectRoom(queries, site, { ...plan, devices: plan.devices });
        if (!(await saveSite(queries, site))) throw taken();
      });
    } catch (error) {
      if (error instanceof CloudError && error.sqlState === FOREIGN_KEY_VIOLATION) throw gone(error);
      if (!isUnavailable(error)) throw error;
      this.#options.logger.warn({ err: error }, 'a replica was let in without being remembered: PostgreSQL is away');
    }
  }

  async #planOf(userId: string): Promise<Plan> {
    return (await this.#options.subscriptions.planOf(userId)).plan;
  }

  async #isKnown({ workspaceId, siteId, userId, deviceId }: Site): Promise<boolean> {
    const known = await this.#options.store.find<{ user_id: string; device_id: string }>(
      'SELECT user_id, device_id FROM auth.sites WHERE workspace_id = $1 AND site_id = $2',
      [workspaceId, siteId],
    );
    if (known !== undefined && known.user_id !== userId) throw taken();
    return known?.device_id === deviceId;
  }

  async #quotaOf(workspaceId: string, userId: string): Promise<Quota> {
    try {
      const workspace = await this.#options.store.find<{ owner_id: string }>(
        'SELECT owner_id FROM auth.workspaces WHERE id = $1',
        [workspaceId],
      );
      if (workspace === undefined) return UNLIMITED;
      const quota = await this.#quotas.of(workspace.owner_id, workspaceId);
      return quota.of(workspaceId, userId);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return this.#quotas.ofWorkspace(workspaceId)?.of(workspaceId, userId) ?? UNLIMITED;
    }
  }
}

/** Of two new devices at once, the second one finds the first. */
async function expectRoom(
  queries: CloudQueries,
  { userId, deviceId }: Site,
  { label, devices }: Plan & { readonly devices: number },
): Promise<void> {
  await queries.query('SELECT 1 FROM auth.users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
  const sites = await queries.query('SELECT 1 FROM auth.sites WHERE device_id = $1 LIMIT 1', [deviceId]);
  if (sites.length > 0) return;
  const syncing = await syncingDevices(queries, userId);
  if (syncing < devices) return;
  const verb = syncing === 1 ? 'syncs' : 'sync';
  throw new ProtocolError(
    'too_many_devices',
    `the plan ${label} includes ${plural(devices, 'device')}, and ${syncing} ${verb} already: revoke one that is no longer ` +
      'used, or choose another plan',
  );
}

/** False where another account has it. */
async function saveSite(queries: CloudQueries, { workspaceId, siteId, userId, deviceId }: Site): Promise<boolean> {
  const saved = await queries.query(
    `INSERT INTO auth.sites AS known (workspace_id, site_id, user_id, device_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_id, site_id) DO UPDATE SET device_id = excluded.device_id
     WHERE known.user_id = excluded.user_id
     RETURNING 1`,
    [workspaceId, siteId, userId, deviceId],
  );
  return saved.length > 0;
}

function taken(): ProtocolError {
  return new ProtocolError('site_taken', 'this replica has synced with another account');
}

function gone(cause: unknown): ProtocolError {
  return new ProtocolError('forbidden', 'the workspace, the account or the device is not there any more', { cause });
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'accounts_unavailable';
}
