/**
 * Links that make whoever follows them a member. What a link carries is a secret that is kept nowhere: of a copy of the
 * database nobody could make one.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../../auth/identity.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import type { Clock } from '../../clock.ts';
import { ApiError } from '../../errors.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import { expectOwner, isHigher, lockAsOwner, roleOf, type Membership } from './membership.ts';

export interface InvitationView {
  readonly id: string;
  readonly role: Role;
  readonly createdBy: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usesLeft: number;
}

/** What somebody who has the link may know. */
export interface InvitationCard {
  readonly workspaceName: string;
  readonly role: Role;
  readonly inviterName: string;
}

export interface NewInvitation {
  readonly role: Role;
  readonly days: number;
  readonly uses: number;
}

export interface CreatedInvitation {
  readonly id: string;
  /** Told this once. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface Joined {
  readonly workspaceId: string;
  /** By now: a link never takes anything away. */
  readonly role: Role;
}

export interface InvitationsOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly clock: Pick<Clock, 'now'>;
}

const TOKEN_BYTES = 32;
const DAY_MS = 86_400_000;

export class Invitations {
  readonly #store: AccountStore;
  readonly #changes: AccountChanges;
  readonly #clock: Pick<Clock, 'now'>;

  constructor({ store, changes, clock }: InvitationsOptions) {
    this.#store = store;
    this.#changes = changes;
    this.#clock = clock;
  }

  async create(membership: Membership, { role, days, uses }: NewInvitation): Promise<CreatedInvitation> {
    const { workspaceId, userId } = membership;
    const id = randomUUID();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(this.#clock.now() + days * DAY_MS);
    await this.#store.transaction(async (queries) => {
      await lockAsOwner(queries, membership);
      await queries.query('DELETE FROM auth.invitations WHERE workspace_id = $1 AND expires_at <= $2', [
        workspaceId,
        this.#now(),
      ]);
      await queries.query(
        `INSERT INTO auth.invitations (id, workspace_id, role, token_hash, created_by, expires_at, uses_left)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, workspaceId, role, hashOf(token), userId, expiresAt, uses],
      );
      await recordEvent(queries, { kind: 'invitation-created', ...membership, detail: role });
    });
    return { id, token, expiresAt };
  }

  /** Those that let somebody in, the newest first. */
  async list({ workspaceId, userId }: Membership): Promise<InvitationView[]> {
    await expectOwner(this.#store, { workspaceId, userId });
    const rows = await this.#store.query<InvitationRow>(
      `SELECT i.id, i.role, i.created_by, u.name, i.created_at, i.expires_at, i.uses_left
       FROM auth.invitations i JOIN auth.users u ON u.id = i.created_by
       WHERE i.workspace_id = $1 AND i.expires_at > $2 AND i.uses_left > 0 ORDER BY i.created_at DESC, i.id`,
      [workspaceId, this.#now()],
    );
    return rows.map(viewOf);
  }

  async withdraw(membership: Membership, invitationId: string): Promise<void> {
    await this.#store.transaction(async (queries) => {
      await lockAsOwner(queries, membership);
      const withdrawn = await queries.query(
        'DELETE FROM auth.invitations WHERE id = $1 AND workspace_id = $2 RETURNING id',
        [invitationId, membership.workspaceId],
      );
      if (withdrawn.length === 0) throw new ApiError('not_found', 'there is no such invitation');
      await recordEvent(queries, { kind: 'invitation-withdrawn', ...membership });
    });
  }

  async look(token: string): Promise<InvitationCard> {
    const card = await this.#store.find<{ workspace_name: string; role: Role; inviter_name: string }>(
      `SELECT w.name AS workspace_name, i.role, u.name AS inviter_name
       FROM auth.invitations i JOIN auth.workspaces w ON w.id = i.workspace_id JOIN auth.users u ON u.id = i.created_by
       WHERE i.token_hash = $1 AND i.expires_at > $2 AND i.uses_left > 0`,
      [hashOf(token), this.#now()],
    );
    if (card === undefined) throw noGood();
    return { workspaceName: card.workspace_name, role: card.role, inviterName: card.inviter_name };
  }

  /** Done again by a member, it changes nothing and uses nothing up: the first answer may have been lost. */
  async accept(userId: string, token: string): Promise<Joined> {
    const joined = await this.#store.transaction((queries) => this.#join(queries, userId, hashOf(token)));
    await this.#changes.tell({ userId, workspaceId: joined.workspaceId });
    return joined;
  }

  async #join(queries: CloudQueries, userId: string, tokenHash: Uint8Array): Promise<Joined> {
    const workspaceId = await lockWorkspaceOf(queries, tokenHash);
    const [invitation] = await queries.query<{ id: string; role: Role; is_good: boolean }>(
      'SELECT id, role, expires_at > $2 AND uses_left > 0 AS is_good FROM auth.invitations WHERE token_hash = $1',
      [tokenHash, this.#now()],
    );
    if (invitation === undefined) throw noGood();
    const present = await roleOf(queries, { workspaceId, userId });
    if (present !== undefined && !isHigher(invitation.role, present)) return { workspaceId, role: present };
    if (!invitation.is_good) throw noGood();
    await queries.query('UPDATE auth.invitations SET uses_left = uses_left - 1 WHERE id = $1', [invitation.id]);
    await queries.query(
      `INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)
       ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role, updated_at = now()`,
      [workspaceId, userId, invitation.role],
    );
    await recordEvent(queries, { kind: 'member-joined', userId, workspaceId, detail: invitation.role });
    return { workspaceId, role: invitation.role };
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

interface InvitationRow {
  readonly id: string;
  readonly role: Role;
  readonly created_by: string;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly uses_left: number;
}

function viewOf(row: InvitationRow): InvitationView {
  const { id, role, name, created_by: inviterId, created_at: createdAt, expires_at: expiresAt } = row;
  return { id, role, createdBy: { id: inviterId, name }, createdAt, expiresAt, usesLeft: row.uses_left };
}

/** First the workspace, as whoever changes members does; of all who follow a link at once, each sees the one before. */
async function lockWorkspaceOf(queries: CloudQueries, tokenHash: Uint8Array): Promise<string> {
  const [workspace] = await queries.query<{ id: string }>(
    `SELECT id FROM auth.workspaces
     WHERE id = (SELECT workspace_id FROM auth.invitations WHERE token_hash = $1) FOR UPDATE`,
    [tokenHash],
  );
  if (workspace === undefined) throw noGood();
  return workspace.id;
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

function noGood(): ApiError {
  return new ApiError('invitation_invalid', 'the link is wrong, was withdrawn, has expired or was used up');
}
