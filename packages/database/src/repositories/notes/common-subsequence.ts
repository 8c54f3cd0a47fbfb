/**
 * What two lists of keys have in common, in order: a patience diff. Keys that occur once on each side are anchors;
 * between them equal ends are trimmed, and small rests are solved exactly. The work is bounded for any input: rests too
 * large to solve exactly stay unmatched.
 */
import { longestIncreasing } from './longest-increasing.ts';

export type IndexPair = readonly [before: number, after: number];

export function commonSubsequence(before: readonly string[], after: readonly string[]): IndexPair[] {
  const pairs: IndexPair[] = [];
  align(
    { before, after, pairs },
    { beforeStart: 0, beforeEnd: before.length, afterStart: 0, afterEnd: after.length, depth: 0 },
  );
  return pairs;
}

interface Alignment {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly pairs: IndexPair[];
}

interface Range {
  beforeStart: number;
  beforeEnd: number;
  afterStart: number;
  afterEnd: number;
  readonly depth: number;
}

const MAX_DEPTH = 16;
const MAX_EXACT_CELLS = 250_000;

/** Appends the pairs of one range in order. */
function align(alignment: Alignment, range: Range): void {
  const { before, after, pairs } = alignment;
  const rest = { ...range };
  while (isOpen(rest) && before[rest.beforeStart] === after[rest.afterStart]) {
    pairs.push([rest.beforeStart++, rest.afterStart++]);
  }
  const tail: IndexPair[] = [];
  while (isOpen(rest) && before[rest.beforeEnd - 1] === after[rest.afterEnd - 1]) {
    tail.push([--rest.beforeEnd, --rest.afterEnd]);
  }
  if (isOpen(rest)) alignMiddle(alignment, rest);
  pairs.push(...tail.toReversed());
}

function isOpen({ beforeStart, beforeEnd, afterStart, afterEnd }: Range): boolean {
  return beforeStart < beforeEnd && afterStart < afterEnd;
}

function alignMiddle(alignment: Alignment, range: Range): void {
  const anchors = range.depth < MAX_DEPTH ? uniqueAnchors(alignment, range) : [];
  if (anchors.length === 0) {
    alignExactly(alignment, range);
    return;
  }
  let { beforeStart, afterStart } = range;
  const depth = range.depth + 1;
  for (const anchor of anchors) {
    align(alignment, { beforeStart, beforeEnd: anchor[0], afterStart, afterEnd: anchor[1], depth });
    alignment.pairs.push(anchor);
    beforeStart = anchor[0] + 1;
    afterStart = anchor[1] + 1;
  }
  align(alignment, { beforeStart, beforeEnd: range.beforeEnd, afterStart, afterEnd: range.afterEnd, depth });
}

/** Keys that occur once on each side of the range, the most of them that are in the same order. */
function uniqueAnchors({ before, after }: Alignment, range: Range): IndexPair[] {
  const uniqueBefore = uniqueIndexes(before, range.beforeStart, range.beforeEnd);
  const uniqueAfter = uniqueIndexes(after, range.afterStart, range.afterEnd);
  const shared: IndexPair[] = [];
  for (const [key, afterIndex] of uniqueAfter) {
    const beforeIndex = uniqueBefore.get(key);
    if (beforeIndex !== undefined) shared.push([beforeIndex, afterIndex]);
  }
  const inOrder = new Set(longestIncreasing(shared.map(([beforeIndex]) => beforeIndex)));
  return shared.filter((_, at) => inOrder.has(at));
}

function uniqueIndexes(keys: readonly string[], start: number, end: number): Map<string, number> {
  const indexes = new Map<string, number>();
  const repeated = new Set<string>();
  for (let index = start; index < end; index++) {
    const key = keys[index] ?? '';
    if (indexes.has(key)) repeated.add(key);
    else indexes.set(key, index);
  }
  for (const key of repeated) indexes.delete(key);
  return indexes;
}

/** The textbook table of longest common subsequences, of suffixes so that it is walked forwards. */
function alignExactly({ before, after, pairs }: Alignment, range: Range): void {
  const rows = range.beforeEnd - range.beforeStart;
  const width = range.afterEnd - range.afterStart + 1;
  if (rows * width > MAX_EXACT_CELLS) return;
  const lengths = new Uint32Array((rows + 1) * width);
  const length = (row: number, column: number) => lengths[row * width + column] ?? 0;
  const isEqual = (row: number, column: number) => before[range.beforeStart + row] === after[range.afterStart + column];
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = width - 2; column >= 0; column--) {
      lengths[row * width + column] = isEqual(row, column)
        ? length(row + 1, column + 1) + 1
        : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  for (let row = 0, column = 0; length(row, column) > 0;) {
    if (isEqual(row, column)) pairs.push([range.beforeStart + row++, range.afterStart + column++]);
    else if (length(row + 1, column) >= length(row, column + 1)) row++;
    else column++;
  }
}
