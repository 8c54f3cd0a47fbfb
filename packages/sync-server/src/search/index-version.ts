/** When what is indexed changes, or is indexed for the first time, all there is goes into the queue. */
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { queueWorkspace } from './search-queue.ts';

/** Count up when `scan-words`, `word-vector` or `read-documents` make something else of the same rows. */
const INDEX_VERSION = '1';
/** Among the tables that are made from others, where no table can be called so. */
const NAME = 'search:documents';

/** Whether there was a reason to. */
export async function queueAnewWhereOutdated(cloud: CloudDatabase): Promise<boolean> {
  return cloud.transaction(async (queries) => {
    const known = await queries.query<{ fingerprint: string }>(
      `INSERT INTO sync.projected_tables (table_name, fingerprint) VALUES ($1, '')
       ON CONFLICT (table_name) DO UPDATE SET fingerprint = sync.projected_tables.fingerprint RETURNING fingerprint`,
      [NAME],
    );
    if (known[0]?.fingerprint === INDEX_VERSION) return false;
    const workspaces = await queries.query<{ workspace_id: string }>('SELECT workspace_id FROM sync.cursors');
    for (const { workspace_id: workspaceId } of workspaces) await queueWorkspace(queries, workspaceId);
    await queries.query('UPDATE sync.projected_tables SET fingerprint = $2 WHERE table_name = $1', [
      NAME,
      INDEX_VERSION,
    ]);
    return workspaces.length > 0;
  });
}
