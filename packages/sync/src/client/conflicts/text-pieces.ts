/** Text cut into pieces that join to just that text, from small to large. */
export type Split = (text: string) => readonly string[];

/** Written without spaces, so that each character has to stand for a word. */
const IDEOGRAPH = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const PICTURE = String.raw`\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?`;

const TOKEN = new RegExp(
  [
    String.raw`\r?\n`,
    String.raw`[^\S\n]+`,
    String.raw`${IDEOGRAPH}\p{M}*`,
    String.raw`(?:(?!${IDEOGRAPH})[\p{L}\p{N}\p{M}_])+`,
    String.raw`${PICTURE}(?:\u200D${PICTURE})*`,
    String.raw`\p{Regional_Indicator}{2}`,
    String.raw`[^]\p{M}*`,
  ].join('|'),
  'gu',
);

const CLAUSE = /[^.!?;,。！？；，、\n]*[.!?;,。！？；，、\n]+\s*|[^.!?;,。！？；，、\n]+/gu;
const LINE = /[^\n]*\n|[^\n]+/g;

/** Words, spaces and punctuation; ideographs and pictures one by one. */
export const splitTokens: Split = (text) => text.match(TOKEN) ?? [];

export const splitClauses: Split = (text) => text.match(CLAUSE) ?? [];

export const splitLines: Split = (text) => text.match(LINE) ?? [];

/** Whether there is anything but spaces and punctuation in it. */
export function hasWord(text: string): boolean {
  return WORD.test(text);
}

/** Both texts, one after the other, kept apart where their ends would run into one. */
export function appendText(first: string, second: string): string {
  if (first === '' || second === '' || /\s$/u.test(first) || /^\s/u.test(second)) return first + second;
  if (first.includes('\n') || second.includes('\n')) return `${first}\n${second}`;
  const runTogether = ENDS_LIKE_A_WORD.test(first) && STARTS_LIKE_A_WORD.test(second);
  return runTogether ? `${first} ${second}` : first + second;
}

const WORD = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;
const ENDS_LIKE_A_WORD = new RegExp(String.raw`(?!${IDEOGRAPH})[\p{L}\p{N}_.,;:!?)\]]\p{M}*$`, 'u');
const STARTS_LIKE_A_WORD = new RegExp(String.raw`^(?!${IDEOGRAPH})[\p{L}\p{N}_\p{M}]`, 'u');
