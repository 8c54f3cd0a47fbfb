/** Rows as people read them: columns of one width, and nothing that a terminal would take for a command. */

export interface TableColumn {
  readonly name: string;
  readonly align?: 'left' | 'right';
}

/** Longer ones are cut; --json and --csv give all of them. */
export const MAX_CELL_WIDTH = 80;

export function textTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ name }, index) =>
    Math.max(widthOf(printable(name)), ...cells.map((row) => widthOf(row[index] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  const head = line(columns.map(({ name }) => printable(name)));
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [head, rule, ...cells.map(line)].map((text) => `${text}\n`).join('');
}

/** One line, and as long as a column may be. */
export function printable(text: string): string {
  const visible = text.replaceAll('\r\n', '↵').replaceAll('\n', '↵').replaceAll(CONTROLS, escaped);
  return widthOf(visible) <= MAX_CELL_WIDTH ? visible : `${cut(visible, MAX_CELL_WIDTH - 1)}…`;
}

/** Of control characters, and of those that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code === 9 ? String.raw`\t` : String.raw`\u` + code.toString(16).padStart(4, '0');
}

function padded(cell: string, width: number, align: TableColumn['align'] = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'right' ? blanks + cell : cell + blanks;
}

function cut(text: string, width: number): string {
  let [kept, used] = ['', 0];
  for (const { segment } of SEGMENTS.segment(text)) {
    used += widthOfSegment(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept;
}

const SEGMENTS = new Intl.Segmenter();
/** What terminals give two places to: East Asian writing and pictures. */
const WIDE =
  /^[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|^\p{Emoji_Presentation}/u;
// oxlint-disable-next-line no-control-regex -- a quick answer for most texts
const PLAIN = /^[\u0020-\u007E]*$/;

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of SEGMENTS.segment(text)) width += widthOfSegment(segment);
  return width;
}

function widthOfSegment(segment: string): number {
  return WIDE.test(segment) ? 2 : 1;
}
