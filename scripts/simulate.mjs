/**
 * `pnpm simulate [runs] [seed]`: the whole-system simulation, more often than `npm test` runs it. Both kinds, `runs` times
 * each, 2,000 unless told otherwise, from a random seed. A failure prints its seed and what had happened.
 */
import { spawnSync } from 'node:child_process';
import { nodeTool } from './setup.mjs';

const [runs = '2000', seed] = process.argv.slice(2);
const { command, args, cwd } = nodeTool('vitest', 'vitest', ['run', 'tests/convergence', '--reporter=verbose']);
const env = { ...process.env, TRIBUTARY_SIMULATIONS: runs, ...(seed && { TRIBUTARY_SEED: seed }) };
process.exitCode = spawnSync(command, args, { cwd, env, stdio: 'inherit' }).status ?? 1;
