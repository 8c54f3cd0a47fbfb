/** Local full-text search over a replica. */
export type { SearchHit } from './hit-reader.ts';
export { SEARCH_KINDS, type SearchKind } from './indexed-kinds.ts';
export { SearchIndex, type RefreshOptions, type SearchOptions } from './search-index.ts';
export type { SnippetSegment } from './snippet.ts';
