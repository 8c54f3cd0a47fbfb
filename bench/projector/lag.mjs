/**
 * How long after it was stored an edit is in PostgreSQL, under 1,000 edits a second: the server as it is run, in a process of
 * its own, with a log on disk, and ten clients that push one edit each hundredth of a second, each to its own workspace.
 */
import { startServer } from './server.mjs';
import { Writer } from './writer.mjs';
import { format, percentile } from './figures.mjs';

const WRITERS = 10;
const PAUSE_MS = 10;
const DURATION_MS = 20_000;
const WARM_UP_MS = 3_000;

export async function measureLag(place) {
  const created = await place.create();
  const server = await startServer(created);
  const writers = await Promise.all(Array.from({ length: WRITERS }, (_, i) => Writer.connect(server, i)));
  const until = performance.now() + DURATION_MS;
  const from = performance.now() + WARM_UP_MS;
  await Promise.all(writers.map((writer) => writer.write({ until, pauseMs: PAUSE_MS })));
  await Promise.all(writers.map((writer) => writer.settled()));
  const all = writers.flatMap(({ receipts }) => receipts.filter(({ sentAt }) => sentAt >= from));
  const [acked, projected] = [all.map((each) => each.ackedMs), all.map((each) => each.projectedMs)];
  const perSecond = all.length / ((DURATION_MS - WARM_UP_MS) / 1_000);
  console.log(`under ${format(perSecond)} edits/s of ${WRITERS} clients, from the edit on:`);
  printShares('on the relay', acked);
  printShares('in PostgreSQL', projected);
  for (const writer of writers) writer.close();
  await server.stop();
  await created.remove();
}

function printShares(what, times) {
  const at = (share) => `${format(percentile(times, share))} ms`;
  console.log(`  ${what}: p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`);
}
