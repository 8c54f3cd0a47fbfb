/** C: one writer, and readers in the same process, until the last of them has the value. */
import { assertRows, rowId, rowsInTransactions } from '../dataset.mjs';
import { BareSession } from '../peers/bare-session.mjs';
import { median, percentile } from '../statistics.mjs';
import { until } from './waiting.mjs';

const ROWS = 200;
const SAMPLES = 50;
const READERS = [1, 10, 100];
const MANY_READERS = 1_000;

export async function run({ openClient, ...options }) {
  const writer = openClient(options);
  await writer.ready();
  for (const rows of rowsInTransactions(ROWS)) writer.insert(rows);
  await writer.settled();
  const figures = {};
  const readers = [];
  for (const count of READERS) {
    await addReaders(readers, count, (user) => openClient({ ...options, user }));
    Object.assign(figures, await measure(writer, readers));
  }
  for (const reader of readers) reader.close();
  // As many replicas would measure this process: where there is a protocol, these only decode and keep what they get.
  const many = [];
  await addReaders(many, MANY_READERS, (user) =>
    options.peer === 'ws' ? openClient(options) : new BareSession({ ...options, user }),
  );
  Object.assign(figures, await measure(writer, many));
  return figures;
}

async function addReaders(readers, count, open) {
  while (readers.length < count) readers.push(open(`reader ${readers.length}`));
  await Promise.all(readers.map((reader) => reader.ready()));
  for (const reader of readers) assertRows((id) => reader.read(id), 1);
}

let edits = 0;

async function measure(writer, readers) {
  const times = [];
  for (let i = 0; i < SAMPLES; i++) {
    const [id, value] = [rowId(1 + (i % (ROWS - 1))), `seen ${edits++}`];
    const seen = Promise.all(readers.map((reader) => until(reader, () => reader.read(id).title === value)));
    const start = performance.now();
    writer.edit([[id, 'title', value]]);
    await seen;
    times.push(performance.now() - start);
  }
  const name = readers.length.toLocaleString('en');
  return { [`${name} p50 ms`]: median(times), ...(name === '100' && { '100 p99 ms': percentile(times, 0.99) }) };
}
