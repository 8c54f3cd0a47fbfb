/**
 * Measures a replica on each engine against plain better-sqlite3 in the same process, in interleaved rounds.
 *
 *   pnpm bench:replica [--rounds 5] [--only <part of a name>]
 */
import { parseArgs } from 'node:util';
import { ENGINES } from './contenders.mjs';
import { measures, median } from './measures.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);

console.log(
  `Node ${process.version}, ${rounds} interleaved rounds; medians (least to most); ratios are within the run`,
);
if (!ENGINES.includes('native')) console.log('The native engine is not measured: set CRSQLITE_PATH to its extension.');
for (const measure of measures.filter(({ name }) => name.includes(values.only ?? ''))) report(measure, sample(measure));

function sample(measure) {
  const contenders = [
    ...(measure.reference ? [['better-sqlite3', measure.reference]] : []),
    ...ENGINES.map((engine) => [engine, () => measure.replica(engine)]),
  ];
  const samples = new Map(contenders.map(([name]) => [name, []]));
  for (const [, run] of contenders) run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of contenders) {
      globalThis.gc?.();
      samples.get(name).push(run());
    }
  }
  return samples;
}

function report({ name, unit, target, lowerIsBetter }, samples) {
  console.log(`\n${name}, ${unit}${lowerIsBetter ? ' (less is better)' : ''}${target ? `; target ${target}` : ''}`);
  const reference = samples.get('better-sqlite3');
  for (const [contender, numbers] of samples) {
    const range = `${format(Math.min(...numbers))} to ${format(Math.max(...numbers))}`;
    const ratio = reference && contender !== 'better-sqlite3' ? `  ${pairedRatio(numbers, reference)}x` : '';
    console.log(`  ${contender.padEnd(15)} ${format(median(numbers)).padStart(9)}  (${range})${ratio}`);
  }
}

/** Of each round's pair, so that a machine that slows down slows both. */
function pairedRatio(numbers, reference) {
  return median(numbers.map((number, round) => number / reference[round])).toPrecision(3);
}

function format(number) {
  if (number >= 1_000) return Math.round(number).toLocaleString('en');
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
