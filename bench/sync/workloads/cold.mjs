/** E: a device that has nothing connects to a server that has much, until it has everything. */
import { openReplica } from '@tributary/database';
import { decodeBatch, decodeServerFrame } from '@tributary/sync/protocol';
import { assertRows, COLUMNS, itemsSchema, rowId } from '../dataset.mjs';
import { until } from './waiting.mjs';

export const COLD_ROWS = 20_000;
const CELLS = COLD_ROWS * COLUMNS.length;

export async function run({ openClient, peer, ...options }) {
  const last = rowId(COLD_ROWS - 1);
  const start = performance.now();
  const client = openClient({ ...options, keepsFrames: true });
  await until(client, () => client.read(last) !== undefined && client.count() === COLD_ROWS);
  const ms = performance.now() - start;
  assertRows((id) => client.read(id), COLD_ROWS);
  await client.ready();
  const figures = { ms, 'bytes received': client.bytesReceived };
  client.close();
  if (peer === 'ws') return figures;
  const applyMs = apply(client.frames, options.engine);
  return { ...figures, 'cells/s': (CELLS / ms) * 1_000, 'share of apply rate': applyMs / ms };
}

/** The same batches, decoded beforehand, straight into a fresh replica. */
function apply(frames, engine) {
  const entries = frames
    .map((frame) => decodeServerFrame(frame))
    .flatMap(({ case: kind, value }) => (kind === 'deliver' ? value.entries : []));
  const batches = entries.map(({ batch, siteId }) => decodeBatch(batch, siteId).changes);
  const start = performance.now();
  const replica = openReplica({ path: ':memory:', engine, schema: itemsSchema });
  for (const changes of batches) replica.applyChanges(changes);
  const ms = performance.now() - start;
  const read = replica.sqlite.prepare('SELECT title, note, status, amount, score FROM items WHERE id = ?');
  assertRows((id) => read.get(id), COLD_ROWS);
  replica.close();
  return ms;
}
