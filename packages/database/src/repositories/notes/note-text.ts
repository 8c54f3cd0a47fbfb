/**
 * A note's Markdown as blocks, and back. Nothing is ever lost: `joinBlocks(parseBlocks(source)) === source` for every
 * string. A block is one source line, or one whole fenced code block; blank lines before it are its `spacing`. What a
 * block is (`kind`) is read off its line, so the source alone is the truth.
 */
import { BLOCK_KINDS } from '../../schema/index.ts';

export type BlockKind = (typeof BLOCK_KINDS)[number];

export interface BlockContent {
  readonly kind: BlockKind;
  /** Indentation and Markdown prefix, to the letter. Empty for code, tables, dividers and paragraphs. */
  readonly marker: string;
  readonly text: string;
  /** Only a todo's says anything. */
  readonly checked: boolean;
  /** Blank lines before the block. */
  readonly spacing: number;
}

/** Longer runs of blank lines continue in an empty block, so that no stored number can grow a text without bound. */
export const MAX_SPACING = 1_000;

export function parseBlocks(source: string): BlockContent[] {
  if (source === '') return [];
  const lines = source.split('\n');
  const blocks: BlockContent[] = [];
  let spacing = 0;
  for (let start = 0; start < lines.length;) {
    const line = lines[start] ?? '';
    const isLast = start === lines.length - 1;
    if (line === '' && !isLast && spacing < MAX_SPACING) {
      spacing++;
      start++;
      continue;
    }
    const { block, end } = blockAt(lines, start);
    blocks.push({ ...block, spacing });
    spacing = 0;
    start = end;
  }
  return blocks;
}

export function joinBlocks(blocks: readonly BlockContent[]): string {
  return blocks.map(spacedSource).join('\n');
}

/** Whether `joinBlocks(blocks) === source`, without joining: it stops at the first block that differs. */
export function spells(blocks: readonly BlockContent[], source: string): boolean {
  let end = -1;
  for (const block of blocks) {
    const start = end + 1;
    const expected = spacedSource(block);
    if (!source.startsWith(expected, start)) return false;
    end = start + expected.length;
    if (end < source.length && source.charAt(end) !== '\n') return false;
  }
  return Math.max(end, 0) === source.length;
}

/** The block as it stands in the text, with the blank lines before it. */
export function spacedSource(block: BlockContent): string {
  return block.spacing > 0 ? '\n'.repeat(block.spacing) + blockSource(block) : blockSource(block);
}

export function blockSource({ kind, marker, text, checked }: BlockContent): string {
  return kind === 'todo' ? `${marker}${checked ? '[x] ' : '[ ] '}${text}` : marker + text;
}

type UnspacedBlock = Omit<BlockContent, 'spacing'>;

/** The block that starts at a line, and the line after it. */
function blockAt(lines: readonly string[], start: number): { block: UnspacedBlock; end: number } {
  const line = lines[start] ?? '';
  // Most lines are paragraphs, and show it by their first character.
  if (!HAS_PREFIX.test(line)) return { block: plainBlock('paragraph', line), end: start + 1 };
  const end = endOfFence(lines, start);
  if (end === undefined) return { block: lineBlock(line), end: start + 1 };
  return { block: plainBlock('code', lines.slice(start, end).join('\n')), end };
}

const HAS_PREFIX = /^[ \t]*[-`~#>*+_|\d]/;

/** Any indentation opens and closes a fence, not only CommonMark's three spaces: fences inside lists are indented. */
const OPENING_FENCE = /^[ \t]*(`{3,}(?=[^`]*$)|~{3,})/;
const CLOSING_FENCE = /^[ \t]*(`{3,}|~{3,})[ \t]*\r?$/;

/** The line after the fenced block that starts here, if one does; an unclosed fence runs to the end. */
function endOfFence(lines: readonly string[], start: number): number | undefined {
  const opening = OPENING_FENCE.exec(lines[start] ?? '')?.[1];
  if (opening === undefined) return undefined;
  for (let at = start + 1; at < lines.length; at++) {
    if (CLOSING_FENCE.exec(lines[at] ?? '')?.[1]?.startsWith(opening)) return at + 1;
  }
  return lines.length;
}

const DIVIDER = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*\r?$/;
const TABLE = /^[ \t]*\|/;
const CHECKBOX = /^\[([ x])\] /;
const PREFIXES: readonly (readonly [kind: BlockKind, pattern: RegExp])[] = [
  ['heading', /^ {0,3}#{1,6}[ \t]+/],
  ['quote', /^[ \t]*(?:>[ \t]?)+/],
  ['bullet', /^[ \t]*[-*+][ \t]+/],
  ['ordered', /^[ \t]*\d{1,9}[.)][ \t]+/],
];

function lineBlock(line: string): UnspacedBlock {
  if (DIVIDER.test(line)) return plainBlock('divider', line);
  if (TABLE.test(line)) return plainBlock('table', line);
  for (const [kind, pattern] of PREFIXES) {
    const marker = pattern.exec(line)?.[0];
    if (marker !== undefined) return prefixedBlock(kind, marker, line.slice(marker.length));
  }
  return plainBlock('paragraph', line);
}

function plainBlock(kind: BlockKind, text: string): UnspacedBlock {
  return { kind, marker: '', text, checked: false };
}

function prefixedBlock(kind: BlockKind, marker: string, text: string): UnspacedBlock {
  const box = kind === 'bullet' || kind === 'ordered' ? CHECKBOX.exec(text) : null;
  if (!box) return { kind, marker, text, checked: false };
  return { kind: 'todo', marker, text: text.slice(box[0].length), checked: box[1] === 'x' };
}
