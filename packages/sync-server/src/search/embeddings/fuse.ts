/**
 * The first page, from what has the words and what is about the same: reciprocal rank fusion, in which a hit counts by its
 * place in each list, because the ranks of the two cannot be compared.
 *
 *   text hits    t1 t2 t3 t4 │ t5 …      by words, the next page goes on behind the last one that is shown
 *   meant hits   m1 t2 m2 …              by meaning
 *   page of 6    t2 t1 m1 m2 t3 t4       all of the first text hits, and others only besides them
 *
 *   1. The text hits of a page are the first ones, without a gap: so none is passed over by the pages that follow.
 *   2. No page is longer than its limit.
 *   3. A hit by meaning may come again on a later page, if it has the words and these have brought it no further.
 */
import type { HitRow } from '../search-statements.ts';

export interface FusedPage {
  /** With ranks of the fusion. */
  readonly shown: readonly HitRow[];
  /** How many of the text hits are among them. */
  readonly textCount: number;
}

/** What is usual: the first few places of a list count about the same. */
const DAMPING = 60;

export function fuse(text: readonly HitRow[], meant: readonly HitRow[], limit: number): FusedPage {
  const all = byScore([...scored(text, meant).values()]);
  const known = new Set(text.map(keyOf));
  const meantOnly = all.slice(0, limit).filter((row) => !known.has(keyOf(row)));
  const shownText = text.slice(0, limit - meantOnly.length);
  const keys = new Set([...shownText, ...meantOnly].map(keyOf));
  return { shown: all.filter((row) => keys.has(keyOf(row))), textCount: shownText.length };
}

function scored(...lists: readonly (readonly HitRow[])[]): Map<string, HitRow> {
  const rows = new Map<string, HitRow>();
  for (const list of lists) {
    for (const [place, row] of list.entries()) {
      const before = rows.get(keyOf(row));
      rows.set(keyOf(row), { ...(before ?? row), rank: (before?.rank ?? 0) + 1 / (DAMPING + 1 + place) });
    }
  }
  return rows;
}

/** Of equals, those with the words come first: the sort is stable. */
function byScore(rows: readonly HitRow[]): HitRow[] {
  return rows.toSorted((a, b) => b.rank - a.rank);
}

function keyOf({ workspace_id: workspaceId, kind, id }: HitRow): string {
  return `${workspaceId}/${kind}/${id}`;
}
