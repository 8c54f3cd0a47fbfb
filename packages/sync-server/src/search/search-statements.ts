/** The SQL of a search. What it may cost is bounded before anything is ranked. */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import type { SearchKind } from './documents.ts';
import type { PageEnd } from './search-cursor.ts';

export interface HitFilter {
  readonly workspaceIds: readonly string[];
  readonly kinds: readonly SearchKind[];
  readonly projectId: string | undefined;
}

export interface HitPage extends HitFilter {
  readonly limit: number;
  /** The ages of documents are reckoned from here. */
  readonly asOf: number;
  readonly after: PageEnd | undefined;
}

export interface HitRow {
  readonly workspace_id: string;
  readonly kind: SearchKind;
  readonly id: string;
  readonly project_id: string | null;
  readonly title: string;
  readonly body: string;
  readonly rank: number;
  readonly updated_at: Date | string;
}

/** How many of the latest documents that match are ranked, and as many again of those that match by their titles. */
export const MAX_CANDIDATES = 250;
/** Of a body, to find a snippet in. */
export const SNIPPET_SOURCE_CHARACTERS = 12_000;

/** What was just written counts for a quarter more than what is old: that decides between equals, and between few others. */
const RECENCY = `(1 + 0.25 / (1 + greatest(0, extract(epoch FROM $5::timestamptz - d.updated_at)) / 2592000))`;

const FILTER = `d.kind = ANY ($2::text[]) AND ($3::text IS NULL OR d.project_id = $3)`;

const IN_WORKSPACES = 'd.workspace_id = ANY ($1::text[])';

/**
 * The latest that match. Where much matches, PostgreSQL reads the index of the latest documents until there are enough, and
 * where little does, that of the words. For the former it has to be told of one workspace at a time.
 */
const ONE_WORKSPACE = (query: string): string => latest('($1::text[])[1]', query);
const EACH_WORKSPACE = (query: string): string => `
  SELECT of_each.place FROM unnest($1::text[]) AS w(id)
  CROSS JOIN LATERAL (${latest('w.id', query)}) of_each
  ORDER BY of_each.updated_at DESC LIMIT ${MAX_CANDIDATES}`;

function latest(workspace: string, query: string): string {
  return `
    SELECT d.ctid AS place, d.updated_at FROM sync.search_documents d
    WHERE d.workspace_id = ${workspace} AND d.words @@ ${query}::tsquery AND ${FILTER}
    ORDER BY d.updated_at DESC LIMIT ${MAX_CANDIDATES}`;
}

/** A message has no title of its own: that of its chat is shown, and is never looked through. */
export const SHOWN_TITLE = `
  CASE WHEN d.kind = 'message' THEN (
    SELECT c.title FROM app.messages m JOIN app.chats c ON c.workspace_id = m.workspace_id AND c.id = m.chat_id
    WHERE m.workspace_id = d.workspace_id AND m.id = d.id::uuid) ELSE d.title END`;

const AFTER = `($6::float8 IS NULL OR (rank, workspace_id, kind, id) < ($6, $7::text, $8::text, $9::text))`;

const EXACT_IN_ONE = exactSql(ONE_WORKSPACE);
const EXACT_IN_EACH = exactSql(EACH_WORKSPACE);

function exactSql(candidates: (query: string) => string): string {
  return hitsSql(`
    SELECT d.workspace_id, d.kind, d.id, d.project_id, d.updated_at,
      (ts_rank_cd('{0.1, 0.1, 0.1, 1}', d.words, $10::tsquery, 1) * ${RECENCY})::float8 AS rank
    FROM (
      SELECT place FROM (${candidates('$10')}) matching UNION SELECT place FROM (${candidates('$11')}) in_title
    ) candidates JOIN sync.search_documents d ON d.ctid = candidates.place`);
}

export function selectHits(
  queries: CloudQueries,
  { tsQuery, titleTsQuery, ...page }: HitPage & { readonly tsQuery: string; readonly titleTsQuery: string },
): Promise<HitRow[]> {
  return queries.query<HitRow>(page.workspaceIds.length === 1 ? EXACT_IN_ONE : EXACT_IN_EACH, [
    ...pageParams(page),
    tsQuery,
    titleTsQuery,
  ]);
}

