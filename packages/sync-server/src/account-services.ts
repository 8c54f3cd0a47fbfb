/**
 * Accounts and billing beside the relay: who there is, what each may do and how much of it. What changes there reaches the
 * relay at once, and what is deleted there is erased from its log and from the cloud copy.
 */
import { createAccounts, type Accounts, type AccountsOptions } from './accounts/create-accounts.ts';
import { AccountChanges } from './accounts/account-changes.ts';
import { AccountStore } from './accounts/account-store.ts';
import { AccountDeletion } from './accounts/erasure/account-deletion.ts';
import { Eraser } from './accounts/erasure/eraser.ts';
import { WORKSPACE_PERSONAL_TABLES } from './accounts/erasure/personal-tables.ts';
import { Invitations } from './accounts/workspaces/invitations.ts';
import { Members } from './accounts/workspaces/members.ts';
import { WorkspaceAdmin } from './accounts/workspaces/workspace-admin.ts';
import { Workspaces } from './accounts/workspaces/workspaces.ts';
import type { Gate } from './auth/gate.ts';
import type { Authenticate } from './auth/identity.ts';
import { AccountGate } from './billing/account-gate.ts';
import { Payments } from './billing/payments.ts';
import { Plans } from './billing/plans.ts';
import { StripeProvider } from './billing/stripe-provider.ts';
import { Subscriptions } from './billing/subscriptions.ts';
import { Usage } from './billing/usage.ts';
import { Webhook } from './billing/webhook.ts';
import type { Clock } from './clock.ts';
import type { CloudCopy } from './cloud-copy.ts';
import type { AccountWork } from './control/account-work.ts';
import { addAccountRoutes } from './http/api/account-routes.ts';
import type { Api } from './http/api/api.ts';
import { addAuthRoutes } from './http/api/auth-routes.ts';
import { addBillingRoutes } from './http/api/billing-routes.ts';
import { addDeletionRoutes } from './http/api/deletion-routes.ts';
import { addDeviceRoutes } from './http/api/device-routes.ts';
import { addInvitationRoutes } from './http/api/invitation-routes.ts';
import { addOidcRoutes } from './http/api/oidc-routes.ts';
import type { WebOptions } from './http/api/refresh-cookie.ts';
import { signedIn } from './http/api/signed-in.ts';
import { addUsageRoutes } from './http/api/usage-routes.ts';
import { addWorkspaceRoutes } from './http/api/workspace-routes.ts';
import type { Log } from './log/log.ts';
import type { Logger } from './logger.ts';
import type { Relay } from './relay.ts';

/** What of them can be chosen. */
export interface AccountSettings extends Pick<AccountsOptions, 'signup' | 'oidc' | 'rates' | 'hashing'> {
  readonly plans?: Plans | undefined;
  readonly stripe?: StripeSettings | undefined;
  /** How long somebody whose payment has failed keeps the plan. */
  readonly graceMs?: number | undefined;
}

export interface StripeSettings {
  /** Without it nobody can pay from here. */
  readonly key?: string | undefined;
  /** Without one, what the provider tells is not believed. */
  readonly webhookSecrets?: readonly string[] | undefined;
  /** Where its API is; by default where Stripe has it. */
  readonly address?: URL | undefined;
}

