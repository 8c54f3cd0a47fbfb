/**
 * Writes transactions until it is killed. Each inserts rows with the transaction's number as their title, and its number is
 * printed once it has committed. Every fifth is larger than the page cache, so that a kill may find the file half-written.
 *
 *   node write-transactions.mjs <path> <engine> <first number>
 */
import { writeSync } from 'node:fs';
import { openReplica } from '@tributary/database';

const STDOUT = 1;
const SMALL_ROWS = 3;
const LARGE_ROWS = 400;

const [path, engine, first] = process.argv.slice(2);
const replica = openReplica({ path, engine });
replica.sqlite.pragma('cache_size = 20');
const insert = replica.sqlite.prepare('INSERT INTO notes (id, title, created_at) VALUES (?, ?, ?)');

writeSync(STDOUT, 'open\n');
for (let number = Number(first); ; number++) {
  const rows = number % 5 === 0 ? LARGE_ROWS : SMALL_ROWS;
  replica.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(`${number}-${row}`, String(number), rows);
  });
  writeSync(STDOUT, `${number}\n`);
}
