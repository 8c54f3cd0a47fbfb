import type { Driver, Statement } from '../engine/driver.ts';
import { INDEXED_KINDS, SEARCH_KINDS, type IndexedKind, type SearchKind } from './indexed-kinds.ts';
import { MARKS_SQL, parseSegments, textOf, type SnippetSegment } from './snippet.ts';

export interface SearchHit {
  readonly kind: SearchKind;
  readonly id: string;
  /** The document's own title; a message's is its chat's, and a memory has none. */
  readonly title: string;
  readonly titleSegments: readonly SnippetSegment[];
  /** The part of the body that has the most matches, or its beginning when only the title has them. */
  readonly snippet: readonly SnippetSegment[];
  /** Comparable within one search only; higher is better. */
  readonly score: number;
  readonly projectId: string | null;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

export interface HitFilter {
  readonly kinds: readonly SearchKind[];
  /** Null for any project, and none. */
  readonly projectId: string | null;
  readonly limit: number;
  readonly offset: number;
}

const SNIPPET_WORDS = 24;

export class HitReader {
  readonly #select: Statement;

  constructor(driver: Driver) {
    this.#select = driver.prepare(hitsSql()).raw();
  }

  /** Best first. Of equally good ones on a page, the one edited last. */
  read(match: string, { kinds, projectId, limit, offset }: HitFilter): SearchHit[] {
    const rows = this.#select.all({ match, kinds: JSON.stringify(kinds), projectId, limit, offset }) as HitRow[];
    return rows.map(hitOf).sort((a, b) => b.score - a.score || b.updatedAt - a.updatedAt);
  }
}

type HitRow = [
  kind: SearchKind,
  id: string,
  rank: number,
  title: string,
  ownTitle: string | null,
  snippet: string,
  projectId: string | null,
  updatedAt: number,
];

function hitOf([kind, id, rank, title, ownTitle, snippet, projectId, updatedAt]: HitRow): SearchHit {
  const titleSegments = ownTitle === null ? parseSegments(title) : [{ text: ownTitle, match: false }];
  return {
    kind,
    id,
    title: textOf(titleSegments),
    titleSegments,
    snippet: parseSegments(snippet),
    score: -rank,
    projectId,
    updatedAt,
  };
}

/**
 * FTS5 sorts by rank itself and hands over one match at a time, so the filters, and the snippet above all, are evaluated
 * only until the page is full. Any further term in ORDER BY would evaluate them for every match.
 */
function hitsSql(): string {
  const projectId = ofEachKind('projectId');
  return `SELECT d.kind, d.id, rank, highlight(search_text, 0, ${MARKS_SQL}), ${ofEachKind('title')},
                 snippet(search_text, 1, ${MARKS_SQL}, '…', ${SNIPPET_WORDS}), ${projectId}, ${ofEachKind('updatedAt')}
          FROM search_text CROSS JOIN search_docs d ON d.rid = search_text.rowid
          WHERE search_text MATCH $match
            AND d.kind IN (SELECT value FROM json_each($kinds))
            AND ${ofEachKind('visible', 'true')}
            AND ($projectId IS NULL OR ${projectId} = $projectId)
          ORDER BY rank LIMIT $limit OFFSET $offset`;
}

function ofEachKind(property: keyof IndexedKind['hit'], otherwise = 'NULL'): string {
  const cases = SEARCH_KINDS.flatMap((kind) => {
    const expression = INDEXED_KINDS[kind].hit[property];
    return expression === undefined ? [] : [`WHEN '${kind}' THEN ${expression}`];
  });
  return `CASE d.kind ${cases.join(' ')} ELSE ${otherwise} END`;
}
