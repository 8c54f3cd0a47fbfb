/**
 * A text with its matches marked, as segments: a UI renders each as text, and no stored text can ever become markup.
 * FTS5 marks matches inside the text, so the two marks are control characters that the index does not store.
 */
import { MATCH_END, MATCH_START, withoutSeparators } from './indexable-text.ts';

export interface SnippetSegment {
  readonly text: string;
  readonly match: boolean;
}

/** The marks as arguments of FTS5's `highlight` and `snippet`. */
export const MARKS_SQL = 'char(1), char(2)';

export function parseSegments(marked: string): readonly SnippetSegment[] {
  const [plain = '', ...pieces] = marked.split(MATCH_START);
  const segments: SnippetSegment[] = [{ text: plain, match: false }];
  for (const piece of pieces) {
    const [match = '', rest = ''] = piece.split(MATCH_END, 2);
    segments.push({ text: match, match: true }, { text: rest, match: false });
  }
  return segments
    .map(({ text, match }) => ({ text: withoutSeparators(text), match }))
    .filter(({ text }) => text !== '');
}

export function textOf(segments: readonly SnippetSegment[]): string {
  return segments.map(({ text }) => text).join('');
}
