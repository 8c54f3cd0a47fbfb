/** What was deleted for people and is still to be erased: a list in PostgreSQL, so that nothing of it is ever forgotten. */
import { randomUUID } from 'node:crypto';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import type { AccountStore } from '../account-store.ts';

export interface Erasure {
  readonly id: string;
  readonly workspaceId: string;
  /** Whose rows go; undefined for the whole workspace. */
  readonly memberId: string | undefined;
}

interface ErasureRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly member_id: string | null;
}

/** As a part of the transaction that deletes. */
export async function queueErasure(
  queries: CloudQueries,
  { workspaceId, memberId }: Omit<Erasure, 'id' | 'memberId'> & { readonly memberId?: string },
): Promise<void> {
  await queries.query('INSERT INTO auth.erasures (id, workspace_id, member_id) VALUES ($1, $2, $3)', [
    randomUUID(),
    workspaceId,
    memberId ?? null,
  ]);
}

/** The oldest first. */
export async function listErasures(store: AccountStore): Promise<Erasure[]> {
  const rows = await store.query<ErasureRow>(
    'SELECT id, workspace_id, member_id FROM auth.erasures ORDER BY requested_at, id',
  );
  return rows.map(({ id, workspace_id: workspaceId, member_id: memberId }) => ({
    id,
    workspaceId,
    memberId: memberId ?? undefined,
  }));
}

export async function removeErasure(store: AccountStore, { id }: Pick<Erasure, 'id'>): Promise<void> {
  await store.query('DELETE FROM auth.erasures WHERE id = $1', [id]);
}
