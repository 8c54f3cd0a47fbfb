/**
 * Full-text search over what people wrote, in the workspaces that the caller may read: which ones those are is the caller's
 * to check. Any text is a query; see `query-terms` for what it can say.
 *
 * Of what matches, the latest documents are ranked, and besides them those that match by their titles, so that a common
 * word costs no more than a rare one. Where little is found, titles that are spelled alike are added, if the database can.
 *
 * Where there are vectors, the first page also has documents that mean what is looked for, without its words (see `fuse`). The
 * pages after it have none: their order has to stay as it was.
 */
import type { CloudDatabase, CloudQueries } from '../cloud/cloud-database.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import { ApiError } from '../errors.ts';
import { fuse } from './embeddings/fuse.ts';
import type { NearestOptions } from './embeddings/nearest.ts';
import type { VectorSearch } from './embeddings/vector-search.ts';
import { SEARCH_KINDS, type SearchKind } from './documents.ts';
import { highlight, snippet, type Segment } from './highlight.ts';
import { MAX_QUERY_CHARACTERS, parseQuery, type QueryGroup } from './query-terms.ts';
import { toTitleTsQuery, toTsQuery } from './query-text.ts';
import { decodeCursor, encodeCursor, type PageEnd } from './search-cursor.ts';
import { DEFAULT_LIMIT, DEFAULT_TIMEOUT_MS, MAX_LIMIT } from './search-limits.ts';
import {
  oldestQueued,
  selectHits,
  selectSimilar,
  trigramHome,
  type HitPage,
  type HitRow,
} from './search-statements.ts';

export interface SearchRequest {
  readonly workspaceIds: readonly string[];
  readonly q: string;
  /** All kinds by default. */
  readonly kinds?: readonly SearchKind[] | undefined;
  readonly projectId?: string | undefined;
  readonly limit?: number | undefined;
  /** Of the page before, with the same question. */
  readonly cursor?: string | undefined;
}

export interface SearchHit {
  readonly workspaceId: string;
  readonly kind: SearchKind;
  readonly id: string;
  readonly projectId: string | null;
  /** The document's own; a message's is its chat's, and a memory has none. */
  readonly title: string;
  readonly titleSegments: readonly Segment[];
  readonly snippet: readonly Segment[];
  /** Comparable within one page only; higher is better. */
  readonly rank: number;
  readonly updatedAt: string;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** For the next page; absent where there is none. */
  readonly cursor?: string;
  /** Titles that are only spelled alike are among the hits, or would be if there were any. */
  readonly fuzzy: boolean;
  /** Meaning had a part in this page. False on later pages, for queries that are meant to the letter, and without vectors. */
  readonly vector: boolean;
  readonly tookMs: number;
  /** Changes up to then are in the index; absent where all are. */
  readonly indexedUntil?: string;
}

export interface SearchSettings {
  /** For all statements of a search together. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** Without it, hits are those that have the words. */
  readonly vectors?: VectorSearch | undefined;
}

/** With fewer exact hits, titles that are spelled alike are looked for. */
const FEW_HITS = 5;
/** In letters. */
const MIN_MISSPELLED = 4;
/** In words. */
const MAX_MISSPELLED = 6;

/** Of a query, in characters; and of the hits by meaning on a page. */
const [MIN_MEANING, MAX_MEANT] = [3, 50];

const TIMED_OUT = '57014';

export async function search(
  cloud: CloudDatabase,
  request: SearchRequest,
  { timeoutMs = DEFAULT_TIMEOUT_MS, now = Date.now, vectors }: SearchSettings = {},
): Promise<SearchResult> {
  const startedAt = performance.now();
  const after = pageEndOf(request);
  const groups = parseQuery(request.q);
  const page = pageOf(request, after, now());
  // Asked for at once: the text is looked for meanwhile.
  const asked = after === undefined && isAboutMeaning(request.q, groups) ? vectors?.meaningOf(request.q) : undefined;
  const { rows, isFuzzy, indexedUntil } = await inTime(timeoutMs, () =>
    cloud.transaction((queries) => find(queries, groups, page), { readOnly: true, timeoutMs }),
  );
  const meant = await vectors?.nearest(await asked, nearestPage(page, timeoutMs));
  const { shown, textCount } = pageOfHits(rows, meant, page.limit - 1);
  const last = rows[textCount - 1];
  return {
    hits: shown.map((row) => hitOf(row, groups)),
    ...(rows.length > textCount && last && { cursor: encodeCursor(pageEnd(last, page.asOf), questionOf(request)) }),
    fuzzy: isFuzzy,
    vector: meant !== undefined,
    tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    ...(indexedUntil && { indexedUntil: indexedUntil.toISOString() }),
  };
}

/** One hit more than is shown tells whether there is another page. */
function pageOf(
  { workspaceIds, kinds, projectId, limit = DEFAULT_LIMIT }: SearchRequest,
  after: PageEnd | undefined,
  now: number,
): HitPage {
  const shown = Math.max(1, Math.min(MAX_LIMIT, limit));
  return { workspaceIds, kinds: kinds ?? SEARCH_KINDS, projectId, limit: shown + 1, asOf: after?.asOf ?? now, after };
}

