/**
 * What is known of a sign-in right now: whether it still holds, and which roles its account has. Asked at every request, so
 * it is kept for a moment, and forgotten at once when something about the account has changed. While PostgreSQL is away
 * what was last known still counts: its loss must not cut off everybody.
 */
import { ROLES, type Role } from '../auth/identity.ts';
import { ApiError } from '../errors.ts';
import type { AccountSignIn } from './access-token.ts';
import type { AccountChange, AccountChanges } from './account-changes.ts';
import type { AccountStore } from './account-store.ts';

export type Standing =
  | { readonly type: 'holds'; readonly roles: ReadonlyMap<string, Role> }
  /** Signed out, or the device was shut out. */
  | { readonly type: 'ended' }
  /** There is no such account any more. */
  | { readonly type: 'deleted' };

export interface StandingsOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly uptimeMs: () => number;
  readonly maxKept?: number;
}

interface Kept {
  readonly userId: string;
  readonly standing: Standing;
  readonly readAtMs: number;
}

const FRESH_MS = 30_000;
const DEFAULT_MAX_KEPT = 20_000;

export class Standings {
  readonly #options: StandingsOptions;
  /** By session; the one that was read longest ago comes first. */
  readonly #kept = new Map<string, Kept>();
  /** How often something has changed: what was asked before a change is not kept after it. */
  #changes = 0;

  constructor(options: StandingsOptions) {
    this.#options = options;
    options.changes.listen((change) => this.#forget(change));
  }

  get size(): number {
    return this.#kept.size;
  }

  /** As things were at most 30 s ago; throws `accounts_unavailable` where nothing is known. */
  async of(signIn: AccountSignIn): Promise<Standing> {
    const kept = this.#kept.get(signIn.sessionId);
    if (kept !== undefined && this.#options.uptimeMs() - kept.readAtMs < FRESH_MS) return kept.standing;
    return this.now(signIn);
  }

  /** As things are, or were when they could last be asked. */
  async now(signIn: AccountSignIn): Promise<Standing> {
    const changes = this.#changes;
    try {
      const standing = await this.#read(signIn);
      if (changes === this.#changes) this.#keep(signIn, standing);
      return standing;
    } catch (error) {
      const kept = this.#kept.get(signIn.sessionId);
      if (kept === undefined || !isUnavailable(error)) throw error;
      return kept.standing;
    }
  }

  async #read({ userId, sessionId, deviceId }: AccountSignIn): Promise<Standing> {
    const row = await this.#options.store.find<{ holds: boolean; roles: Record<string, unknown> }>(
      `SELECT s.ended_at IS NULL AND d.revoked_at IS NULL AND s.id IS NOT NULL AND d.id IS NOT NULL AS holds,
         (SELECT coalesce(jsonb_object_agg(workspace_id, role), '{}') FROM auth.members WHERE user_id = u.id) AS roles
       FROM auth.users u
       LEFT JOIN auth.sessions s ON s.id = $2 AND s.user_id = u.id
       LEFT JOIN auth.devices d ON d.id = $3 AND d.user_id = u.id AND d.id = s.device_id
       WHERE u.id = $1`,
      [userId, sessionId, deviceId],
    );
    if (row === undefined) return { type: 'deleted' };
    return row.holds ? { type: 'holds', roles: rolesOf(row.roles) } : { type: 'ended' };
  }

  #keep({ userId, sessionId }: AccountSignIn, standing: Standing): void {
    const { maxKept = DEFAULT_MAX_KEPT, uptimeMs } = this.#options;
    this.#kept.delete(sessionId);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < maxKept) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(sessionId, { userId, standing, readAtMs: uptimeMs() });
  }

  #forget({ userId, workspaceId }: AccountChange): void {
    this.#changes++;
    for (const [sessionId, kept] of this.#kept) {
      const isAbout =
        userId === undefined ? workspaceId === undefined || isMember(kept, workspaceId) : kept.userId === userId;
      if (isAbout) this.#kept.delete(sessionId);
    }
  }
}

function isMember({ standing }: Kept, workspaceId: string): boolean {
  return standing.type === 'holds' && standing.roles.has(workspaceId);
}

function rolesOf(roles: Record<string, unknown>): ReadonlyMap<string, Role> {
  const known = new Map<string, Role>();
  for (const [workspaceId, text] of Object.entries(roles)) {
    const role = ROLES.find((candidate) => candidate === text);
    if (role !== undefined) known.set(workspaceId, role);
  }
  return known;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'accounts_unavailable';
}
