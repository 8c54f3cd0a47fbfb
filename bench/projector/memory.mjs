/** What the server takes when it is started again on a directory that has been used. */
import { startServer } from './server.mjs';
import { Writer } from './writer.mjs';

const NOTES = 10_000;

export async function measureMemory(place) {
  const created = await place.create();
  const first = await startServer(created);
  const writer = await Writer.connect(first, 0);
  writer.addNotes(NOTES);
  await writer.settled();
  writer.close();
  await first.stop();
  const again = await startServer(created);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  console.log(
    `the server, started again beside ${NOTES.toLocaleString('en')} notes: ${again.residentMiB()} MiB resident`,
  );
  await again.stop();
  await created.remove();
}
