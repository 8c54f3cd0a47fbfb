/**
 * Measures the projector on PGlite and on PostgreSQL: how fast it folds as the tables grow, how far it is behind under a
 * steady load, and what the embedded server takes in memory.
 *
 *   pnpm bench:projector [--rounds 7] [--rows 10000,100000,500000] [--only fold,lag,memory] [--url postgres://…]
 */
import { parseArgs } from 'node:util';
import { measureFold } from './fold.mjs';
import { measureLag } from './lag.mjs';
import { measureMemory } from './memory.mjs';
import { placesFor } from './places.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    rows: { type: 'string', default: '10000,100000,500000' },
    only: { type: 'string', default: 'fold,lag,memory' },
    url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
  },
});
const rounds = Number(values.rounds);
const sizes = values.rows.split(',').map(Number);
const only = values.only.split(',');
const places = await placesFor(values.url);

console.log(`Node ${process.version}, ${rounds} rounds; medians [least .. most]`);
for (const place of places) {
  console.log(`\n## ${place.name}`);
  if (only.includes('fold')) await measureFold(place, { sizes, rounds });
  if (only.includes('lag')) await measureLag(place);
  if (only.includes('memory')) await measureMemory(place);
}