export interface AccountServicesOptions extends AccountSettings {
  readonly cloud: CloudCopy;
  readonly log: Log;
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  /** Knows the tokens that are of no account. */
  readonly others: Authenticate;
  readonly toleranceMs: number;
  readonly web: WebOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class AccountServices {
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly deletion: AccountDeletion;
  readonly subscriptions: Subscriptions;
  readonly #options: AccountServicesOptions;
  readonly #workspaceAdmin: WorkspaceAdmin;
  readonly #changes = new AccountChanges();
  readonly #usage: Usage;
  readonly #payments: Payments;
  readonly #webhook: Webhook | undefined;
  readonly #gate: AccountGate;
  readonly #eraser: Eraser;
  #relay: Relay | undefined;

  constructor(options: AccountServicesOptions) {
    const { cloud, log, clock, logger, plans = new Plans(), stripe = {}, graceMs } = options;
    const changes = this.#changes;
    const store = new AccountStore(() => cloud.database);
    const shared = { store, changes, clock, logger, plans, graceMs };
    this.#options = options;
    this.accounts = createAccounts({ ...options, store, changes });
    this.subscriptions = new Subscriptions(shared);
    this.#usage = new Usage(store);
    const { subscriptions } = this;
    const { key, address, webhookSecrets = [] } = stripe;
    const provider = key === undefined ? undefined : new StripeProvider({ key, logger, ...(address && { address }) });
    this.#payments = new Payments({ store, subscriptions, provider });
    this.#webhook = webhookSecrets.length === 0 ? undefined : new Webhook({ ...shared, secrets: webhookSecrets });
    this.#gate = new AccountGate({ ...shared, subscriptions, usage: this.#usage });
    this.#eraser = new Eraser({
      store,
      log,
      clock,
      logger,
      tables: WORKSPACE_PERSONAL_TABLES,
      cloud: () => cloud.database,
      forget: (workspaceId) => cloud.forget(workspaceId),
      closeWorkspace: async (workspaceId) => (await this.#relay?.closeWorkspace(workspaceId)) ?? (() => undefined),
      stored: (workspaceId, head) => cloud.stored(workspaceId, head),
    });
    const onErasure = (): void => this.#eraser.wake();
    this.workspaces = new Workspaces({ store, changes, onErasure });
    this.members = new Members({ store, changes });
    this.#workspaceAdmin = new WorkspaceAdmin({ store, changes });
    this.invitations = new Invitations({ store, changes, clock });
    const { confirmation } = this.accounts;
    const beforeDelete = (userId: string): Promise<void> => this.#payments.beforeDelete(userId);
    this.deletion = new AccountDeletion({ store, changes, confirmation, beforeDelete, onErasure });
  }

  get authenticate(): Authenticate {
    return this.accounts.authenticate;
  }

  get gate(): Gate {
    return this.#gate;
  }

  /** What commands do with accounts. */
  get work(): AccountWork {
    const { workspaces, members, invitations, deletion } = this;
    const { admin, devices } = this.accounts;
    const erased = (): Promise<void> => this.#eraser.done();
    return { admin, devices, workspaceAdmin: this.#workspaceAdmin, workspaces, members, invitations, deletion, erased };
  }

  /** When the relay takes people in. */
  start(relay: Relay): void {
    this.#relay = relay;
    this.#changes.listen((change) => relay.recheck(change));
    this.accounts.upkeep.start();
    this.#eraser.start();
  }

  async stop(): Promise<void> {
    this.accounts.upkeep.stop();
    this.#gate.close();
    await this.#eraser.stop();
  }

  addRoutes(api: Api): void {
    const { authenticate, accounts, workspaces, members, invitations, deletion, subscriptions } = this;
    const { clock, web, toleranceMs } = this.#options;
    const now = (): number => clock.now();
    const uptimeMs = (): number => clock.uptimeMs();
    const shared = { ...accounts, signedIn: signedIn({ authenticate, now, uptimeMs, toleranceMs }), web, clock };
    const [usage, payments, webhook] = [this.#usage, this.#payments, this.#webhook];
    addAuthRoutes(api, shared);
    addOidcRoutes(api, shared);
    addAccountRoutes(api, shared);
    addDeviceRoutes(api, shared);
    addDeletionRoutes(api, { ...shared, deletion });
    addWorkspaceRoutes(api, { ...shared, workspaces, members });
    addInvitationRoutes(api, { ...shared, invitations });
    addBillingRoutes(api, { ...shared, subscriptions, usage, payments, webhook });
    addUsageRoutes(api, { ...shared, usage });
  }
}
