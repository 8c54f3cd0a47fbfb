/**
 * Which stored block each block of an edited text is. In this order: what is the same and in the same order stays;
 * what is the same elsewhere has moved; what is alike within one gap was edited; the rest is new. Each stored block is
 * given to one block at most.
 */
import { BlockFingerprint } from './block-similarity.ts';
import { commonSubsequence, type IndexPair } from './common-subsequence.ts';
import { blockSource, spacedSource, type BlockContent } from './note-text.ts';

/** For each block of `after` the index of the block of `before` that it is, or `undefined` where it is new. */
export function matchBlocks(
  before: readonly BlockContent[],
  after: readonly BlockContent[],
): readonly (number | undefined)[] {
  const spacedBefore = before.map(spacedSource);
  const spacedAfter = after.map(spacedSource);
  const anchors = commonSubsequence(spacedBefore, spacedAfter);
  const matching = new Matching(before.length, after.length);
  for (const anchor of anchors) matching.add(anchor);
  if (matching.isComplete) return matching.result;
  matchMoved(matching, spacedBefore, spacedAfter);
  matchMoved(matching, before.map(blockSource), after.map(blockSource));
  for (const gap of gapsBetween(anchors, before.length, after.length)) matchEdited(matching, gap, { before, after });
  return matching.result;
}

class Matching {
  readonly result: (number | undefined)[];
  readonly #isTaken: boolean[];
  #open: number;

  constructor(beforeLength: number, afterLength: number) {
    this.result = Array.from({ length: afterLength });
    this.#isTaken = Array.from({ length: beforeLength }, () => false);
    this.#open = Math.min(beforeLength, afterLength);
  }

  /** Nothing is left on one of the sides. */
  get isComplete(): boolean {
    return this.#open === 0;
  }

  add([before, after]: IndexPair): void {
    this.result[after] = before;
    this.#isTaken[before] = true;
    this.#open--;
  }

  isFreeBefore(index: number): boolean {
    return this.#isTaken[index] === false;
  }

  isFreeAfter(index: number): boolean {
    return this.result[index] === undefined;
  }
}

/** Pairs what is left and equal, wherever it stands, in order. An empty line is nothing that moves. */
function matchMoved(matching: Matching, before: readonly string[], after: readonly string[]): void {
  const waiting = new Map<string, number[]>();
  for (const [index, source] of before.entries()) {
    if (!matching.isFreeBefore(index) || source === '') continue;
    const indexes = waiting.get(source);
    if (indexes) indexes.push(index);
    else waiting.set(source, [index]);
  }
  const next = new Map<string, number>();
  for (const [index, source] of after.entries()) {
    if (!matching.isFreeAfter(index)) continue;
    const turn = next.get(source) ?? 0;
    const candidate = waiting.get(source)?.[turn];
    if (candidate === undefined) continue;
    next.set(source, turn + 1);
    matching.add([candidate, index]);
  }
}

interface Gap {
  readonly before: IndexPair;
  readonly after: IndexPair;
}

/** The stretches between anchors, as [start, end) on both sides. */
function* gapsBetween(anchors: readonly IndexPair[], beforeEnd: number, afterEnd: number): Generator<Gap> {
  let [beforeStart, afterStart] = [0, 0];
  for (const [before, after] of [...anchors, [beforeEnd, afterEnd] as const]) {
    if (before > beforeStart && after > afterStart) {
      yield { before: [beforeStart, before], after: [afterStart, after] };
    }
    beforeStart = before + 1;
    afterStart = after + 1;
  }
}

const MIN_SIMILARITY = 0.4;
const MAX_COMPARISONS = 2_500;

interface BothSides {
  readonly before: readonly BlockContent[];
  readonly after: readonly BlockContent[];
}

function matchEdited(matching: Matching, gap: Gap, blocks: BothSides): void {
  const removed = indexesIn(gap.before).filter((index) => matching.isFreeBefore(index));
  const added = indexesIn(gap.after).filter((index) => matching.isFreeAfter(index));
  for (const { pair } of similarPairs(removed, added, blocks)) {
    if (matching.isFreeBefore(pair[0]) && matching.isFreeAfter(pair[1])) matching.add(pair);
  }
  // One block left on each side of one place was rewritten there, however different it is now.
  const [lastRemoved, ...otherRemoved] = removed.filter((index) => matching.isFreeBefore(index));
  const [lastAdded, ...otherAdded] = added.filter((index) => matching.isFreeAfter(index));
  const isRewritten = otherRemoved.length === 0 && otherAdded.length === 0;
  if (isRewritten && lastRemoved !== undefined && lastAdded !== undefined) matching.add([lastRemoved, lastAdded]);
}

function indexesIn([start, end]: IndexPair): number[] {
  return Array.from({ length: end - start }, (_, offset) => start + offset);
}

/** The most similar first. In a gap too large to compare everything, each block only with its counterpart in order. */
function similarPairs(removed: readonly number[], added: readonly number[], { before, after }: BothSides) {
  const oldPrints = removed.map((index) => ({ index, print: fingerprintOf(before[index]) }));
  const newPrints = added.map((index) => ({ index, print: fingerprintOf(after[index]) }));
  const comparesAll = removed.length * added.length <= MAX_COMPARISONS;
  return oldPrints
    .flatMap((old, order) =>
      (comparesAll ? newPrints : newPrints.slice(order, order + 1)).map((candidate) => ({
        pair: [old.index, candidate.index] as const,
        similarity: old.print.similarityTo(candidate.print),
      })),
    )
    .filter(({ similarity }) => similarity >= MIN_SIMILARITY)
    .sort((one, other) => other.similarity - one.similarity);
}

function fingerprintOf(block: BlockContent | undefined): BlockFingerprint {
  return new BlockFingerprint(block ? blockSource(block) : '');
}
