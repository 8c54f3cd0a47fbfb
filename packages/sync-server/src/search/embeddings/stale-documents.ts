/** Which documents have no vector, or one of another text, and the writing of it. */
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import type { SearchKind, WorkspaceDocument } from '../documents.ts';
import type { EmbeddingTable } from './embedding-table.ts';

/** Differs from its vector. Without text, it is gone or says nothing, and is to have no vector. */
export interface StaleDocument extends WorkspaceDocument {
  readonly text: string;
  readonly hash: string;
}

export interface EmbeddedDocument extends StaleDocument {
  readonly vector: Float32Array;
}

/** Models take a few hundred to some thousand words, and the beginning of a text says what it is about. */
export const MAX_TEXT_CHARACTERS = 6_000;

const KEYS = 'unnest($1::text[], $2::text[], $3::text[]) AS k(workspace_id, kind, id)';

export async function readStale(
  queries: CloudQueries,
  documents: readonly WorkspaceDocument[],
  { model }: Pick<EmbeddingTable, 'model'>,
): Promise<StaleDocument[]> {
  const rows = await queries.query<KeyRow & { readonly text: string; readonly hash: string }>(
    `SELECT k.workspace_id, k.kind, k.id, t.text, h.hash FROM ${KEYS}
     LEFT JOIN sync.search_documents d USING (workspace_id, kind, id)
     LEFT JOIN sync.search_embeddings e USING (workspace_id, kind, id)
     CROSS JOIN LATERAL (
       SELECT btrim(left(concat_ws(E'\\n', nullif(d.title, ''), d.body), ${MAX_TEXT_CHARACTERS}), E' \\n\\r\\t') AS text
     ) t
     CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(t.text, 'UTF8')), 'hex') AS hash) h
     WHERE CASE WHEN t.text = '' THEN e.id IS NOT NULL
       ELSE e.source_hash IS DISTINCT FROM h.hash OR e.model IS DISTINCT FROM $4 END`,
    [...keyParams(documents), model],
  );
  return rows.map(({ workspace_id: workspaceId, kind, id, text, hash }) => ({ workspaceId, kind, id, text, hash }));
}

/** One that was deleted meanwhile stays out. */
export async function writeEmbeddings(
  queries: CloudQueries,
  documents: readonly EmbeddedDocument[],
  { model, home }: EmbeddingTable,
): Promise<void> {
  if (documents.length === 0) return;
  await queries.query(
    `INSERT INTO sync.search_embeddings (workspace_id, kind, id, model, source_hash, embedding)
     SELECT workspace_id, kind, id, $4, n.hash, n.vector::${home}.vector
     FROM unnest($1::text[], $2::text[], $3::text[], $5::text[], $6::text[]) AS n(workspace_id, kind, id, hash, vector)
     JOIN sync.search_documents USING (workspace_id, kind, id)
     ON CONFLICT (workspace_id, kind, id) DO UPDATE SET
       model = excluded.model, source_hash = excluded.source_hash, embedding = excluded.embedding`,
    [
      ...keyParams(documents),
      model,
      documents.map(({ hash }) => hash),
      documents.map(({ vector }) => vectorText(vector)),
    ],
  );
}

export async function removeEmbeddings(queries: CloudQueries, documents: readonly WorkspaceDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await queries.query(
    `DELETE FROM sync.search_embeddings e USING ${KEYS}
     WHERE e.workspace_id = k.workspace_id AND e.kind = k.kind AND e.id = k.id`,
    keyParams(documents),
  );
}

/** All documents, and all vectors that may have lost theirs, a page at a time. */
export async function readKeysAfter(
  queries: CloudQueries,
  after: WorkspaceDocument | undefined,
  limit: number,
): Promise<WorkspaceDocument[]> {
  const page = (table: string): string =>
    `(SELECT workspace_id, kind, id FROM sync.${table}
      WHERE $1::text IS NULL OR (workspace_id, kind, id) > ($1::text, $2::text, $3::text)
      ORDER BY workspace_id, kind, id LIMIT $4)`;
  const rows = await queries.query<KeyRow>(
    `SELECT * FROM (${page('search_documents')} UNION ${page('search_embeddings')}) AS both_pages
     ORDER BY workspace_id, kind, id LIMIT $4`,
    [after?.workspaceId ?? null, after?.kind ?? null, after?.id ?? null, limit],
  );
  return rows.map(documentOfRow);
}

/** As the extension reads it. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

interface KeyRow {
  readonly workspace_id: string;
  readonly kind: SearchKind;
  readonly id: string;
}

function documentOfRow({ workspace_id: workspaceId, kind, id }: KeyRow): WorkspaceDocument {
  return { workspaceId, kind, id };
}

function keyParams(documents: readonly WorkspaceDocument[]): [string[], string[], string[]] {
  return [
    documents.map(({ workspaceId }) => workspaceId),
    documents.map(({ kind }) => kind),
    documents.map(({ id }) => id),
  ];
}
