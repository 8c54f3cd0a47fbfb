/** An account comes with a workspace of its own, or not at all. */
import { randomUUID } from 'node:crypto';
import type { CloudQueries } from '../cloud/cloud-database.ts';

export interface NewAccount {
  /** As parseEmail gives it. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | undefined;
  readonly address?: string | undefined;
}

/** What the first workspace of an account is called; whose it is, its members see. */
const WORKSPACE_NAME = 'Personal';

/**
 * Undefined where the e-mail has an account already. That is one statement and writes in either case, so that nobody can
 * tell from its time what became of it.
 */
export async function insertAccount(
  queries: Pick<CloudQueries, 'query'>,
  { email, name, passwordHash, address }: NewAccount,
): Promise<string | undefined> {
  const [added] = await queries.query<{ id: string }>(
    `WITH added AS (
       INSERT INTO auth.users (id, email, name, password_hash, password_changed_at)
       VALUES ($1, $2, $3, $4::text, CASE WHEN $4::text IS NULL THEN NULL ELSE now() END)
       ON CONFLICT (email) DO NOTHING RETURNING id
     ), workspace AS (
       INSERT INTO auth.workspaces (id, name, owner_id) SELECT $5::text, $6::text, id FROM added RETURNING id, owner_id
     ), member AS (
       INSERT INTO auth.members (workspace_id, user_id, role) SELECT id, owner_id, 'owner' FROM workspace
     ), event AS (
       INSERT INTO auth.audit_events (id, kind, user_id, address)
       SELECT $7::uuid, 'registered', id, $8::text FROM added
       UNION ALL
       SELECT $7::uuid, 'registered-again', id, $8::text FROM auth.users WHERE email = $2 AND NOT EXISTS (SELECT FROM added)
     )
     SELECT id FROM added`,
    [randomUUID(), email, name, passwordHash ?? null, randomUUID(), WORKSPACE_NAME, randomUUID(), address ?? null],
  );
  return added?.id;
}
