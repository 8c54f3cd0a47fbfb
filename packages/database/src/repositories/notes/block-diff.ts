/**
 * From the blocks a note has to those of its edited text, in as few cells as it takes: every cell written is a change
 * that travels to all devices and may compete with somebody else's edit. Pure.
 */
import { matchBlocks } from './block-match.ts';
import { assignPositions, isPosition } from './block-position.ts';
import { blockSource, type BlockContent } from './note-text.ts';

export interface StoredBlock extends BlockContent {
  readonly id: string;
  readonly position: string;
}

export type BlockCells = Omit<StoredBlock, 'id'>;

export interface BlockChanges {
  readonly inserted: readonly BlockCells[];
  /** Only the cells that differ. */
  readonly updated: readonly { readonly id: string; readonly cells: Partial<BlockCells> }[];
  /** Ids. */
  readonly deleted: readonly string[];
}

export interface DiffOptions {
  /** In their order. */
  readonly stored: readonly StoredBlock[];
  readonly wanted: readonly BlockContent[];
  /** A random integer; see `assignPositions`. */
  readonly seed: number;
}

export function diffBlocks({ stored, wanted, seed }: DiffOptions): BlockChanges {
  const { prefix, suffix } = withSoundBounds(commonEnds(stored, wanted), stored);
  const before = stored.slice(prefix, stored.length - suffix);
  const after = wanted.slice(prefix, wanted.length - suffix);
  const originals = matchBlocks(before, after).map((index) => (index === undefined ? undefined : before[index]));
  const positions = assignPositions({
    current: originals.map((original) => original?.position),
    ...boundsOf({ prefix, suffix }, stored),
    seed,
  });
  const inserted: BlockCells[] = [];
  const updated: { id: string; cells: Partial<BlockCells> }[] = [];
  for (const [index, block] of after.entries()) {
    const target = { ...block, position: positions[index] ?? '' };
    const original = originals[index];
    const cells = original ? differingCells(original, target) : {};
    if (!original) inserted.push(target);
    else if (Object.keys(cells).length > 0) updated.push({ id: original.id, cells });
  }
  const surviving = new Set(originals);
  return { inserted, updated, deleted: before.filter((block) => !surviving.has(block)).map(({ id }) => id) };
}

/** How many blocks at the beginning and at the end are left out of the diff. */
interface Ends {
  readonly prefix: number;
  readonly suffix: number;
}

/** Most edits touch one place, so this settles nearly all blocks at the price of one comparison each. */
function commonEnds(stored: readonly StoredBlock[], wanted: readonly BlockContent[]): Ends {
  const shorter = Math.min(stored.length, wanted.length);
  let prefix = 0;
  while (prefix < shorter && isSame(stored[prefix], wanted[prefix])) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && isSame(stored.at(-1 - suffix), wanted.at(-1 - suffix))) suffix++;
  return { prefix, suffix };
}

function isSame(stored: BlockContent | undefined, wanted: BlockContent | undefined): boolean {
  if (!stored || !wanted || stored.spacing !== wanted.spacing) return false;
  const { kind, marker, text } = wanted;
  if (kind !== 'todo' && stored.kind === kind && stored.marker === marker && stored.text === text) return true;
  return blockSource(stored) === blockSource(wanted);
}

/** Gives up blocks at the ends until new keys fit between them; those given up are placed anew if they have to be. */
function withSoundBounds(ends: Ends, stored: readonly StoredBlock[]): Ends {
  let { prefix, suffix } = ends;
  for (;;) {
    const { lower, upper } = boundsOf({ prefix, suffix }, stored);
    if (lower !== null && !isPosition(lower)) prefix--;
    else if (upper !== null && (!isPosition(upper) || (lower !== null && lower >= upper))) suffix--;
    else return { prefix, suffix };
  }
}

function boundsOf({ prefix, suffix }: Ends, stored: readonly StoredBlock[]) {
  return {
    lower: stored[prefix - 1]?.position ?? null,
    upper: stored[stored.length - suffix]?.position ?? null,
  };
}

/**
 * Equal source means equal content, even where a merge of two edits or a newer app stored it in other columns than this
 * parser would. `checked` says nothing outside a todo.
 */
function differingCells(original: StoredBlock, target: BlockCells): Partial<BlockCells> {
  const { position, spacing, kind, marker, text, checked } = target;
  const cells = {
    ...(position === original.position ? {} : { position }),
    ...(spacing === original.spacing ? {} : { spacing }),
  };
  if (blockSource(original) === blockSource(target)) return cells;
  return {
    ...cells,
    ...(kind === original.kind ? {} : { kind }),
    ...(marker === original.marker ? {} : { marker }),
    ...(text === original.text ? {} : { text }),
    ...(kind !== 'todo' || checked === original.checked ? {} : { checked }),
  };
}
