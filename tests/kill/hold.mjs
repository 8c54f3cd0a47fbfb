/**
 * Opens a replica and keeps it open until it is killed.
 *
 *   node hold.mjs <path> <engine>
 */
import { writeSync } from 'node:fs';
import { openReplica } from '@tributary/database';

const STDOUT = 1;
const [path, engine] = process.argv.slice(2);

openReplica({ path, engine });
writeSync(STDOUT, `${process.pid}\n`);
setInterval(() => {}, 1_000_000);
