/**
 * Transactions that leave no doubt whether one was torn: the n-th inserts 20 rows of its own and marks the 20 before. So
 * every number has 20 rows or none, all but the last are marked by the next, and each cell has its clock.
 */
import type { Replica, ReplicaSchema } from '@tributary/database/browser';

export const ROWS = 20;

export const itemsSchema: ReplicaSchema = {
  tables: {},
  replicated: ['items'],
  migrations: [
    {
      tag: '0000_items',
      sql: `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, number INTEGER, marked INTEGER, body TEXT)`,
    },
  ],
};

/** Queries that say what is wrong; the last one says how far the transactions got. */
export const CHECK = [
  'PRAGMA integrity_check',
  `SELECT number, count(*) FROM items GROUP BY number HAVING count(*) <> ${ROWS}`,
  'SELECT number FROM items WHERE number < (SELECT max(number) FROM items) AND marked IS NOT number + 1',
  `SELECT * FROM (SELECT count(*) * 3 AS cells FROM items) AS i, (SELECT count(*) AS changes FROM crsql_changes) AS c
    WHERE i.cells <> c.changes`,
  'SELECT coalesce(max(number), 0) FROM items',
];

/** Large enough that 20 rows do not fit into a cache of a few pages. */
const BODY = 'x'.repeat(1_500);

/** For ever: `onCommit` is told of each once it is durable. */
export async function writeTransactions(replica: Replica, onCommit: (number: number) => void): Promise<void> {
  const { sqlite } = replica;
  const insert = sqlite.prepare('INSERT INTO items (id, number, marked, body) VALUES (?, ?, NULL, ?)');
  const mark = sqlite.prepare('UPDATE items SET marked = ? WHERE number = ?');
  const last = sqlite.prepare('SELECT coalesce(max(number), 0) FROM items').pluck();
  for (let number = Number(last.get()) + 1; ; number++) {
    replica.transaction(() => {
      for (let row = 0; row < ROWS; row++) insert.run(replica.newId(), BigInt(number), BODY);
      mark.run(BigInt(number), BigInt(number - 1));
    });
    onCommit(number);
    await nextTask();
  }
}

/** Writes far more than its cache holds, and never commits. */
export function fillUncommitted({ sqlite, newId }: Replica): number {
  sqlite.pragma('cache_size = 10');
  sqlite.exec('BEGIN IMMEDIATE; UPDATE items SET marked = -1, body = upper(body)');
  const insert = sqlite.prepare('INSERT INTO items (id, number, body) VALUES (?, -1, ?)');
  for (let row = 0; row < 500; row++) insert.run(newId(), BODY);
  return Number(sqlite.prepare('SELECT count(*) FROM items').pluck().get());
}

/** Lets the worker hear what it is told meanwhile. */
export async function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
