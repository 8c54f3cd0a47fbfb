/**
 * Text on its way into the index. FTS5 takes a run of letters as one word, but Chinese and Japanese are written without
 * spaces: so each of their characters becomes a word of its own, and what is looked for a phrase of such words. The
 * separator is invisible, and taken out again of what is shown.
 */
import type { Driver } from '../engine/driver.ts';

/** Zero-width space: no letter to FTS5, and nothing to the eye. */
const SEPARATOR = '\u200B';

const FUNCTION_NAME = 'tributary_indexable';

const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** What FTS5 puts around a match, see `snippet`. Indexed text has a space in the place of either. */
export const MATCH_START = '\u0001';
export const MATCH_END = '\u0002';

export function separateIdeographs(text: string): string {
  return text.replace(IDEOGRAPH, `${SEPARATOR}$&${SEPARATOR}`);
}

export function withoutSeparators(text: string): string {
  return text.replaceAll(SEPARATOR, '');
}

/** To be called once for a driver, before anything is indexed through it. */
export function defineIndexableText(driver: Driver): void {
  driver.function(FUNCTION_NAME, { deterministic: true }, (text) =>
    typeof text === 'string' ? separateIdeographs(withoutMarks(text)) : '',
  );
}

/** What of an SQL expression goes into the index; empty for anything but text. */
export function indexableSql(expression: string): string {
  return `${FUNCTION_NAME}(${expression})`;
}

function withoutMarks(text: string): string {
  return text.replaceAll(MATCH_START, ' ').replaceAll(MATCH_END, ' ');
}
