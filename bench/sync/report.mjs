/** Tables of medians [least .. most], with the ratio to the first row, and what was wanted. */
import { median } from './statistics.mjs';

/** `samples`: of each contender's name, the figures of every round. */
export function printTable({ letter, title, columns }, samples) {
  console.log(`\n${letter}. ${title}\n`);
  const names = [...samples.keys()];
  const reference = samples.get(names[0]);
  const wanted = Object.keys(columns).filter((column) => names.some((name) => numbersOf(samples.get(name), column)));
  const rows = names.map((name) => [name, ...wanted.map((column) => cellOf(column, samples.get(name), reference))]);
  printAligned([['', ...wanted], ...rows]);
  for (const column of wanted) {
    const target = columns[column];
    for (const name of names.slice(names.length > 1 ? 1 : 0)) {
      const verdict = verdictOf(target, numbersOf(samples.get(name), column), numbersOf(reference, column));
      if (verdict !== undefined && name !== REFERENCE_ONLY) console.log(`  ${column}, ${name}: ${verdict}`);
    }
  }
}

/** It has no target: it says what durability alone costs. */
const REFERENCE_ONLY = 'plain ws that flushes';

function numbersOf(rounds, column) {
  const numbers = rounds.map((figures) => figures[column]).filter((number) => number !== undefined);
  return numbers.length > 0 ? numbers : undefined;
}

function cellOf(column, rounds, reference) {
  const numbers = numbersOf(rounds, column);
  if (numbers === undefined) return '-';
  const text = `${format(median(numbers))} [${format(Math.min(...numbers))} .. ${format(Math.max(...numbers))}]`;
  const base = rounds === reference ? undefined : numbersOf(reference, column);
  return base === undefined ? text : `${text} ${ratio(numbers, base)}x`;
}

function ratio(numbers, base) {
  return (median(numbers) / median(base)).toPrecision(2);
}

function verdictOf({ atMost, atLeast, ratioAtMost }, numbers, base) {
  if (numbers === undefined) return undefined;
  const figure = median(numbers);
  if (atMost !== undefined) return `${word(figure <= atMost)}, at most ${format(atMost)} was wanted`;
  if (atLeast !== undefined) return `${word(figure >= atLeast)}, at least ${format(atLeast)} was wanted`;
  if (ratioAtMost === undefined || base === undefined) return undefined;
  return `${word(figure / median(base) <= ratioAtMost)}, at most ${ratioAtMost}x was wanted`;
}

function word(isReached) {
  return isReached ? 'reached' : 'MISSED';
}

function printAligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const lines = rows.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  console.log(lines.join('\n'));
}

function format(number) {
  if (number >= 1_000) return Math.round(number).toLocaleString('en');
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
