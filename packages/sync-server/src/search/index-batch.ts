/**
 * One step of indexing: documents off the queue, read, and their words written, in one transaction. A crash at any point
 * leaves them in the queue.
 *
 * Two indexers never work on the same workspace: the queue may hold the same document twice, and whoever read it first must
 * not write it last. Reads begin after the lock was had, so that they see what the other one has seen.
 */
import type { CloudDatabase, CloudQueries } from '../cloud/cloud-database.ts';
import type { WorkspaceDocument } from './documents.ts';
import { readDocuments, type DocumentText } from './read-documents.ts';
import { claimDocuments, removeFromQueue, type QueuedDocument } from './search-queue.ts';
import { wordVector } from './word-vector.ts';

export interface IndexBatchOptions {
  readonly maxDocuments: number;
  /** How long a document that was indexed is left alone. */
  readonly restMs: number;
  /** Lets others have the event loop. */
  readonly giveWay: () => Promise<void>;
}

export interface IndexedBatch {
  /** Entries taken off the queue; 0 where there is nothing to do right now. */
  readonly taken: number;
  readonly written: number;
  readonly deleted: number;
  /** Those that were written or deleted. */
  readonly documents: readonly WorkspaceDocument[];
}

/** Any number that nobody else locks. */
const LOCK_SPACE = 1_953_523_043;
/** Of the texts of one statement; a document that is larger goes alone. */
const MAX_STATEMENT_CHARACTERS = 1_000_000;

export function indexBatch(cloud: CloudDatabase, options: IndexBatchOptions): Promise<IndexedBatch> {
  return cloud.transaction(async (queries) => {
    const claimed = await claimOwn(queries, options);
    if (claimed.length === 0) return { taken: 0, written: 0, deleted: 0, documents: [] };
    const documents = withoutRepeats(claimed);
    const found = await readDocuments(queries, documents);
    await write(queries, found, options);
    const alive = new Set(found.map(keyOf));
    const gone = documents.filter((document) => !alive.has(keyOf(document)));
    await remove(queries, gone);
    await queueMessagesOf(
      queries,
      documents.filter(({ kind }) => kind === 'chat'),
    );
    await removeFromQueue(queries, claimed);
    return { taken: claimed.length, written: found.length, deleted: gone.length, documents };
  });
}

/** Of the workspaces that nobody else is indexing. */
async function claimOwn(queries: CloudQueries, { maxDocuments, restMs }: IndexBatchOptions): Promise<QueuedDocument[]> {
  const claimed = await claimDocuments(queries, { limit: maxDocuments, restMs });
  if (claimed.length === 0) return [];
  const locks = await queries.query<{ id: string; locked: boolean }>(
    `SELECT id, pg_try_advisory_xact_lock(${LOCK_SPACE}, hashtext(id)) AS locked FROM unnest($1::text[]) AS id`,
    [[...new Set(claimed.map(({ workspaceId }) => workspaceId))]],
  );
  const own = new Set(locks.filter(({ locked }) => locked).map(({ id }) => id));
  return claimed.filter(({ workspaceId }) => own.has(workspaceId));
}

function withoutRepeats(documents: readonly WorkspaceDocument[]): WorkspaceDocument[] {
  return [...new Map(documents.map((document) => [keyOf(document), document])).values()];
}

async function write(
  queries: CloudQueries,
  documents: readonly DocumentText[],
  { giveWay }: IndexBatchOptions,
): Promise<void> {
  let records: object[] = [];
  let characters = 0;
  for (const document of documents) {
    const { title, body } = document;
    records.push(recordOf(document));
    characters += title.length + body.length;
    if (characters < MAX_STATEMENT_CHARACTERS) continue;
    await upsert(queries, records);
    await giveWay();
    [records, characters] = [[], 0];
  }
  await upsert(queries, records);
}

function recordOf({ workspaceId, kind, id, projectId, title, body, updatedAt }: DocumentText): object {
  return { w: workspaceId, k: kind, i: id, p: projectId, t: title, b: body, v: wordVector(title, body), u: updatedAt };
}

async function upsert(queries: CloudQueries, records: readonly object[]): Promise<void> {
  if (records.length === 0) return;
  await queries.query(
    `INSERT INTO sync.search_documents (workspace_id, kind, id, project_id, title, body, words, updated_at, indexed_at)
     SELECT w, k, i, p, t, b, v::tsvector, u, clock_timestamp()
     FROM json_to_recordset($1::json) AS r(w text, k text, i text, p text, t text, b text, v text, u timestamptz)
     ON CONFLICT (workspace_id, kind, id) DO UPDATE SET
       project_id = excluded.project_id, title = excluded.title, body = excluded.body, words = excluded.words,
       updated_at = excluded.updated_at, indexed_at = excluded.indexed_at`,
    [JSON.stringify(records)],
  );
}

async function remove(queries: CloudQueries, documents: readonly WorkspaceDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await queries.query(
    `DELETE FROM sync.search_documents d
     USING unnest($1::text[], $2::text[], $3::text[]) AS k(workspace_id, kind, id)
     WHERE d.workspace_id = k.workspace_id AND d.kind = k.kind AND d.id = k.id`,
    [documents.map(({ workspaceId }) => workspaceId), documents.map(({ kind }) => kind), documents.map(({ id }) => id)],
  );
}

/** A chat that comes, goes or moves takes its messages along. Only those are queued that are not as they should be. */
async function queueMessagesOf(queries: CloudQueries, chats: readonly WorkspaceDocument[]): Promise<void> {
  if (chats.length === 0) return;
  await queries.query(
    `INSERT INTO sync.search_queue (workspace_id, kind, id)
     SELECT m.workspace_id, 'message', m.id::text
     FROM unnest($1::text[], $2::uuid[]) AS k(workspace_id, id)
     JOIN app.messages m ON m.workspace_id = k.workspace_id AND m.chat_id = k.id
     LEFT JOIN app.chats c ON c.workspace_id = k.workspace_id AND c.id = k.id AND c.deleted_at IS NULL
     LEFT JOIN sync.search_documents d
       ON d.workspace_id = m.workspace_id AND d.kind = 'message' AND d.id = m.id::text
     WHERE (d.id IS NOT NULL) <> (c.id IS NOT NULL AND m.deleted_at IS NULL)
       OR (d.id IS NOT NULL AND d.project_id IS DISTINCT FROM c.project_id::text)`,
    [chats.map(({ workspaceId }) => workspaceId), chats.map(({ id }) => id)],
  );
}

function keyOf({ workspaceId, kind, id }: WorkspaceDocument): string {
  return `${workspaceId}/${kind}/${id}`;
}
