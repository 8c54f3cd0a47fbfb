/** A table for the terminal; a cell that is a list takes one line for each of its items. */
export function formatTable(title, rows) {
  const columns = Object.keys(rows[0] ?? { empty: '' });
  const lines = [columns, ...rows.flatMap((row) => linesOf(columns.map((column) => row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const drawn = lines.map((line) => `  │ ${line.map((cell, index) => cell.padEnd(widths[index])).join(' │ ')} │`);
  const rule = (left, joint, right) => `  ${left}${widths.map((width) => '─'.repeat(width + 2)).join(joint)}${right}`;
  return [
    `\n  ${title}`,
    rule('┌', '┬', '┐'),
    drawn[0],
    rule('├', '┼', '┤'),
    ...drawn.slice(1),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function linesOf(cells) {
  const lists = cells.map((cell) => [cell].flat());
  const height = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: height }, (_, line) => lists.map((list) => list[line] ?? ''));
}
