/** Workspaces, as their members see and manage them. */
import { randomUUID } from 'node:crypto';
import type { Role } from '../../auth/identity.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import { queueErasure } from '../erasure/erasures.ts';
import { expectReplaceable, lockAsMember, lockAsOwner, type Membership } from './membership.ts';

export interface WorkspaceView {
  readonly id: string;
  readonly name: string;
  /** Of whoever asks. */
  readonly role: Role;
  readonly memberCount: number;
  /** Whose plan it counts towards. */
  readonly owner: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
}

export interface WorkspacesOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  /** There is something to erase. */
  readonly onErasure: () => void;
  readonly newId?: () => string;
}

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly members: bigint;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly created_at: Date;
}

export class Workspaces {
  readonly #options: WorkspacesOptions;
  readonly #store: AccountStore;
  readonly #newId: () => string;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#newId = options.newId ?? randomUUID;
  }

  /** The oldest first. */
  async list(userId: string): Promise<WorkspaceView[]> {
    const rows = await this.#store.query<WorkspaceRow>(
      `SELECT w.id, w.name, m.role, w.owner_id, o.name AS owner_name, w.created_at,
         (SELECT count(*) FROM auth.members a WHERE a.workspace_id = w.id) AS members
       FROM auth.members m JOIN auth.workspaces w ON w.id = m.workspace_id JOIN auth.users o ON o.id = w.owner_id
       WHERE m.user_id = $1 ORDER BY w.created_at, w.id`,
      [userId],
    );
    return rows.map(viewOf);
  }

  /** Of its only member, who owns it. */
  async create(userId: string, name: string): Promise<string> {
    const workspaceId = this.#newId();
    await this.#store.transaction(async (queries) => {
      await queries.query('INSERT INTO auth.workspaces (id, name, owner_id) VALUES ($1, $2, $3)', [
        workspaceId,
        name,
        userId,
      ]);
      await queries.query(`INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, 'owner')`, [
        workspaceId,
        userId,
      ]);
      await recordEvent(queries, { kind: 'workspace-created', userId, workspaceId });
    });
    await this.#options.changes.tell({ userId, workspaceId });
    return workspaceId;
  }

  async rename(membership: Membership, name: string): Promise<void> {
    await this.#store.transaction(async (queries) => {
      await lockAsOwner(queries, membership);
      await queries.query('UPDATE auth.workspaces SET name = $2, updated_at = now() WHERE id = $1', [
        membership.workspaceId,
        name,
      ]);
      await recordEvent(queries, { kind: 'workspace-renamed', ...membership });
    });
  }

  /** Whoever leaves takes the links along that they made. */
  async leave(membership: Membership): Promise<void> {
    const params = [membership.workspaceId, membership.userId];
    await this.#store.transaction(async (queries) => {
      const workspace = await lockAsMember(queries, membership);
      if (workspace.role === 'owner') await expectReplaceable(queries, membership, workspace);
      await queries.query('DELETE FROM auth.members WHERE workspace_id = $1 AND user_id = $2', params);
      await queries.query('DELETE FROM auth.invitations WHERE workspace_id = $1 AND created_by = $2', params);
      await recordEvent(queries, { kind: 'member-left', ...membership });
    });
    await this.#options.changes.tell(membership);
  }

  /** For everybody, with all that is in it. What it held is erased by the time that takes. */
  async delete(membership: Membership): Promise<void> {
    const { workspaceId } = membership;
    await this.#store.transaction(async (queries) => {
      await lockAsOwner(queries, membership);
      await queueErasure(queries, { workspaceId });
      await queries.query('DELETE FROM auth.workspaces WHERE id = $1', [workspaceId]);
      await recordEvent(queries, { kind: 'workspace-deleted', ...membership });
    });
    await this.#options.changes.tell({ workspaceId });
    this.#options.onErasure();
  }
}

function viewOf(row: WorkspaceRow): WorkspaceView {
  const { id, name, role, members, owner_id: ownerId, owner_name: ownerName, created_at: createdAt } = row;
  return { id, name, role, memberCount: Number(members), owner: { id: ownerId, name: ownerName }, createdAt };
}
