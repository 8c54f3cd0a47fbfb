/**
 * The quotas of the owners whose workspaces are in use: one of each owner, shared by all sessions, there as long as a session
 * has it. They are read anew when something about an account has changed, and every half minute for an owner who is near a
 * limit or over it. When PostgreSQL is away, what was known goes on to count; nobody is kept from working because of that.
 */
import type { AccountChange, AccountChanges } from '../accounts/account-changes.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { OwnerQuota, type OwnerReading } from './owner-quota.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Usage } from './usage.ts';

export interface OwnerQuotasOptions {
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
  readonly changes: AccountChanges;
  readonly clock: Clock;
  readonly logger: Logger;
}

const REFRESH_MS = 30_000;

export class OwnerQuotas {
  readonly #options: OwnerQuotasOptions;
  /** Sessions keep them alive. */
  readonly #quotas = new Map<string, WeakRef<OwnerQuota>>();
  readonly #unlisten: () => void;
  #readings = 0;
  /** What this has told of itself. */
  readonly #own = new WeakSet<AccountChange>();
  #cancel: (() => void) | undefined;

  constructor(options: OwnerQuotasOptions) {
    this.#options = options;
    this.#unlisten = options.changes.listen((change) => this.#changed(change));
  }

  get size(): number {
    return this.#live().length;
  }

  /** As it was at most half a minute ago, if it could be read. */
  async of(ownerId: string, workspaceId: string): Promise<OwnerQuota> {
    const quota = this.#find(ownerId) ?? this.#add(ownerId);
    if (quota.isFresh && quota.has(workspaceId)) return quota;
    // Not waited for: whoever is told may be waiting for this.
    void this.#tell(await this.#read([quota]));
    return quota;
  }

  /** Without asking anybody; undefined where the owner of the workspace is not known. */
  ofWorkspace(workspaceId: string): OwnerQuota | undefined {
    return this.#live().find((quota) => quota.has(workspaceId));
  }

  close(): void {
    this.#unlisten();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #find(ownerId: string): OwnerQuota | undefined {
    return this.#quotas.get(ownerId)?.deref();
  }

  #add(ownerId: string): OwnerQuota {
    const quota = new OwnerQuota(ownerId, () => this.#options.clock.uptimeMs());
    this.#quotas.set(ownerId, new WeakRef(quota));
    this.#schedule();
    return quota;
  }

  #live(): OwnerQuota[] {
    const live: OwnerQuota[] = [];
    for (const [ownerId, reference] of this.#quotas) {
      const quota = reference.deref();
      if (quota === undefined) this.#quotas.delete(ownerId);
      else live.push(quota);
    }
    return live;
  }

  /** From now on nobody is let in with what held before. */
  async #changed(change: AccountChange): Promise<void> {
    if (this.#own.has(change)) return;
    const { userId, workspaceId } = change;
    const isConcerned = (quota: OwnerQuota): boolean =>
      quota.ownerId === userId || (workspaceId !== undefined && quota.has(workspaceId));
    const concerned = this.#live().filter(isConcerned);
    for (const quota of concerned) quota.want(this.#readings + 1);
    await this.#tell(await this.#read(concerned));
  }

  /** Those of them that refuse from now on, or no longer. */
  async #read(quotas: readonly OwnerQuota[]): Promise<OwnerQuota[]> {
    if (quotas.length === 0) return [];
    const number = ++this.#readings;
    const readings = await this.#readingsOf(
      quotas.map(({ ownerId }) => ownerId),
      number,
    );
    return quotas.filter((quota) => {
      const reading = readings.get(quota.ownerId);
      return reading !== undefined && quota.take(reading);
    });
  }

  /** By owner; empty where PostgreSQL does not answer. */
  async #readingsOf(ownerIds: readonly string[], number: number): Promise<Map<string, OwnerReading>> {
    const { subscriptions, usage, clock, logger } = this.#options;
    const readAtMs = clock.uptimeMs();
    try {
      const plans = await subscriptions.plansOf(ownerIds);
      const workspaces = await usage.ofOwners(ownerIds);
      return new Map(
        Array.from(plans, ([ownerId, accountPlan]) => [
          ownerId,
          { accountPlan, workspaces: workspaces.get(ownerId) ?? [], readAtMs, number },
        ]),
      );
    } catch (error) {
      logger.warn({ err: error }, 'what accounts have used cannot be read; what was known goes on to count');
      return new Map();
    }
  }

  /** Everybody in the workspaces of these owners: those who were refused try again. */
  async #tell(turned: readonly OwnerQuota[]): Promise<void> {
    const { changes, logger } = this.#options;
    const tellOf = async (workspaceId: string): Promise<void> => {
      const change = { workspaceId };
      this.#own.add(change);
      try {
        await changes.tell(change);
      } catch (error) {
        logger.error({ err: error, workspaceId }, 'a change of what is left of a plan could not be told');
      }
    };
    await Promise.all(turned.flatMap(({ workspaceIds }) => workspaceIds.map(tellOf)));
  }

  #schedule(): void {
    this.#cancel ??= this.#options.clock.setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    this.#cancel = undefined;
    const live = this.#live();
    if (live.length > 0) this.#schedule();
    const now = this.#options.clock.now();
    await this.#tell(await this.#read(live.filter((quota) => quota.isWorthReading(now))));
  }
}
