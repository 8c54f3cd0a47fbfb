/**
 * Which items of two sequences belong together: a longest common subsequence, by Myers' greedy algorithm ("An O(ND)
 * difference algorithm and its variations", 1986). Its cost grows with the number of differences, not with the length, so
 * a limit on the differences bounds time and memory.
 */

export interface AlignOptions {
  /** With more items than this that have no partner, two sequences may count as too different. */
  readonly maxEdits: number;
  /** Items that mean something by themselves. They are matched first, and the others only between them. */
  readonly isWeighty: (item: string) => boolean;
}

/** For each item of `one` the index of its partner in `other`, ascending, or -1; undefined if they are too different. */
export function align(one: Items, other: Items, { maxEdits, isWeighty }: AlignOptions): Int32Array | undefined {
  const matchAll = (ones: Items, others: Items) => shortestPath(ones, others, maxEdits);
  const matchByWeight = (ones: Items, others: Items) => {
    const matches = matchWeighty(ones, others, isWeighty, matchAll);
    return matches && fillGaps(ones, others, matches, matchAll);
  };
  const matches = matchEnds(one, other, matchByWeight);
  if (matches === undefined) return undefined;
  const partners = new Int32Array(one.length).fill(-1);
  for (const [index, partner] of moveForward(one, other, matches)) partners[index] = partner;
  return partners;
}

type Items = readonly string[];
type Match = readonly [indexInOne: number, indexInOther: number];
type MatchItems = (one: Items, other: Items) => Match[] | undefined;

/** What both begin and end with is matched without further ado: most edits are small. */
function matchEnds(one: Items, other: Items, matchMiddle: MatchItems): Match[] | undefined {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;

  const isDone = start + end === shorter;
  const [oneEnd, otherEnd] = [one.length - end, other.length - end];
  const middle = isDone ? [] : matchMiddle(one.slice(start, oneEnd), other.slice(start, otherEnd));
  if (middle === undefined) return undefined;
  return [
    ...Array.from({ length: start }, (_, index): Match => [index, index]),
    ...middle.map(([x, y]): Match => [start + x, start + y]),
    ...Array.from({ length: end }, (_, index): Match => [oneEnd + index, otherEnd + index]),
  ];
}

function matchWeighty(
  one: Items,
  other: Items,
  isWeighty: AlignOptions['isWeighty'],
  match: MatchItems,
): Match[] | undefined {
  const [ones, others] = [one, other].map((items) =>
    [...items.keys()].filter((index) => isWeighty(items[index] as string)),
  ) as [number[], number[]];
  const matches = matchEnds(pick(one, ones), pick(other, others), match);
  return matches?.map(([x, y]) => [ones[x] as number, others[y] as number]);
}

function pick(items: Items, indices: readonly number[]): string[] {
  return indices.map((index) => items[index] as string);
}

function fillGaps(one: Items, other: Items, matches: readonly Match[], match: MatchItems): Match[] {
  const filled: Match[] = [];
  let [from, to] = [0, 0];
  for (const [index, partner] of [...matches, [one.length, other.length] as const]) {
    const inGap = matchEnds(one.slice(from, index), other.slice(to, partner), match) ?? [];
    for (const [x, y] of inGap) filled.push([from + x, to + y]);
    if (index < one.length) filled.push([index, partner]);
    [from, to] = [index + 1, partner + 1];
  }
  return filled;
}

/**
 * Of equal items in a row, the first is matched and the last has no partner: two texts that say the same in one place are
 * then matched with a third in the same way.
 */
function moveForward(one: Items, other: Items, matches: readonly Match[]): Match[] {
  let [nextIndex, nextPartner] = [0, 0];
  return matches.map(([x, y]): Match => {
    const index = one[nextIndex] === one[x] ? nextIndex : x;
    const partner = other[nextPartner] === other[y] ? nextPartner : y;
    [nextIndex, nextPartner] = [index + 1, partner + 1];
    return [index, partner];
  });
}

/**
 * After `d` edits, how far into `one` the best path gets on each diagonal `k`, where `k = index in one - index in other`.
 * Only every second diagonal from `-d` to `d` can be reached; the array holds them in this order.
 */
type Reach = Int32Array;

function shortestPath(one: Items, other: Items, maxEdits: number): Match[] | undefined {
  const limit = Math.min(maxEdits, one.length + other.length);
  if (Math.abs(one.length - other.length) > limit) return undefined;
  const [a, b] = asNumbers(one, other);
  const history: Reach[] = [];
  for (let d = 0; d <= limit; d++) {
    const reach = new Int32Array(d + 1);
    const previous = history.at(-1);
    history.push(reach);
    for (let i = 0; i <= d; i++) {
      const k = 2 * i - d;
      let x = previous === undefined ? 0 : entryOf(previous, i);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[i] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(history, a.length, b.length);
    }
  }
  return undefined;
}

/** Numbers are compared faster than texts. */
function asNumbers(one: Items, other: Items): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const numberOf = (item: string): number => {
    const number = numbers.get(item) ?? numbers.size;
    numbers.set(item, number);
    return number;
  };
  return [Int32Array.from(one, numberOf), Int32Array.from(other, numberOf)];
}

/** Where the next edit enters its `i`-th diagonal: by leaving out an item of `one`, or else one of `other`. */
function entryOf(previous: Reach, i: number): number {
  return leavesOutOne(previous, i) ? (previous[i - 1] as number) + 1 : (previous[i] as number);
}

function leavesOutOne(previous: Reach, i: number): boolean {
  if (i === 0) return false;
  return i === previous.length || (previous[i - 1] as number) >= (previous[i] as number);
}

function walkBack(history: readonly Reach[], oneLength: number, otherLength: number): Match[] {
  const matches: Match[] = [];
  let [x, y] = [oneLength, otherLength];
  for (let d = history.length - 1; d > 0; d--) {
    const previous = history[d - 1] as Reach;
    const i = (x - y + d) / 2;
    const entry = entryOf(previous, i);
    while (x > entry) matches.push([--x, --y]);
    if (leavesOutOne(previous, i)) x--;
    else y--;
  }
  while (x > 0) matches.push([--x, --y]);
  return matches.toReversed();
}
