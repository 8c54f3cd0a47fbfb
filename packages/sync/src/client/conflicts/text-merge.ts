/**
 * Two edits of one text made into one text. What only one of the two changed is taken from it; where both changed the
 * same place, both are kept, the local one first, and the merge is not clean.
 *
 *   base    the cat      sat
 *   local   the cat      sat down         ┐
 *   remote  the old cat  sat              ┘  the old cat sat down
 *
 * Texts are compared token by token; ones too different for that by clauses, then by lines, and what differs there by
 * smaller pieces again. That bounds the time, whatever people (or their peers) have written.
 */
import { align } from './align.ts';
import { appendText, hasWord, splitClauses, splitLines, splitTokens, type Split } from './text-pieces.ts';

export interface TextMerge {
  readonly text: string;
  /** No place was changed by both. */
  readonly isClean: boolean;
}

/** Without a base, what the two have in common stands for it: nothing is lost, but nothing counts as deleted either. */
export function mergeTexts(base: string | undefined, local: string, remote: string): TextMerge {
  return merge({ base, local, remote }, ALL_SPLITS);
}

/** Of the same place in each text. */
interface Sides {
  readonly base: string | undefined;
  readonly local: string;
  readonly remote: string;
}

/** From fine to coarse: the finest that can be afforded is used. */
const ALL_SPLITS: readonly Split[] = [splitTokens, splitClauses, splitLines];

/** Two texts of which more words than this are not in both are compared by larger pieces. */
const ALIGN_OPTIONS = { maxEdits: 2_000, isWeighty: hasWord };

function merge(sides: Sides, splits: readonly Split[]): TextMerge {
  if (!isContested(sides)) return { text: agreed(sides), isClean: true };
  for (const [index, split] of splits.entries()) {
    const places = placesOf(sides, split);
    if (places === undefined) continue;
    const finer = splits.slice(0, index);
    const merges = (finer.length > 0 ? places : withoutGaps(places)).map((place) => merge(place, finer));
    return { text: merges.map(({ text }) => text).join(''), isClean: merges.every(({ isClean }) => isClean) };
  }
  return { text: keepBoth(sides), isClean: false };
}

/** Whether both changed it, and not in the same way. Without a base, whether both have something there. */
function isContested({ base, local, remote }: Sides): boolean {
  if (local === remote) return false;
  return base === undefined ? local !== '' && remote !== '' : local !== base && remote !== base;
}

function agreed({ base, local, remote }: Sides): string {
  if (base === undefined) return local === '' ? remote : local;
  return local === base ? remote : local;
}

function keepBoth({ base, local, remote }: Sides): string {
  return base === undefined ? appendText(local, remote) : mergeTexts(undefined, local, remote).text;
}

/** In turn what all agree on and what they do not; undefined if the texts differ too much to tell. */
function placesOf(sides: Sides, split: Split): Sides[] | undefined {
  const [local, remote] = [split(sides.local), split(sides.remote)];
  const base = sides.base === undefined ? undefined : split(sides.base);
  const anchors = base === undefined ? anchorsOfTwo(local, remote) : anchorsOfThree(base, local, remote);
  if (anchors === undefined) return undefined;

  const places: Sides[] = [];
  const add = (from: Anchor, to: Anchor) => {
    if (from.local === to.local && from.remote === to.remote && from.base === to.base) return;
    places.push({
      base: base?.slice(from.base, to.base).join(''),
      local: local.slice(from.local, to.local).join(''),
      remote: remote.slice(from.remote, to.remote).join(''),
    });
  };
  let [start, end] = [START, START];
  for (const anchor of anchors) {
    if (!isSame(anchor, end)) {
      add(start, end);
      add(end, anchor);
      start = anchor;
    }
    end = { base: anchor.base + 1, local: anchor.local + 1, remote: anchor.remote + 1 };
  }
  add(start, end);
  add(end, { base: base?.length ?? end.base, local: local.length, remote: remote.length });
  return places;
}

/** Where the same piece stands in all texts. Without a base, the first index counts anchors. */
interface Anchor {
  readonly base: number;
  readonly local: number;
  readonly remote: number;
}

const START: Anchor = { base: 0, local: 0, remote: 0 };

function isSame(one: Anchor, other: Anchor): boolean {
  return one.base === other.base && one.local === other.local && one.remote === other.remote;
}

function anchorsOfThree(base: Pieces, local: Pieces, remote: Pieces): Anchor[] | undefined {
  const inLocal = align(base, local, ALIGN_OPTIONS);
  const inRemote = inLocal && align(base, remote, ALIGN_OPTIONS);
  if (inLocal === undefined || inRemote === undefined) return undefined;
  return base
    .map((_, index) => ({ base: index, local: inLocal[index] ?? -1, remote: inRemote[index] ?? -1 }))
    .filter((anchor) => anchor.local >= 0 && anchor.remote >= 0);
}

/** The same ones whichever of the two is the local text. */
function anchorsOfTwo(local: Pieces, remote: Pieces): Anchor[] | undefined {
  const isSwapped = local.join('') > remote.join('');
  const [one, other] = isSwapped ? [remote, local] : [local, remote];
  const inOther = align(one, other, ALIGN_OPTIONS);
  if (inOther === undefined) return undefined;
  const pairs = [...inOther.entries()].filter(([, partner]) => partner >= 0);
  return pairs.map(([index, partner], base) =>
    isSwapped ? { base, local: partner, remote: index } : { base, local: index, remote: partner },
  );
}

type Pieces = readonly string[];

/** Two places that differ, with nothing but spaces or punctuation between them, are one: or words would be interleaved. */
function withoutGaps(places: readonly Sides[]): Sides[] {
  const joined: Sides[] = [];
  for (const place of places) {
    const [before, gap] = joined.slice(-2);
    if (before && gap && isContested(before) && isContested(place) && isShared(gap) && !hasWord(gap.local)) {
      joined.splice(-2, 2, joinPlaces([before, gap, place]));
    } else {
      joined.push(place);
    }
  }
  return joined;
}

function isShared({ base, local, remote }: Sides): boolean {
  return local === remote && (base === undefined || base === local);
}

function joinPlaces(places: readonly Sides[]): Sides {
  const textOf = (side: keyof Sides) => places.map((place) => place[side]).join('');
  return {
    base: places[0]?.base === undefined ? undefined : textOf('base'),
    local: textOf('local'),
    remote: textOf('remote'),
  };
}
