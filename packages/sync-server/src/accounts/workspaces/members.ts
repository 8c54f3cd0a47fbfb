/**
 * The members of a workspace. Everybody sees who they are; owners say what each may do. Somebody who is removed or lowered
 * knows links that would let them back in: those are withdrawn with it.
 */
import type { Role } from '../../auth/identity.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import { ApiError } from '../../errors.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import {
  expectReplaceable,
  isHigher,
  lockAsOwner,
  noWorkspace,
  roleOf,
  type LockedWorkspace,
  type Membership,
} from './membership.ts';

export interface MemberView {
  readonly id: string;
  readonly name: string;
  /** Undefined where it is not for whoever asks: owners see it, and each sees their own. */
  readonly email: string | undefined;
  readonly role: Role;
  /** Whether the workspace counts towards this member's plan. */
  readonly isPaying: boolean;
  readonly joinedAt: Date;
}

/** An owner does it, to a member. */
export interface MemberChange {
  readonly workspaceId: string;
  readonly actorId: string;
  readonly memberId: string;
}

export interface Changed {
  /** Links that let in nobody any more. */
  readonly withdrawnInvitations: number;
}

const NOTHING_WITHDRAWN: Changed = { withdrawnInvitations: 0 };

const ROLES_ABOVE: Readonly<Record<Role | 'none', readonly Role[]>> = {
  none: ['viewer', 'editor', 'owner'],
  viewer: ['editor', 'owner'],
  editor: ['owner'],
  owner: [],
};

export class Members {
  readonly #store: AccountStore;
  readonly #changes: AccountChanges;

  constructor({ store, changes }: { readonly store: AccountStore; readonly changes: AccountChanges }) {
    this.#store = store;
    this.#changes = changes;
  }

  /** In the order in which they joined. */
  async list(membership: Membership): Promise<MemberView[]> {
    const rows = await this.#store.query<MemberRow>(
      `SELECT u.id, u.name, CASE WHEN asking.role = 'owner' OR u.id = asking.user_id THEN u.email END AS email, m.role,
         w.owner_id = u.id AS is_paying, m.created_at
       FROM auth.members asking JOIN auth.workspaces w ON w.id = asking.workspace_id
       JOIN auth.members m ON m.workspace_id = w.id JOIN auth.users u ON u.id = m.user_id
       WHERE asking.workspace_id = $1 AND asking.user_id = $2 ORDER BY m.created_at, u.id`,
      [membership.workspaceId, membership.userId],
    );
    if (rows.length === 0) throw noWorkspace();
    return rows.map(viewOf);
  }

  changeRole(change: MemberChange, role: Role): Promise<Changed> {
    return this.#manage(change, async (queries, workspace, present) => {
      if (present === role) return NOTHING_WITHDRAWN;
      if (present === 'owner') await expectReplaceable(queries, membershipOf(change), workspace);
      await setRole(queries, membershipOf(change), role);
      await recordForBoth(queries, change, { kind: 'role-changed', detail: role });
      return isHigher(present, role) ? withdrawAbove(queries, change, role) : NOTHING_WITHDRAWN;
    });
  }

  remove(change: MemberChange): Promise<Changed> {
    return this.#manage(change, async (queries, workspace, present) => {
      if (present === 'owner') await expectReplaceable(queries, membershipOf(change), workspace);
      await queries.query('DELETE FROM auth.members WHERE workspace_id = $1 AND user_id = $2', [
        change.workspaceId,
        change.memberId,
      ]);
      await recordForBoth(queries, change, { kind: 'member-removed' });
      return withdrawAbove(queries, change, 'none');
    });
  }

  /** Whose plan it counts towards gives it to another owner, or another owner takes it. */
  async setPayer(change: MemberChange): Promise<void> {
    await this.#manage(change, async (queries, { ownerId }, role) => {
      const { workspaceId, actorId, memberId } = change;
      if (role !== 'owner') throw new ApiError('conflict', 'the member has to be an owner of the workspace first');
      if (actorId !== ownerId && actorId !== memberId) {
        throw new ApiError('forbidden', 'only the owner who pays may name another one; you may name yourself');
      }
      await queries.query('UPDATE auth.workspaces SET owner_id = $2, updated_at = now() WHERE id = $1', [
        workspaceId,
        memberId,
      ]);
      await recordForBoth(queries, change, { kind: 'payer-changed' });
      return NOTHING_WITHDRAWN;
    });
  }

  async #manage(
    change: MemberChange,
    work: (queries: CloudQueries, workspace: LockedWorkspace, role: Role) => Promise<Changed>,
  ): Promise<Changed> {
    const { workspaceId, actorId, memberId } = change;
    const changed = await this.#store.transaction(async (queries) => {
      const workspace = await lockAsOwner(queries, { workspaceId, userId: actorId });
      const role = await roleOf(queries, membershipOf(change));
      if (role === undefined) throw new ApiError('not_found', 'there is no such member');
      return work(queries, workspace, role);
    });
    await this.#changes.tell({ userId: memberId, workspaceId });
    return changed;
  }
}

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: Role;
  readonly is_paying: boolean;
  readonly created_at: Date;
}

function viewOf({ id, name, email, role, is_paying: isPaying, created_at: joinedAt }: MemberRow): MemberView {
  return { id, name, email: email ?? undefined, role, isPaying, joinedAt };
}

function membershipOf({ workspaceId, memberId }: MemberChange): Membership {
  return { workspaceId, userId: memberId };
}

async function setRole(queries: CloudQueries, { workspaceId, userId }: Membership, role: Role): Promise<void> {
  await queries.query(
    'UPDATE auth.members SET role = $3, updated_at = now() WHERE workspace_id = $1 AND user_id = $2',
    [workspaceId, userId, role],
  );
}

/** What would let the member in again, or higher than the role; and what they made themselves. */
async function withdrawAbove(
  queries: CloudQueries,
  { workspaceId, memberId }: MemberChange,
  role: Role | 'none',
): Promise<Changed> {
  const withdrawn = await queries.query(
    `DELETE FROM auth.invitations
     WHERE workspace_id = $1 AND (role = ANY ($2::text[]) OR created_by = $3) RETURNING id`,
    [workspaceId, ROLES_ABOVE[role], memberId],
  );
  return { withdrawnInvitations: withdrawn.length };
}

/** Each finds it among their own events, and takes it along with their account. */
async function recordForBoth(
  queries: CloudQueries,
  { workspaceId, actorId, memberId }: MemberChange,
  event: { readonly kind: string; readonly detail?: string },
): Promise<void> {
  for (const userId of new Set([actorId, memberId])) await recordEvent(queries, { ...event, userId, workspaceId });
}
