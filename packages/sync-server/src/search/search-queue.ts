/** What is to be indexed: filled by whoever changes rows, in the same transaction, and emptied by the indexers. */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import type { DocumentOf, SearchKind, WorkspaceDocument } from './documents.ts';
import { DOCUMENTS_OF_WORKSPACE } from './read-documents.ts';

export interface QueuedDocument extends WorkspaceDocument {
  readonly seq: bigint;
}

/** A row that has changed. */
interface ChangedRow {
  readonly workspaceId: string;
  readonly table: string;
  readonly pk: Uint8Array;
}

export async function queueRows(
  queries: CloudQueries,
  rows: readonly ChangedRow[],
  documentOf: DocumentOf,
): Promise<void> {
  const documents = new Map<string, WorkspaceDocument>();
  for (const { workspaceId, table, pk } of rows) {
    const document = documentOf(table, pk);
    if (document === undefined) continue;
    documents.set(`${workspaceId}/${document.kind}/${document.id}`, { workspaceId, ...document });
  }
  if (documents.size > 0) await queueDocuments(queries, [...documents.values()]);
}

export async function queueDocuments(queries: CloudQueries, documents: readonly WorkspaceDocument[]): Promise<void> {
  await queries.query(
    `INSERT INTO sync.search_queue (workspace_id, kind, id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])`,
    [documents.map(({ workspaceId }) => workspaceId), documents.map(({ kind }) => kind), documents.map(({ id }) => id)],
  );
}

/** Everything of a workspace, what is no longer there too. */
export async function queueWorkspace(queries: CloudQueries, workspaceId: string): Promise<void> {
  await queries.query(
    `INSERT INTO sync.search_queue (workspace_id, kind, id)
     ${DOCUMENTS_OF_WORKSPACE}
     UNION SELECT workspace_id, kind, id FROM sync.search_documents WHERE workspace_id = $1`,
    [workspaceId],
  );
}

/**
 * The next ones, the longest waiting first, locked until the transaction ends. Left out are what another indexer has, and
 * documents that were indexed a moment ago: somebody is typing, and there will be more.
 */
export async function claimDocuments(
  queries: CloudQueries,
  { limit, restMs }: { readonly limit: number; readonly restMs: number },
): Promise<QueuedDocument[]> {
  const rows = await queries.query<{ seq: bigint; workspace_id: string; kind: SearchKind; id: string }>(
    `SELECT q.seq, q.workspace_id, q.kind, q.id FROM sync.search_queue q
     WHERE NOT EXISTS (
       SELECT FROM sync.search_documents d
       WHERE d.workspace_id = q.workspace_id AND d.kind = q.kind AND d.id = q.id
         AND d.indexed_at > clock_timestamp() - $2::float8 * interval '1 ms' AND d.indexed_at <= clock_timestamp())
     ORDER BY q.seq LIMIT $1 FOR UPDATE OF q SKIP LOCKED`,
    [limit, restMs],
  );
  return rows.map(({ seq, workspace_id: workspaceId, kind, id }) => ({ seq, workspaceId, kind, id }));
}

export async function removeFromQueue(queries: CloudQueries, claimed: readonly QueuedDocument[]): Promise<void> {
  await queries.query('DELETE FROM sync.search_queue WHERE seq = ANY ($1::bigint[])', [claimed.map(({ seq }) => seq)]);
}

export async function isQueueEmpty(queries: CloudQueries): Promise<boolean> {
  return (await queries.query('SELECT 1 FROM sync.search_queue LIMIT 1')).length === 0;
}
