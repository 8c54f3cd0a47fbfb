/** What whoever runs the server does with workspaces, without being a member: it counts as done by the owner who pays. */
import type { Role } from '../../auth/identity.ts';
import { ApiError } from '../../errors.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import { noWorkspace, type Membership } from './membership.ts';

export interface ListedWorkspace {
  readonly id: string;
  readonly name: string;
  readonly ownerEmail: string;
  readonly members: number;
  readonly createdAt: Date;
}

export class WorkspaceAdmin {
  readonly #store: AccountStore;
  readonly #changes: AccountChanges;

  constructor({ store, changes }: { readonly store: AccountStore; readonly changes: AccountChanges }) {
    this.#store = store;
    this.#changes = changes;
  }

  /** The oldest first. */
  list(): Promise<ListedWorkspace[]> {
    return this.#store.query<ListedWorkspace>(
      `SELECT w.id, w.name, o.email AS "ownerEmail", w.created_at AS "createdAt",
         (SELECT count(*)::int FROM auth.members m WHERE m.workspace_id = w.id) AS members
       FROM auth.workspaces w JOIN auth.users o ON o.id = w.owner_id ORDER BY w.created_at, w.id`,
    );
  }

  /** Throws `not_found`. */
  async ownerOf(workspaceId: string): Promise<string> {
    const workspace = await this.#store.find<{ owner_id: string }>(
      'SELECT owner_id FROM auth.workspaces WHERE id = $1',
      [workspaceId],
    );
    if (workspace === undefined) throw noWorkspace();
    return workspace.owner_id;
  }

  /** Throws `not_found`. */
  async userWith(email: string): Promise<string> {
    const user = await this.#store.find<{ id: string }>('SELECT id FROM auth.users WHERE email = $1', [
      email.trim().toLowerCase(),
    ]);
    if (user === undefined) throw new ApiError('not_found', `there is no account with the e-mail ${email}`);
    return user.id;
  }

  /** Throws `conflict` for somebody who is a member already. */
  async addMember({ workspaceId, userId }: Membership, role: Role): Promise<void> {
    await this.#store.transaction(async (queries) => {
      const found = await queries.query('SELECT id FROM auth.workspaces WHERE id = $1 FOR UPDATE', [workspaceId]);
      if (found.length === 0) throw noWorkspace();
      const added = await queries.query(
        `INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING user_id`,
        [workspaceId, userId, role],
      );
      if (added.length === 0) throw new ApiError('conflict', 'that account is a member already');
      await recordEvent(queries, { kind: 'member-joined', userId, workspaceId, detail: role });
    });
    await this.#changes.tell({ userId, workspaceId });
  }
}
