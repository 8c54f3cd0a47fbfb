/** A program of its own: makes a database in the directory named by its argument, and takes 700 MB of memory with it. */
import { openPglite } from './open-pglite.ts';

const directory = process.argv[2];
if (directory === undefined) throw new TypeError('usage: initdb.js <directory>');
// Nobody would use what comes after the death of who asked for it.
process.once('disconnect', () => process.exit(1));
const pglite = await openPglite(directory);
await pglite.close();
process.exit(0);
