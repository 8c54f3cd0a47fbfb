/** Where a place in a text is after the text was changed around it: found again by what stands beside it. */

const CONTEXT_LENGTHS = [48, 16, 6];

export function moveOffset(before: string, after: string, offset: number): number {
  const { prefix, suffix } = commonEnds(before, after);
  if (offset <= prefix) return offset;
  const fromEnd = before.length - offset;
  if (fromEnd <= suffix) return after.length - fromEnd;
  return findContext(before, after, offset) ?? Math.min(offset, after.length - suffix);
}

function findContext(before: string, after: string, offset: number): number | undefined {
  for (const length of CONTEXT_LENGTHS) {
    const left = before.slice(Math.max(0, offset - length), offset);
    const right = before.slice(offset, offset + length);
    for (const [needle, at] of [
      [left + right, left.length] as const,
      [left, left.length] as const,
      [right, 0] as const,
    ]) {
      const found = needle.length >= Math.min(length, 4) ? closest(after, needle, offset - at) : undefined;
      if (found !== undefined) return found + at;
    }
  }
  return undefined;
}

/** The occurrence that starts nearest to a place. */
function closest(text: string, needle: string, place: number): number | undefined {
  const later = text.indexOf(needle, Math.max(0, place));
  const earlier = text.lastIndexOf(needle, Math.max(0, place));
  if (later < 0 || earlier < 0) return later < 0 && earlier < 0 ? undefined : Math.max(later, earlier);
  return later - place < place - earlier ? later : earlier;
}

function commonEnds(before: string, after: string): { readonly prefix: number; readonly suffix: number } {
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && before[prefix] === after[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  return { prefix, suffix };
}
