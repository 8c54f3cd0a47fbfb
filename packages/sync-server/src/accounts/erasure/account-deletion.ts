/**
 * An account goes, and everything that is its owner's own with it: what it signs in with, its devices, the workspaces that
 * nobody else owns, and the rows about the person in those that live on. What the person wrote in these stays, as it belongs
 * to the workspace.
 */
import type { Role } from '../../auth/identity.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import { ApiError } from '../../errors.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import type { Confirmation } from '../confirmation.ts';
import { queueErasure } from './erasures.ts';

export interface DeletionForecast {
  /** What has to be shown: the current password, or for an account without one that it has just signed in. */
  readonly needs: 'password' | 'fresh-sign-in';
  /** Nobody else owns them: they go, for everybody. */
  readonly deleted: readonly DeletedWorkspace[];
  /** They live on. */
  readonly left: readonly LeftWorkspace[];
}

export interface DeletedWorkspace {
  readonly id: string;
  readonly name: string;
  readonly otherMembers: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
}

export interface LeftWorkspace {
  readonly id: string;
  readonly name: string;
  /** Towards whose plan it counts from then on; undefined where that does not change. */
  readonly newPayer: { readonly id: string; readonly name: string } | undefined;
}

export interface AccountDeletionOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly confirmation: Pick<Confirmation, 'check'>;
  /** Ends what costs money. Where it fails, nothing is deleted. */
  readonly beforeDelete?: (userId: string) => Promise<void>;
  /** There is something to erase. */
  readonly onErasure: () => void;
}

export interface DeletionRequest {
  readonly account: Parameters<Confirmation['check']>[0];
  /** Of the account, to be sure. */
  readonly email: string;
  readonly password: string | undefined;
}

/** What the deletion of an account does with a workspace. */
interface Fate {
  readonly id: string;
  readonly name: string;
  readonly isDeleted: boolean;
  readonly newPayerId: string | null;
}

export class AccountDeletion {
  readonly #options: AccountDeletionOptions;
  readonly #store: AccountStore;

  constructor(options: AccountDeletionOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  async forecast(userId: string): Promise<DeletionForecast> {
    const user = await this.#store.find<{ has_password: boolean }>(
      'SELECT password_hash IS NOT NULL AS has_password FROM auth.users WHERE id = $1',
      [userId],
    );
    if (user === undefined) throw noAccount();
    const fates = await fatesOf(this.#store, userId);
    const members = await membersOf(
      this.#store,
      fates.map(({ id }) => id),
    );
    const others = (id: string) => members.filter((member) => member.workspace_id === id && member.id !== userId);
    return {
      needs: user.has_password ? 'password' : 'fresh-sign-in',
      deleted: fates
        .filter(({ isDeleted }) => isDeleted)
        .map(({ id, name }) => ({ id, name, otherMembers: others(id).map(memberOf) })),
      left: fates
        .filter(({ isDeleted }) => !isDeleted)
        .map(({ id, name, newPayerId }) => ({ id, name, newPayer: payerOf(others(id), newPayerId) })),
    };
  }

  /** Throws `wrong_password`, `request_invalid` where the e-mail is another, and whatever `beforeDelete` throws. */
  async delete({ account, email, password }: DeletionRequest): Promise<void> {
    const confirmed = await this.#options.confirmation.check(account, password);
    if (email.trim().toLowerCase() !== confirmed.email) {
      const issue = { parameter: 'email', message: 'has to be that of the account' };
      throw new ApiError('request_invalid', `${issue.parameter} ${issue.message}`, { issues: [issue] });
    }
    await this.deleteUnasked(account.userId);
  }

  /** For whoever runs the server. Throws `not_found`. */
  async deleteUnasked(userId: string): Promise<void> {
    const { changes, beforeDelete, onErasure } = this.#options;
    await this.#expectAccount(userId);
    await beforeDelete?.(userId);
    const deleted = await this.#store.transaction((queries) => deleteAccount(queries, userId));
    await Promise.all([changes.tell({ userId }), ...deleted.map((workspaceId) => changes.tell({ workspaceId }))]);
    onErasure();
  }

  async #expectAccount(userId: string): Promise<void> {
    const user = await this.#store.find('SELECT id FROM auth.users WHERE id = $1', [userId]);
    if (user === undefined) throw noAccount();
  }
}

