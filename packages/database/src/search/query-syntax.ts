/**
 * What people type, as an FTS5 expression: all words must occur, "quoted words" in that order, and none of the -excluded
 * ones. The last word may be unfinished, as in search as you type, until a space or a quote ends it.
 *
 * Every word becomes a quoted FTS5 string, in which nothing has a meaning, so no input can be a syntax error. FTS5 cuts
 * the string into tokens itself and drops one without any, such as "&".
 */

import { separateIdeographs } from './indexable-text.ts';

/** Longer input is cut: nobody types it, and FTS5's parser has limits of its own. */
export const MAX_QUERY_CHARACTERS = 1_000;
export const MAX_QUERY_TERMS = 32;

/** Undefined when nothing is looked for: empty input, or exclusions alone. */
export function toMatchExpression(text: string): string | undefined {
  const input = normalize(text);
  const terms = parseTerms(input);
  const last = terms.at(-1);
  const unfinished = /[^\s"]$/.test(input) && last?.excluded === false ? last : undefined;

  const wanted = terms.filter(({ excluded }) => !excluded);
  if (wanted.length === 0) return undefined;
  const all = wanted.map((term) => `"${separateIdeographs(term.words)}"${term === unfinished ? '*' : ''}`).join(' ');
  const none = terms.filter(({ excluded }) => excluded).map(({ words }) => ` NOT "${separateIdeographs(words)}"`);
  return all + none.join('');
}

interface Term {
  /** Free of quotes. */
  readonly words: string;
  readonly excluded: boolean;
}

/** Keyboards correct quotes to typographic ones; a NUL or half a surrogate pair would end or garble the expression. */
function normalize(text: string): string {
  return text
    .slice(0, MAX_QUERY_CHARACTERS)
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ');
}

const TERM = /(-?)(?:"([^"]*)"?|([^\s"]+))/g;

function parseTerms(input: string): Term[] {
  return [...input.matchAll(TERM)]
    .map(([, minus, phrase, word]) => ({ words: (phrase ?? word ?? '').trim(), excluded: minus === '-' }))
    .filter(({ words }) => words !== '')
    .slice(0, MAX_QUERY_TERMS);
}