interface PageOfHits {
  readonly shown: readonly HitRow[];
  readonly textCount: number;
}

function pageOfHits(rows: readonly HitRow[], meant: readonly HitRow[] | undefined, limit: number): PageOfHits {
  if (meant !== undefined) return fuse(rows, meant, limit);
  const shown = rows.slice(0, limit);
  return { shown, textCount: shown.length };
}

/** Who quotes, excludes or gives alternatives means it to the letter. */
function isAboutMeaning(q: string, groups: readonly QueryGroup[]): boolean {
  const isLiteral = /["“”„«»]/.test(q) || groups.some((group) => group.some(({ isExcluded }) => isExcluded));
  return groups.length === 1 && !isLiteral && q.trim().length >= MIN_MEANING && q.length <= MAX_QUERY_CHARACTERS;
}

function nearestPage({ workspaceIds, kinds, projectId, limit }: HitPage, timeoutMs: number): NearestOptions {
  return { workspaceIds, kinds, projectId, limit: Math.min(MAX_MEANT, limit - 1), timeoutMs };
}

interface Found {
  readonly rows: readonly HitRow[];
  readonly isFuzzy: boolean;
  readonly indexedUntil: Date | undefined;
}

async function find(queries: CloudQueries, groups: readonly QueryGroup[], page: HitPage): Promise<Found> {
  const indexedUntil = await oldestQueued(queries, page.workspaceIds);
  const [tsQuery, titleTsQuery] = [toTsQuery(groups), toTitleTsQuery(groups)];
  if (tsQuery === undefined || titleTsQuery === undefined) return { rows: [], isFuzzy: false, indexedUntil };
  const exact = await selectHits(queries, { ...page, tsQuery, titleTsQuery });
  const similar = exact.length >= page.limit ? undefined : await findSimilar(queries, groups, page, exact);
  return { rows: [...exact, ...(similar ?? [])].slice(0, page.limit), isFuzzy: similar !== undefined, indexedUntil };
}

/** Undefined where there is no need, or no pg_trgm. */
async function findSimilar(
  queries: CloudQueries,
  groups: readonly QueryGroup[],
  page: HitPage,
  exact: readonly HitRow[],
): Promise<readonly HitRow[] | undefined> {
  const isWanted = page.after === undefined ? exact.length < FEW_HITS : page.after.rank < 0;
  const words = isWanted ? misspellable(groups) : [];
  const home = words.length === 0 ? undefined : await trigramHome(queries);
  if (home === undefined) return undefined;
  return selectSimilar(queries, { ...page, words, home, tsQuery: toTsQuery(groups) ?? '' });
}

/** Who quotes, excludes or gives alternatives means it to the letter, and short words are alike too often. */
function misspellable(groups: readonly QueryGroup[]): string[] {
  const [group = [], ...others] = groups;
  if (others.length > 0 || group.some(({ isExcluded, words }) => isExcluded || words.length > 1)) return [];
  const words = group.flatMap((term) => term.words.filter(({ isPair }) => !isPair).map(({ word }) => word));
  return words.filter((word) => word.length >= MIN_MISSPELLED).slice(0, MAX_MISSPELLED);
}

function hitOf(row: HitRow, groups: readonly QueryGroup[]): SearchHit {
  const { workspace_id: workspaceId, kind, id, project_id: projectId, title, body, rank, updated_at: updatedAt } = row;
  return {
    workspaceId,
    kind,
    id,
    projectId,
    title,
    titleSegments: kind === 'message' ? plain(title) : highlight(title, groups),
    snippet: snippet(body, groups),
    rank,
    updatedAt: updatedAt instanceof Date ? updatedAt.toISOString() : updatedAt,
  };
}

function plain(text: string): readonly Segment[] {
  return text === '' ? [] : [{ text, match: false }];
}

function pageEnd({ rank, workspace_id: workspaceId, kind, id }: HitRow, asOf: number): PageEnd {
  return { asOf, rank, workspaceId, kind, id };
}

function pageEndOf(request: SearchRequest): PageEnd | undefined {
  if (request.cursor === undefined) return undefined;
  const end = decodeCursor(request.cursor, questionOf(request));
  if (end === undefined) throw cursorInvalid();
  return end;
}

function questionOf({ workspaceIds, q, kinds, projectId }: SearchRequest): string {
  return JSON.stringify([workspaceIds.toSorted(), q, kinds?.toSorted() ?? null, projectId ?? null]);
}

function cursorInvalid(): ApiError {
  const message = 'has to be the cursor of the page before, with the same question';
  return new ApiError('request_invalid', 'the cursor is not one of this search', {
    issues: [{ parameter: 'cursor', message }],
  });
}

async function inTime<T>(timeoutMs: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
    throw new ApiError('search_too_slow', `the search did not end within ${timeoutMs} ms`, { cause });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof CloudError && (error.sqlState === TIMED_OUT || error.message.startsWith('no answer from'));
}