/** Returns the workspaces that have gone with it. */
async function deleteAccount(queries: CloudQueries, userId: string): Promise<readonly string[]> {
  await lockWorkspacesOf(queries, userId);
  const found = await queries.query('SELECT id FROM auth.users WHERE id = $1 FOR UPDATE', [userId]);
  if (found.length === 0) throw noAccount();
  // One may have come into being before the account was locked; none can any more.
  await lockWorkspacesOf(queries, userId);
  const fates = await fatesOf(queries, userId);
  const deleted = fates.filter(({ isDeleted }) => isDeleted).map(({ id }) => id);
  for (const workspaceId of deleted) await queueErasure(queries, { workspaceId });
  for (const workspaceId of await otherWorkspacesOf(queries, userId, deleted)) {
    await queueErasure(queries, { workspaceId, memberId: userId });
  }
  await queries.query('DELETE FROM auth.workspaces WHERE id = ANY ($1::text[])', [deleted]);
  for (const { id, newPayerId } of fates) {
    if (newPayerId === null) continue;
    await queries.query('UPDATE auth.workspaces SET owner_id = $2, updated_at = now() WHERE id = $1', [id, newPayerId]);
  }
  await queries.query('DELETE FROM auth.users WHERE id = $1', [userId]);
  await recordEvent(queries, { kind: 'account-deleted' });
  return deleted;
}

async function lockWorkspacesOf(queries: CloudQueries, userId: string): Promise<void> {
  await queries.query(
    `SELECT FROM auth.workspaces WHERE id IN (SELECT workspace_id FROM auth.members WHERE user_id = $1)
     ORDER BY id FOR UPDATE`,
    [userId],
  );
}

async function fatesOf(queries: Pick<CloudQueries, 'query'>, userId: string): Promise<readonly Fate[]> {
  const rows = await queries.query<{ id: string; name: string; role: Role; is_payer: boolean; heir: string | null }>(
    `SELECT w.id, w.name, m.role, w.owner_id = m.user_id AS is_payer,
       (SELECT o.user_id FROM auth.members o
        WHERE o.workspace_id = w.id AND o.role = 'owner' AND o.user_id <> m.user_id
        ORDER BY o.created_at, o.user_id LIMIT 1) AS heir
     FROM auth.members m JOIN auth.workspaces w ON w.id = m.workspace_id
     WHERE m.user_id = $1 ORDER BY w.created_at, w.id`,
    [userId],
  );
  return rows.map(({ id, name, role, is_payer: isPayer, heir }) => ({
    id,
    name,
    isDeleted: role === 'owner' && heir === null,
    newPayerId: isPayer ? heir : null,
  }));
}

/** Those that the person is in, and those that the person once synced and has left since. */
async function otherWorkspacesOf(
  queries: CloudQueries,
  userId: string,
  deleted: readonly string[],
): Promise<readonly string[]> {
  const rows = await queries.query<{ workspace_id: string }>(
    `SELECT workspace_id FROM auth.members WHERE user_id = $1 AND workspace_id <> ALL ($2::text[])
     UNION SELECT workspace_id FROM auth.sites WHERE user_id = $1 AND workspace_id <> ALL ($2::text[])`,
    [userId, deleted],
  );
  return rows.map(({ workspace_id: workspaceId }) => workspaceId);
}

interface MemberRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

function membersOf(store: AccountStore, workspaceIds: readonly string[]): Promise<MemberRow[]> {
  return store.query<MemberRow>(
    `SELECT m.workspace_id, u.id, u.name, m.role FROM auth.members m JOIN auth.users u ON u.id = m.user_id
     WHERE m.workspace_id = ANY ($1::text[]) ORDER BY m.created_at, u.id`,
    [workspaceIds],
  );
}

function memberOf({ id, name, role }: MemberRow): DeletedWorkspace['otherMembers'][number] {
  return { id, name, role };
}

function payerOf(members: readonly MemberRow[], payerId: string | null): LeftWorkspace['newPayer'] {
  const payer = members.find(({ id }) => id === payerId);
  return payer && { id: payer.id, name: payer.name };
}

function noAccount(): ApiError {
  return new ApiError('not_found', 'there is no such account');
}
