/**
 * A device that pulls a workspace and says `synced` when it has everything, and how many notes that are.
 *
 *   node pull.mjs <url> <token> <workspace> <path>
 */
import { writeSync } from 'node:fs';
import { openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';

const STDOUT = 1;
const [url, token, workspaceId, path] = process.argv.slice(2);

const replica = openReplica({ path });
const client = new SyncClient(url, token, { replica, workspaceId });
client.onStatus(({ state }) => {
  if (state !== 'synced') return;
  const notes = replica.sqlite.prepare('SELECT count(*) FROM notes').pluck().get();
  writeSync(STDOUT, `synced ${String(notes)}\n`);
});

writeSync(STDOUT, 'open\n');
setInterval(() => {}, 1_000_000);
process.on('message', (message) => {
  if (message === 'connect') client.connect();
});
