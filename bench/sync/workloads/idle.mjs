/** D: what a client that is connected and says nothing costs the server. */
import { assertRows, rowsInTransactions } from '../dataset.mjs';
import { BareSession } from '../peers/bare-session.mjs';
import { pause } from './waiting.mjs';

const ROWS = 100;
const CLIENTS = [500, 5_000];
const AT_A_TIME = 50;
const IDLE_MS = 2_000;

export async function run({ openClient, serverMemory, ...options }) {
  const writer = openClient(options);
  await writer.ready();
  for (const rows of rowsInTransactions(ROWS)) writer.insert(rows);
  await writer.settled();
  await pause(IDLE_MS);
  const before = await serverMemory();

  const [few, many] = CLIENTS;
  const clients = [];
  const afterFew = await connect(clients, few, { openClient, serverMemory, ...options });
  const afterMany = await connect(clients, many, { openClient, serverMemory, ...options });
  for (const client of clients) assertRows((id) => client.read(id), ROWS);
  return {
    '500 RSS KiB': kibPerClient(before.rssBytes, afterFew.rssBytes, few),
    '500 heap KiB': kibPerClient(before.heapBytes, afterFew.heapBytes, few),
    '5,000 RSS KiB': kibPerClient(before.rssBytes, afterMany.rssBytes, many),
    '5,000 heap KiB': kibPerClient(before.heapBytes, afterMany.heapBytes, many),
    'each further one, RSS KiB': kibPerClient(afterFew.rssBytes, afterMany.rssBytes, many - few),
  };
}

function kibPerClient(beforeBytes, afterBytes, clients) {
  return (afterBytes - beforeBytes) / clients / 1024;
}

/**
 * Connects until there are so many, and returns the server's memory after a while of silence. To the server a session
 * without a replica is one like any other.
 */
async function connect(clients, count, { openClient, serverMemory, peer, ...options }) {
  while (clients.length < count) {
    const some = Array.from({ length: AT_A_TIME }, (_, i) => {
      const user = `user ${clients.length + i}`;
      return peer === 'ws' ? openClient(options) : new BareSession({ ...options, user });
    });
    await Promise.all(some.map((client) => client.ready()));
    clients.push(...some);
  }
  await pause(IDLE_MS);
  return serverMemory();
}
