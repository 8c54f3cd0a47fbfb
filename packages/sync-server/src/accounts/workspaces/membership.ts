/**
 * Who is what in a workspace, as a transaction sees it. Whoever changes that locks the workspace first, so that of two owners
 * who leave at the same moment the second one stays.
 */
import type { Role } from '../../auth/identity.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import { ApiError } from '../../errors.ts';

export interface Membership {
  readonly workspaceId: string;
  readonly userId: string;
}

/** A workspace that nobody else changes until the transaction ends, and a member of it. */
export interface LockedWorkspace {
  readonly name: string;
  /** Whose plan it counts towards. */
  readonly ownerId: string;
  /** Of the member. */
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 1, editor: 2, owner: 3 };

export function isHigher(one: Role, other: Role): boolean {
  return RANK[one] > RANK[other];
}

/** Throws `not_found` for somebody who is no member, as for a workspace that does not exist. */
export async function lockAsMember(
  queries: CloudQueries,
  { workspaceId, userId }: Membership,
): Promise<LockedWorkspace> {
  const [workspace] = await queries.query<{ name: string; owner_id: string }>(
    'SELECT name, owner_id FROM auth.workspaces WHERE id = $1 FOR UPDATE',
    [workspaceId],
  );
  const role = workspace && (await roleOf(queries, { workspaceId, userId }));
  if (workspace === undefined || role === undefined) throw noWorkspace();
  return { name: workspace.name, ownerId: workspace.owner_id, role };
}

/** Throws `forbidden` for a member who is no owner. */
export async function lockAsOwner(queries: CloudQueries, membership: Membership): Promise<LockedWorkspace> {
  const workspace = await lockAsMember(queries, membership);
  if (workspace.role !== 'owner') throw onlyOwners();
  return workspace;
}

/** Without a lock: for reading. */
export async function expectOwner(queries: Pick<CloudQueries, 'query'>, membership: Membership): Promise<void> {
  const role = await roleOf(queries, membership);
  if (role === undefined) throw noWorkspace();
  if (role !== 'owner') throw onlyOwners();
}

/** Undefined for somebody who is no member. */
export async function roleOf(
  queries: Pick<CloudQueries, 'query'>,
  { workspaceId, userId }: Membership,
): Promise<Role | undefined> {
  const [member] = await queries.query<{ role: Role }>(
    'SELECT role FROM auth.members WHERE workspace_id = $1 AND user_id = $2',
    [workspaceId, userId],
  );
  return member?.role;
}

/** Of somebody who is about to be no owner any more. Throws `last_owner`, or `conflict` for the one who pays. */
export async function expectReplaceable(
  queries: CloudQueries,
  { workspaceId, userId }: Membership,
  { ownerId }: Pick<LockedWorkspace, 'ownerId'>,
): Promise<void> {
  const others = await queries.query(
    `SELECT FROM auth.members WHERE workspace_id = $1 AND role = 'owner' AND user_id <> $2 LIMIT 1`,
    [workspaceId, userId],
  );
  if (others.length === 0) throw new ApiError('last_owner', 'the workspace has no other owner');
  if (userId === ownerId) {
    throw new ApiError(
      'conflict',
      'the workspace counts towards the plan of this owner: let another one take it first',
    );
  }
}

export function noWorkspace(): ApiError {
  return new ApiError('not_found', 'there is no such workspace');
}

function onlyOwners(): ApiError {
  return new ApiError('forbidden', 'only an owner of the workspace may do that');
}
