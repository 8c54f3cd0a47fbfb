/**
 * Opens a replica with the later schema, which migrates it, and says so before and after, with the milliseconds it took.
 *
 *   node migrate.mjs <path> <engine>
 */
import { writeSync } from 'node:fs';
import { openReplica } from '@tributary/database';
import { grownSchema } from './growing-schema.mjs';

const STDOUT = 1;
const [path, engine] = process.argv.slice(2);

writeSync(STDOUT, 'migrating\n');
const start = performance.now();
const replica = openReplica({ path, engine, schema: grownSchema });
writeSync(STDOUT, `migrated ${performance.now() - start}\n`);
replica.close();
