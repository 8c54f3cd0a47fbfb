/** What a search may cost, by default. */
import type { Rate } from '../limits.ts';

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

/** For all statements of one search. */
export const DEFAULT_TIMEOUT_MS = 2_000;

/** Of one user: as quick as people type, with a search for each letter. */
export const DEFAULT_SEARCH_RATE: Rate = { perSecond: 10, burst: 40 };