export interface SimilarTo {
  readonly words: readonly string[];
  /** The schema of pg_trgm. */
  readonly home: string;
  /** What matches it exactly is no hit here. */
  readonly tsQuery: string;
}

/** A word with two letters in the wrong order is about as much alike as this. Among short words, more are so by chance. */
const [MIN_SIMILARITY, MIN_SIMILARITY_SHORT] = [0.4, 0.5];
const SHORT_CHARACTERS = 6;

/** Titles that have something like each of the words in them, where there are trigrams. Their ranks are below 0. */
export async function selectSimilar(
  queries: CloudQueries,
  { words, home, tsQuery, ...page }: HitPage & SimilarTo,
): Promise<HitRow[]> {
  const trgm = `"${home.replaceAll('"', '""')}"`;
  const threshold = words.some(({ length }) => length <= SHORT_CHARACTERS) ? MIN_SIMILARITY_SHORT : MIN_SIMILARITY;
  const params = words.map((_, index) => `$${11 + index}::text`);
  const similarities = params.map((word) => `${trgm}.word_similarity(${word}, d.title)`);
  await queries.query(`SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)`, [String(threshold)]);
  const sql = hitsSql(`
    SELECT d.workspace_id, d.kind, d.id, d.project_id, d.updated_at,
      ((${similarities.join(' + ')}) / ${words.length} * ${RECENCY} - 2)::float8 AS rank
    FROM (
      SELECT * FROM sync.search_documents d
      WHERE ${params.map((word) => `${word} OPERATOR(${trgm}.<%) d.title`).join(' AND ')} AND ${IN_WORKSPACES} AND ${FILTER}
        AND NOT d.words @@ $10::tsquery
      LIMIT ${MAX_CANDIDATES}
    ) d`);
  return queries.query<HitRow>(sql, [...pageParams(page), tsQuery, ...words]);
}

/** Where pg_trgm is, if it is there and titles are indexed by it. */
export async function trigramHome(queries: CloudQueries): Promise<string | undefined> {
  const [row] = await queries.query<{ home: string }>(
    `SELECT n.nspname::text AS home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'pg_trgm' AND to_regclass('sync.search_documents_title') IS NOT NULL`,
  );
  return row?.home;
}

/** Since when the oldest change waits that is not indexed yet, of these workspaces or, in a long queue, of any. */
export async function oldestQueued(queries: CloudQueries, workspaceIds: readonly string[]): Promise<Date | undefined> {
  const [row] = await queries.query<{ oldest: Date | null }>(
    `SELECT CASE WHEN count(*) < 1000 THEN min(queued_at) FILTER (WHERE workspace_id = ANY ($1::text[]))
       ELSE min(queued_at) END AS oldest
     FROM (SELECT workspace_id, queued_at FROM sync.search_queue ORDER BY seq LIMIT 1000) AS next`,
    [workspaceIds],
  );
  return row?.oldest ?? undefined;
}

/** From candidates with a rank to a page of hits with their texts. */
function hitsSql(ranked: string): string {
  return `
    SELECT d.workspace_id, d.kind, d.id, d.project_id, d.updated_at, page.rank,
      coalesce(${SHOWN_TITLE}, '') AS title, left(d.body, ${SNIPPET_SOURCE_CHARACTERS}) AS body
    FROM (
      SELECT * FROM (${ranked}) ranked WHERE ${AFTER}
      ORDER BY rank DESC, workspace_id DESC, kind DESC, id DESC LIMIT $4
    ) page
    JOIN sync.search_documents d USING (workspace_id, kind, id)
    ORDER BY page.rank DESC, d.workspace_id DESC, d.kind DESC, d.id DESC`;
}

function pageParams({ workspaceIds, kinds, projectId, limit, asOf, after }: HitPage) {
  return [
    workspaceIds,
    kinds,
    projectId ?? null,
    limit,
    new Date(asOf),
    after?.rank ?? null,
    after?.workspaceId ?? null,
    after?.kind ?? null,
    after?.id ?? null,
  ];
}
