/** Two clients of one server, in one process: A, edit to seen; F, the bytes of an edit; B, a burst. */
import { assertRow, assertRows, COLUMNS, editedValue, row, rowId, rowsInTransactions } from '../dataset.mjs';
import { median, percentile } from '../statistics.mjs';
import { pause, until } from './waiting.mjs';

const ROWS = 2_000;
const SAMPLES = 300;
const BYTES_SAMPLES = 10;
const BURST_EDITS = 10_000;
const EDITS_PER_TRANSACTION = 100;
/** Until whatever a client says about an edit has been said. */
const QUIET_MS = 50;

const uuidId = (i) => `018f3c1e-7a2b-7c3d-8e4f-${String(i).padStart(12, '0')}`;

export async function run({ openClient, only, ...options }) {
  const [writer, reader] = [openClient(options), openClient(options)];
  await Promise.all([writer.ready(), reader.ready()]);
  await load(writer, reader);
  const figures = {};
  if (only.includes('A')) Object.assign(figures, await editToSeen(writer, reader));
  if (only.includes('F')) Object.assign(figures, await bytesOfEdits(writer, reader));
  if (only.includes('B')) Object.assign(figures, await burst(writer, reader));
  writer.close();
  reader.close();
  return figures;
}

async function load(writer, reader) {
  const loaded = until(reader, () => reader.count() === ROWS);
  for (const rows of rowsInTransactions(ROWS)) writer.insert(rows);
  await Promise.all([loaded, writer.settled()]);
  assertRows((id) => reader.read(id), ROWS);
}

async function editToSeen(writer, reader) {
  const times = [];
  for (let i = 0; i < SAMPLES; i++) {
    const [id, value] = [rowId((i * 7) % ROWS), `seen ${i}`];
    const seen = until(reader, () => reader.read(id).title === value);
    const start = performance.now();
    writer.edit([[id, 'title', value]]);
    await seen;
    times.push(performance.now() - start);
  }
  return { 'p50 ms': median(times), 'p99 ms': percentile(times, 0.99) };
}

async function bytesOfEdits(writer, reader) {
  const uuids = Array.from({ length: BYTES_SAMPLES }, (_, i) => uuidId(i));
  const loaded = until(reader, () => reader.read(uuids.at(-1)) !== undefined);
  writer.insert(uuids.map((id) => [id, row(0)]));
  await loaded;
  const one = await bytesPerEdit(writer, reader, rowId);
  const oneOfUuid = await bytesPerEdit(writer, reader, uuidId);
  return {
    'one edit': one,
    'one edit, UUID key': oneOfUuid,
    'per change of 100': await bytesPerChange(writer, reader, 100),
    'per change of 5,000': await bytesPerChange(writer, reader, 5_000),
  };
}

async function bytesPerEdit(writer, reader, idOf) {
  const sizes = [];
  for (let i = 0; i < BYTES_SAMPLES; i++)
    sizes.push(await bytesOf(writer, reader, [[idOf(i), 'title', `v${100 + i}`]]));
  return median(sizes);
}

/** Edits of other values than those of the burst: to write what is there already is no change. */
async function bytesPerChange(writer, reader, count) {
  const edits = burstEdits(count * BURST_EDITS).slice(0, count);
  return (await bytesOf(writer, reader, edits)) / count;
}

async function bytesOf(writer, reader, edits) {
  await pause(QUIET_MS);
  const before = writer.bytesSent;
  const [id, column, value] = edits.at(-1);
  const seen = until(reader, () => reader.read(id)[column] === value);
  writer.edit(edits);
  await seen;
  await pause(QUIET_MS);
  for (const [each, name, expected] of edits) {
    if (reader.read(each)[name] !== expected) throw new Error(`${each}.${name} did not arrive`);
  }
  return writer.bytesSent - before;
}

/** Every cell of the dataset once, row by row of one column after the other. */
function burstEdits(offset = 0) {
  return Array.from({ length: BURST_EDITS }, (_, i) => {
    const column = COLUMNS[Math.floor(i / ROWS)];
    return [rowId(i % ROWS), column, editedValue(column, offset + i)];
  });
}

async function burst(writer, reader) {
  const edits = burstEdits();
  const [lastId, lastColumn, lastValue] = edits.at(-1);
  const seen = until(reader, () => reader.read(lastId)[lastColumn] === lastValue);
  const start = performance.now();
  for (let i = 0; i < BURST_EDITS; i += EDITS_PER_TRANSACTION) writer.edit(edits.slice(i, i + EDITS_PER_TRANSACTION));
  await seen;
  const seconds = (performance.now() - start) / 1_000;
  for (let i = 0; i < ROWS; i++) {
    const expected = Object.fromEntries(COLUMNS.map((column, at) => [column, editedValue(column, at * ROWS + i)]));
    assertRow((id) => reader.read(id), rowId(i), expected);
  }
  return { 'edits/s': BURST_EDITS / seconds };
}
