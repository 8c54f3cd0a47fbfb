/**
 * A workspace goes from the cloud copy: from every table that names workspaces, whichever app has made it. Its log is gone
 * before, so nobody can project it again.
 */
import type { CloudDatabase } from '../../cloud/cloud-database.ts';

const ROWS_AT_ONCE = 2_000;

/**
 * What is made from others goes after them: an indexer that has read a row before it went must not write it down later. It
 * holds its entries of the queue until then, so emptying the queue waits for it. Without a cursor nothing is projected, and
 * whoever is projecting holds it: it goes last, so that all of this can be done again.
 */
const LAST = ['search_queue', 'search_documents', 'search_embeddings', 'cursors'];

interface ErasedTable {
  readonly name: string;
  /** For a statement. */
  readonly quoted: string;
}

export async function eraseCloudRows(cloud: CloudDatabase, workspaceId: string): Promise<void> {
  await waitForProjections(cloud, workspaceId);
  for (const { quoted } of await tablesOfWorkspaces(cloud)) {
    const erased = await eraseRows(cloud, quoted, workspaceId);
    // PostgreSQL has a process of its own that clears up.
    if (erased > 0 && cloud.kind === 'pglite') await cloud.execute(`VACUUM ${quoted}`);
  }
}

/** Until those that were under way are over. */
async function waitForProjections(cloud: CloudDatabase, workspaceId: string): Promise<void> {
  await cloud.transaction((queries) =>
    queries.query('SELECT FROM sync.cursors WHERE workspace_id = $1 FOR UPDATE', [workspaceId]),
  );
}

/** The tables beside the live ones are those of a rebuild: a process that was killed leaves them. */
async function tablesOfWorkspaces(cloud: CloudDatabase): Promise<readonly ErasedTable[]> {
  const tables = await cloud.query<{ name: string; quoted: string }>(
    `SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE a.attname = 'workspace_id' AND NOT a.attisdropped AND c.relkind = 'r'
       AND (n.nspname IN ('app', 'sync', 'billing') OR n.nspname ~ '^shadow_[0-9a-f]{12}$')
     ORDER BY 2`,
  );
  return tables.toSorted((a, b) => LAST.indexOf(a.name) - LAST.indexOf(b.name));
}

async function eraseRows(cloud: CloudDatabase, quoted: string, workspaceId: string): Promise<number> {
  for (let erased = 0; ;) {
    const { affectedRows = 0 } = await cloud.queryTable(
      `DELETE FROM ${quoted} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${quoted} WHERE workspace_id = $1 LIMIT $2))`,
      [workspaceId, ROWS_AT_ONCE],
    );
    erased += affectedRows;
    if (affectedRows === 0) return erased;
  }
}
