/**
 * Where a text has what was looked for, as segments: a reader renders each as text, and nothing that is stored can ever
 * become markup. The same segments as those of a replica's own search.
 */
import type { QueryGroup, QueryTerm, QueryWord } from './query-terms.ts';
import { isOneCharacter, scanWords, type ScannedWord } from './scan-words.ts';

export interface Segment {
  readonly text: string;
  readonly match: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Of a snippet, in UTF-16 units. */
const SNIPPET_CHARACTERS = 240;
/** How much of it comes before the first match. */
const LEAD_CHARACTERS = 60;
const ELLIPSIS = '…';

/** All of the text. */
export function highlight(text: string, groups: readonly QueryGroup[]): readonly Segment[] {
  return segmentsOf(text, matchesIn(text, groups), { start: 0, end: text.length });
}

/** The part of the text that has the most matches, or its beginning where it has none. */
export function snippet(text: string, groups: readonly QueryGroup[]): readonly Segment[] {
  const matches = matchesIn(text, groups);
  const window = windowOf(text, bestStart(matches));
  return segmentsOf(text, matches, window, true);
}

/** In the order of the text, none within another. */
export function matchesIn(text: string, groups: readonly QueryGroup[]): readonly Span[] {
  const wanted = groups.flat().filter(({ isExcluded }) => !isExcluded);
  if (wanted.length === 0 || text === '') return [];
  const scanned = [...scanWords(text)];
  const spans = wanted.flatMap((term) => spansOf(term, scanned));
  return merged(spans.sort((a, b) => a.start - b.start || a.end - b.end));
}

function spansOf({ words, isUnfinished }: QueryTerm, scanned: readonly ScannedWord[]): Span[] {
  const spans: Span[] = [];
  const last = words.length - 1;
  for (let from = 0; from < scanned.length; from++) {
    const at = words.map((word, index) => {
      const candidate = scanned[from + word.offset];
      return candidate !== undefined && isMatch(candidate, word, isUnfinished && index === last)
        ? candidate
        : undefined;
    });
    for (const found of at.includes(undefined) ? [] : at) {
      if (found !== undefined) spans.push(spanOfMatch(found, words));
    }
  }
  return spans;
}

function isMatch({ word, isPair }: ScannedWord, wanted: QueryWord, mayGoOn: boolean): boolean {
  if (isPair !== wanted.isPair) return false;
  const isPrefix = wanted.isPair ? isOneCharacter(wanted.word) : mayGoOn;
  return isPrefix ? word.startsWith(wanted.word) : word === wanted.word;
}

/** Of a pair that was found for its first character, only that one. */
function spanOfMatch({ word, start, end, isPair }: ScannedWord, [wanted]: readonly QueryWord[]): Span {
  const isHalf = isPair && wanted !== undefined && word !== wanted.word && end - start === word.length;
  return isHalf && word.startsWith(wanted.word) ? { start, end: start + wanted.word.length } : { start, end };
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const before = result.at(-1);
    if (before === undefined || span.start > before.end) result.push(span);
    else if (span.end > before.end) result[result.length - 1] = { start: before.start, end: span.end };
  }
  return result;
}

function bestStart(matches: readonly Span[]): number {
  let [best, most] = [0, 0];
  for (const [index, { start }] of matches.entries()) {
    let count = 0;
    for (
      let i = index;
      i < matches.length && (matches[i]?.end ?? 0) <= start + SNIPPET_CHARACTERS - LEAD_CHARACTERS;
      i++
    )
      count++;
    if (count > most) [best, most] = [start, count];
  }
  return most === 0 ? (matches[0]?.start ?? 0) : best;
}

/** Begins and ends between words where there is one nearby. */
function windowOf(text: string, matchStart: number): Span {
  const wanted = Math.max(0, Math.min(matchStart - LEAD_CHARACTERS, text.length - SNIPPET_CHARACTERS));
  const start = wanted === 0 ? 0 : nextBlank(text, wanted, matchStart);
  const limit = Math.min(text.length, start + SNIPPET_CHARACTERS);
  const end = limit === text.length ? limit : lastBlank(text, limit);
  return { start: outsidePair(text, start), end: outsidePair(text, end) };
}

function nextBlank(text: string, from: number, until: number): number {
  const blank = text.slice(from, until).search(/\s/);
  return blank === -1 ? from : from + blank + 1;
}

function lastBlank(text: string, until: number): number {
  const blank = /\s\S{0,30}$/.exec(text.slice(Math.max(0, until - 31), until));
  return blank === null ? until : until - blank[0].length;
}

/** Not between the halves of a surrogate pair. */
function outsidePair(text: string, at: number): number {
  return /^[\udc00-\udfff]/.test(text.slice(at, at + 1)) && at > 0 ? at - 1 : at;
}

function segmentsOf(text: string, matches: readonly Span[], window: Span, hasEllipsis = false): Segment[] {
  const segments: Segment[] = [];
  const add = (start: number, end: number, match: boolean): void => {
    if (end > start) segments.push({ text: text.slice(start, end), match });
  };
  if (hasEllipsis && window.start > 0) segments.push({ text: ELLIPSIS, match: false });
  let at = window.start;
  for (const match of matches) {
    const [start, end] = [Math.max(match.start, at), Math.min(match.end, window.end)];
    if (end <= start) continue;
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, window.end, false);
  if (hasEllipsis && window.end < text.length) segments.push({ text: ELLIPSIS, match: false });
  return segments;
}
