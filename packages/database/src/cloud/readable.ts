/**
 * What every table has that readers may see: a key that begins with the workspace, and a policy by which a reader sees the
 * workspaces that were granted to its role. The owner of the tables, as whom the projector writes, is not held to it.
 *
 * The subquery is an array, not `IN (SELECT …)`: PostgreSQL then evaluates it once and can use it with an index.
 */
import { sql } from 'drizzle-orm';
import { pgPolicy, primaryKey, type AnyPgColumn, type PgTableExtraConfigValue } from 'drizzle-orm/pg-core';

const GRANTED = sql.raw(
  'workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text))',
);

/** The primary key, in the order of the local one after the workspace, and the policy. */
export function readable(workspaceId: AnyPgColumn, ...key: AnyPgColumn[]): PgTableExtraConfigValue[] {
  return [
    primaryKey({ columns: [workspaceId, ...key] }),
    pgPolicy('granted_workspaces', { as: 'permissive', for: 'select', to: 'public', using: GRANTED }),
  ];
}
