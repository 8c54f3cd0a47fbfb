/** What was done with accounts and workspaces, written down in the transaction that did it. */
import { randomUUID } from 'node:crypto';
import type { CloudQueries } from '../cloud/cloud-database.ts';

export interface AuditEvent {
  /** What was done, such as `signed-in` or `role-changed`. */
  readonly kind: string;
  /** The account that did it, or that it was done to. */
  readonly userId?: string | undefined;
  readonly workspaceId?: string | undefined;
  /** The network address that it came from. */
  readonly address?: string | undefined;
  /** For people. What would outlive somebody's account in the events of another one does not belong here. */
  readonly detail?: string;
}

export async function recordEvent(queries: Pick<CloudQueries, 'query'>, event: AuditEvent): Promise<void> {
  const { kind, userId = null, workspaceId = null, address = null, detail = '' } = event;
  await queries.query(
    `INSERT INTO auth.audit_events (id, kind, user_id, workspace_id, address, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
    [randomUUID(), kind, userId, workspaceId, address, detail],
  );
}
