/**
 * The documents whose vectors lie nearest to one, of those that the caller may read and asks for.
 *
 * Where these workspaces have few vectors, all are compared: the result is exact, and no other workspace's documents can push
 * one out. Where they have many, the index leads to the nearest ones, and goes on until enough are found that pass the same
 * filter, if the version can (pgvector 0.8). Either way a document passes the filter or it is none of the result.
 */
import type { CloudDatabase, CloudQueries } from '../../cloud/cloud-database.ts';
import { SHOWN_TITLE, SNIPPET_SOURCE_CHARACTERS, type HitFilter, type HitRow } from '../search-statements.ts';
import type { EmbeddingTable } from './embedding-table.ts';
import { vectorText } from './stale-documents.ts';

/** What is looked for, and where. */
export interface MeaningQuery {
  readonly vector: Float32Array;
  readonly table: EmbeddingTable;
}

export interface NearestOptions extends HitFilter {
  readonly limit: number;
  readonly timeoutMs: number;
}

/** Comparing so many takes about a tenth of a second. */
const MAX_COMPARED = 10_000;
/** Cosine distance. What is further away is about something else, in all models that were looked at. */
const MAX_DISTANCE = 0.75;
/** How many of the index are looked at before the filter. */
const SCANNED_AT_ONCE = 200;

const TEXT_COLUMNS = `coalesce(${SHOWN_TITLE}, '') AS title, left(d.body, ${SNIPPET_SOURCE_CHARACTERS}) AS body`;

/** The nearest first, with a rank of 1 for the same meaning. */
export function selectNearest(
  cloud: CloudDatabase,
  meaning: MeaningQuery,
  { workspaceIds, kinds, projectId, limit, timeoutMs }: NearestOptions,
): Promise<HitRow[]> {
  const params = [workspaceIds, kinds, projectId ?? null, limit, vectorText(meaning.vector), meaning.table.model];
  return cloud.transaction(
    async (queries) => {
      const isExact = await hasFew(queries, workspaceIds);
      if (!isExact) await letIndexGoOn(queries);
      return queries.query<HitRow>(nearestSql(meaning.table.home, isExact), params);
    },
    { readOnly: true, timeoutMs },
  );
}

/** MATERIALIZED keeps the index out of it. */
function nearestSql(home: string, isExact: boolean): string {
  const distance = `e.embedding OPERATOR(${home}.<=>) $5::${home}.vector`;
  const allowed = 'e.workspace_id = ANY ($1::text[]) AND e.kind = ANY ($2::text[]) AND e.model = $6';
  const inProject = '($3::text IS NULL OR d.project_id = $3)';
  const vectors = isExact
    ? `WITH allowed AS MATERIALIZED (SELECT * FROM sync.search_embeddings e WHERE ${allowed})`
    : `WITH allowed AS NOT MATERIALIZED (SELECT * FROM sync.search_embeddings e WHERE ${allowed})`;
  return `${vectors}
    SELECT d.workspace_id, d.kind, d.id, d.project_id, d.updated_at, 1 - near.distance AS rank, ${TEXT_COLUMNS}
    FROM (
      SELECT e.workspace_id, e.kind, e.id, (${distance})::float8 AS distance
      FROM allowed e JOIN sync.search_documents d USING (workspace_id, kind, id)
      WHERE ${inProject} ORDER BY ${distance} LIMIT $4
    ) near
    JOIN sync.search_documents d USING (workspace_id, kind, id)
    WHERE near.distance <= ${MAX_DISTANCE}
    ORDER BY near.distance, d.workspace_id, d.kind, d.id`;
}

async function hasFew(queries: CloudQueries, workspaceIds: readonly string[]): Promise<boolean> {
  const [row] = await queries.query<{ few: boolean }>(
    `SELECT count(*) <= ${MAX_COMPARED} AS few FROM (
       SELECT FROM sync.search_embeddings WHERE workspace_id = ANY ($1::text[]) LIMIT ${MAX_COMPARED + 1}) AS first_ones`,
    [workspaceIds],
  );
  return row?.few ?? true;
}

/** Unless told so, the index gives what it has looked at, whether it passes the filter or not. Versions before 0.8 can only that. */
async function letIndexGoOn(queries: CloudQueries): Promise<void> {
  await queries.query(`SELECT set_config('hnsw.ef_search', $1, true)`, [String(SCANNED_AT_ONCE)]);
  await queries.query(
    `SELECT set_config('hnsw.iterative_scan', 'strict_order', true) FROM pg_extension
     WHERE extname = 'vector' AND string_to_array(extversion, '.')::int[] >= '{0,8}'`,
  );
}
