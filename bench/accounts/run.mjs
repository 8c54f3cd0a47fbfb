/**
 * What do accounts cost, and whom? Prints medians, and ratios against a reference of the same run.
 *
 *   pnpm bench:accounts
 */
import { tokenChecks } from './token-checks.mjs';
import { loginStorm } from './login-storm.mjs';

const ROUNDS = Number(process.argv[2] ?? 5);

console.log(`medians of ${ROUNDS} rounds\n`);
await loginStorm(ROUNDS);
await tokenChecks(ROUNDS);
