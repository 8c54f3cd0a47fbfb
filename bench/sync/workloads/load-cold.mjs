/** Fills the server of E. */
import { rowsInTransactions } from '../dataset.mjs';
import { COLD_ROWS } from './cold.mjs';

export async function run({ openClient, ...options }) {
  const writer = openClient(options);
  await writer.ready();
  for (const rows of rowsInTransactions(COLD_ROWS)) writer.insert(rows);
  await writer.settled();
  writer.close();
  return {};
}
