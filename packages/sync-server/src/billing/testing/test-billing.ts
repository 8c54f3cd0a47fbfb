/** Accounts, devices, workspaces and what they have stored, as rows: what billing reads and others write. */
import { randomUUID } from 'node:crypto';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { AccountChanges, type AccountChange } from '../../accounts/account-changes.ts';
import { AccountStore } from '../../accounts/account-store.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { migrateAccounts, migrateCloud } from '../../cloud/migrate-cloud.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { Plans, type Plan } from '../plans.ts';
import { Subscriptions, type SubscriptionStatus } from '../subscriptions.ts';

export const FREE: Plan = { name: 'free', label: 'Free', devices: 2, storedBytes: 1000, historyDays: 7, prices: [] };
export const TEAM: Plan = { name: 'team', label: 'Team', devices: 5, storedBytes: 5000, prices: ['price_team'] };
export const PRO: Plan = { name: 'pro', label: 'Pro', prices: ['price_pro', 'price_pro_year'] };

export const PLANS = new Plans([FREE, TEAM, PRO], FREE);

export const DAY_MS = 86_400_000;

export interface TestSubscription {
  readonly plan: string;
  readonly status?: SubscriptionStatus;
  readonly stripeSubscriptionId?: string;
  readonly stripeCustomerId?: string;
  readonly currentPeriodEnd?: number;
  readonly cancelAtPeriodEnd?: boolean;
  readonly saidAt?: number;
}

export class TestBilling {
  readonly cloud: CloudDatabase;
  readonly clock = new FakeClock();
  readonly changes = new AccountChanges();
  readonly logger = new RecordingLogger();
  readonly store: AccountStore;
  readonly subscriptions: Subscriptions;
  /** What has been told of. */
  readonly told: AccountChange[] = [];
  isAway = false;
  readonly #asked = new Set<Promise<unknown>>();

  constructor(cloud: CloudDatabase, plans = PLANS) {
    this.cloud = cloud;
    this.store = new AccountStore(() => (this.isAway ? undefined : this.#counted));
    this.changes.listen((change) => void this.told.push(change));
    const { store, changes, clock } = this;
    this.subscriptions = new Subscriptions({ store, changes, plans, clock });
  }

  static async migrate(cloud: CloudDatabase): Promise<void> {
    await migrateCloud(cloud, workspaceCloudSchema.migrations);
    await migrateAccounts(cloud);
  }

  /** Whatever has been asked of the database is answered, and has had its consequences. */
  async settle(): Promise<void> {
    do {
      await Promise.allSettled(this.#asked);
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#asked.size > 0);
  }

  get #counted(): CloudDatabase {
    const { cloud } = this;
    const asked = <T>(answer: Promise<T>): Promise<T> => {
      const done = (): void => void this.#asked.delete(answer);
      this.#asked.add(answer);
      answer.then(done, done);
      return answer;
    };
    return {
      ...cloud,
      query: (...args) => asked(cloud.query(...args)),
      transaction: (...args) => asked(cloud.transaction(...args)),
    };
  }

  elapse(ms: number): void {
    for (let left = ms; left > 0;) left -= this.clock.advanceToNext(left);
  }

  async addUser(): Promise<string> {
    const id = randomUUID();
    await this.cloud.query('INSERT INTO auth.users (id, email) VALUES ($1, $2)', [id, `${id}@example.com`]);
    return id;
  }

  async addDevice(userId: string): Promise<string> {
    const id = randomUUID();
    await this.cloud.query('INSERT INTO auth.devices (id, user_id) VALUES ($1, $2)', [id, userId]);
    return id;
  }

  async revokeDevice(id: string): Promise<void> {
    await this.cloud.query('UPDATE auth.devices SET revoked_at = now() WHERE id = $1', [id]);
  }

  async addWorkspace(ownerId: string): Promise<string> {
    const id = randomUUID();
    await this.cloud.query('INSERT INTO auth.workspaces (id, owner_id) VALUES ($1, $2)', [id, ownerId]);
    await this.cloud.query(`INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, 'owner')`, [
      id,
      ownerId,
    ]);
    return id;
  }

  /** As the projector counts. */
  async addUsage(workspaceId: string, bytes: number, day = '2026-01-01'): Promise<void> {
    await this.cloud.query(
      `INSERT INTO billing.usage_days AS known (workspace_id, day, entries, changes, bytes) VALUES ($1, $2, 1, 3, $3)
       ON CONFLICT (workspace_id, day) DO UPDATE SET
         entries = known.entries + 1, changes = known.changes + 3, bytes = known.bytes + excluded.bytes`,
      [workspaceId, day, BigInt(bytes)],
    );
  }

  async subscribe(userId: string, subscription: TestSubscription): Promise<void> {
    const { plan, status = 'active', cancelAtPeriodEnd = false, currentPeriodEnd } = subscription;
    await this.cloud.query(
      `INSERT INTO billing.subscriptions
         (id, user_id, stripe_subscription_id, stripe_customer_id, plan, status, current_period_end, cancel_at_period_end, said_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        randomUUID(),
        userId,
        subscription.stripeSubscriptionId ?? null,
        subscription.stripeCustomerId ?? null,
        plan,
        status,
        currentPeriodEnd === undefined ? null : new Date(currentPeriodEnd),
        cancelAtPeriodEnd,
        new Date(subscription.saidAt ?? this.clock.now()),
      ],
    );
  }
}
