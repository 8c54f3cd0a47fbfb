/**
 * A query as PostgreSQL's tsquery, in text. Every word is of letters and digits and stands in quotes, so that nothing that
 * anybody types can have a meaning in it.
 */
import type { QueryGroup, QueryTerm, QueryWord } from './query-terms.ts';
import { isOneCharacter } from './scan-words.ts';
import { TITLE_MARK } from './word-vector.ts';

/** Beginnings shorter than this are looked for in titles only: in texts, half of all words begin so. */
const MIN_PREFIX_CHARACTERS = 3;

/** Undefined where nothing is looked for. */
export function toTsQuery(groups: readonly QueryGroup[]): string | undefined {
  return joined(groups, wordText);
}

/** Finds documents that have all the words in their titles. */
export function toTitleTsQuery(groups: readonly QueryGroup[]): string | undefined {
  return joined(groups, titleWordText);
}

type WordText = (word: QueryWord, mayGoOn: boolean) => string;

function joined(groups: readonly QueryGroup[], textOf: WordText): string | undefined {
  const alternatives = groups.map((group) => {
    const wanted = group.filter(({ isExcluded }) => !isExcluded).map((term) => termText(term, textOf));
    const excluded = group.filter(({ isExcluded }) => isExcluded).map((term) => `!(${termText(term, wordText)})`);
    return `(${[...wanted, ...excluded].join(' & ')})`;
  });
  return alternatives.length === 0 ? undefined : alternatives.join(' | ');
}

function termText({ words, isUnfinished }: QueryTerm, textOf: WordText): string {
  let text = '';
  let before = 0;
  for (const [index, word] of words.entries()) {
    const isLast = index === words.length - 1;
    text += (index === 0 ? '' : ` <${word.offset - before}> `) + textOf(word, isUnfinished && isLast);
    before = word.offset;
  }
  return `(${text})`;
}

function wordText({ word, isPair }: QueryWord, mayGoOn: boolean): string {
  // A single character of a run without spaces is one of a pair wherever it is not the last one.
  if (isPair) return isOneCharacter(word) ? `'${word}':*` : `'${word}'`;
  if (!mayGoOn) return `'${word}'`;
  return word.length < MIN_PREFIX_CHARACTERS ? `('${word}' | '${TITLE_MARK}${word}':*)` : `'${word}':*`;
}

function titleWordText({ word, isPair }: QueryWord, mayGoOn: boolean): string {
  const isPrefix = isPair ? isOneCharacter(word) : mayGoOn;
  return `'${TITLE_MARK}${word}'${isPrefix ? ':*' : ''}`;
}
