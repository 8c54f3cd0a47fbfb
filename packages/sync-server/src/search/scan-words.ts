/**
 * Cuts text into the words that are indexed and looked for, the same in every language, locale and PostgreSQL. A word is a
 * run of letters, digits and marks; it is compared in lower case, in its compatible form and without accents.
 *
 * Chinese, Japanese, Thai and the like are written without spaces. Their runs are cut into pairs of characters, each at the
 * place of its first one, and the last character stands alone: what is found inside a run is then a phrase of such pairs.
 *
 *   "Kobe神戸市" → kobe@0  神戸@1  戸市@2  市@3
 */

export interface ScannedWord {
  readonly word: string;
  /** Counted in words. */
  readonly place: number;
  /** Where it is in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** A pair of characters of a run that is written without spaces, or its last character. */
  readonly isPair: boolean;
}

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
const NOT_OF_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;
// Of letters only, for the scripts share their punctuation; with those that belong to several of them, such as ー and 々.
const SPACELESS =
  /(?:(?=[\p{L}\p{M}\p{N}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])+/gu;
const ACCENTS = /[\u0300-\u036f]/g;
const ASCII = /^[\0-\x7f]*$/;

/** A longer word is cut. PostgreSQL takes no more than 2,046 bytes. */
export const MAX_WORD_CHARACTERS = 64;

/** The words in their order. A caller that has enough may stop. */
export function* scanWords(text: string): Generator<ScannedWord, void, undefined> {
  let place = 0;
  for (const match of text.matchAll(WORDS)) {
    const raw = match[0];
    const span = { start: match.index, end: match.index + raw.length };
    if (ASCII.test(raw)) {
      yield { word: cut(raw.toLowerCase()), place: place++, ...span, isPair: false };
      continue;
    }
    const folded = fold(raw);
    for (const part of partsOf(folded)) {
      const at = folded.length === raw.length ? spanWithin(span.start, part) : span;
      if (!part.isSpaceless) {
        yield { word: cut(part.text), place: place++, ...at, isPair: false };
        continue;
      }
      const isExact = folded.length === raw.length;
      for (const pair of pairsOf(part.text)) {
        const pairSpan = isExact ? { start: at.start + pair.start, end: at.start + pair.end } : at;
        yield { word: pair.text, place: place++, ...pairSpan, isPair: true };
      }
    }
  }
}

/** One code point, whatever its length. */
export function isOneCharacter(word: string): boolean {
  return /^.$/su.test(word);
}

/** As words are compared. */
export function fold(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFD').replaceAll(ACCENTS, '').normalize('NFC');
  return plain.replaceAll(NOT_OF_WORDS, '');
}

interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function* partsOf(word: string): Generator<Part & { readonly isSpaceless: boolean }, void, undefined> {
  let from = 0;
  for (const { 0: run, index } of word.matchAll(SPACELESS)) {
    if (index > from) yield { ...partOf(word, from, index), isSpaceless: false };
    from = index + run.length;
    yield { ...partOf(word, index, from), isSpaceless: true };
  }
  if (from < word.length) yield { ...partOf(word, from, word.length), isSpaceless: false };
}

function partOf(word: string, start: number, end: number): Part {
  return { text: word.slice(start, end), start, end };
}

function* pairsOf(run: string): Generator<Part, void, undefined> {
  let previous = '';
  let start = 0;
  for (const character of run) {
    const end = start + previous.length + character.length;
    if (previous !== '') {
      yield { text: previous + character, start, end };
      start += previous.length;
    }
    previous = character;
  }
  if (previous !== '') yield { text: previous, start, end: start + previous.length };
}

function spanWithin(offset: number, { start, end }: Part): { readonly start: number; readonly end: number } {
  return { start: offset + start, end: offset + end };
}

function cut(word: string): string {
  if (word.length <= MAX_WORD_CHARACTERS) return word;
  return word.slice(0, MAX_WORD_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
}
