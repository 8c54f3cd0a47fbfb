/**
 * What people type: all words must occur, "quoted words" in that order, none of the -excluded ones, and `or` stands between
 * two alternatives. The last word may be unfinished, as in search as you type, until a space or a quote ends it.
 *
 * What has several words without a space, such as foo-bar or src/main.ts, is a phrase. No input is a fault.
 */
import { isOneCharacter, scanWords } from './scan-words.ts';

export interface QueryWord {
  readonly word: string;
  /** How many words after the first one of its phrase. */
  readonly offset: number;
  readonly isPair: boolean;
}

export interface QueryTerm {
  readonly words: readonly QueryWord[];
  readonly isExcluded: boolean;
  /** The last of its words may go on. */
  readonly isUnfinished: boolean;
}

/** One of the alternatives: all of its terms, of which at least one is not excluded. */
export type QueryGroup = readonly QueryTerm[];

/** Longer input is cut: nobody types it. */
export const MAX_QUERY_CHARACTERS = 1_000;
const MAX_TERMS = 32;
const MAX_WORDS = 64;

const TERM = /(-?)(?:"([^"]*)"?|([^\s"]+))/g;

/** Empty where nothing is looked for: no words, or exclusions alone. */
export function parseQuery(text: string): readonly QueryGroup[] {
  const input = normalize(text);
  const groups: QueryTerm[][] = [[]];
  let left = MAX_WORDS;
  const pieces = [...input.matchAll(TERM)].slice(0, MAX_TERMS);
  for (const [index, { 0: piece, 1: minus, 2: phrase, 3: plain = '' }] of pieces.entries()) {
    if (isOr(plain, minus) && index > 0 && index < pieces.length - 1) {
      groups.push([]);
      continue;
    }
    const words = wordsOf(phrase ?? plain, left);
    if (words.length === 0) continue;
    left -= words.length;
    const isLast = index === pieces.length - 1 && input.endsWith(piece) && /[\p{L}\p{N}\p{M}]$/u.test(input);
    const isExcluded = minus === '-';
    groups.at(-1)?.push({ words, isExcluded, isUnfinished: isLast && !isExcluded });
  }
  return groups.filter((group) => group.some(({ isExcluded }) => !isExcluded));
}

/** Keyboards correct quotes to typographic ones; what PostgreSQL cannot hold stands for a space. */
function normalize(text: string): string {
  return text
    .slice(0, MAX_QUERY_CHARACTERS)
    .toWellFormed()
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[\p{Cc}\ufffd]/gu, ' ');
}

function isOr(plain: string, minus: string | undefined): boolean {
  return minus !== '-' && plain.toLowerCase() === 'or';
}

function wordsOf(text: string, limit: number): QueryWord[] {
  const scanned = [...scanWords(text)].slice(0, limit);
  return scanned
    .filter((word, index) => !isTail(word, scanned[index - 1]))
    .map(({ word, place, isPair }) => ({ word, offset: place, isPair }));
}

/** The last character of a run stands alone only so that it can be found alone: the pair before it has it already. */
function isTail(
  { word, isPair }: { readonly word: string; readonly isPair: boolean },
  before: { readonly word: string; readonly isPair: boolean; readonly end: number } | undefined,
): boolean {
  return (
    isPair &&
    isOneCharacter(word) &&
    before?.isPair === true &&
    !isOneCharacter(before.word) &&
    before.word.endsWith(word)
  );
}
