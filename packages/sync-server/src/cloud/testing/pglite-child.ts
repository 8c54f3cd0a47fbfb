/**
 * A process with the embedded database, for tests that kill it or measure it: `pglite-child.js <task> <directory>`. Run as
 * compiled JavaScript. What it prints it has done.
 */
import { silentLogger } from '../../logger.ts';
import type { CloudDatabase } from '../cloud-database.ts';
import { openPgliteCloud } from '../pglite/pglite-cloud.ts';

const ROWS_PER_LINE = 50;

const TASKS: Readonly<Record<string, (database: CloudDatabase) => Promise<void>>> = {
  /** Prints every fiftieth row that was acknowledged, until it is killed. */
  async write(database) {
    await database.execute('CREATE TABLE IF NOT EXISTS written (n int PRIMARY KEY, payload text)');
    for (let n = 1; ; n++) {
      await database.query('INSERT INTO written VALUES ($1, $2)', [n, 'x'.repeat(500)]);
      if (n % ROWS_PER_LINE === 0) say(String(n));
    }
  },
  async hold() {
    say('held');
    await new Promise((resolve) => process.stdin.on('end', resolve).resume());
  },
  async memory(database) {
    await database.execute('CREATE TABLE IF NOT EXISTS work AS SELECT generate_series(1, 10000) AS n');
    for (let round = 0; round < 100; round++) await database.query('SELECT sum(n) FROM work WHERE n > $1', [round]);
    say(String(process.memoryUsage.rss()));
  },
};

const [, , task = '', directory = ''] = process.argv;
const began = performance.now();
const database = await openPgliteCloud({ directory, logger: silentLogger });
say(`open ${Math.round(performance.now() - began)}`);
await TASKS[task]?.(database);
await database.close();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
