/** Each tab's worker. One of them has the database open and syncs; the name of the worker says which database. */
import { createRepositories, openBrowserReplica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { SyncClient } from '@tributary/sync';
import { startTabWorker } from '@tributary/sync/tabs';
import { refresh } from './api/auth.ts';
import { commands, RELEASE } from './commands.ts';
import { parseDatabaseName } from './data/database-name.ts';

const { userId, workspaceId } = parseDatabaseName(self.name);
const syncUrl = `${location.origin.replace(/^http/, 'ws')}/sync`;

startTabWorker({
  database: self.name,
  version: RELEASE,
  open: () => openBrowserReplica({ name: self.name, wasm: wasmUrl }),
  repositories: createRepositories,
  commands,
  search: ({ search }) => search,
  sync: (replica) => new SyncClient(syncUrl, fetchToken, { replica, workspaceId, clientName: 'tributary-web' }),
});

/** The cookie is the whole browser's: nobody's edits may go out in the name of who has signed in since. */
async function fetchToken(): Promise<string> {
  const { user, accessToken } = await refresh();
  if (user.id !== userId) throw new Error('somebody else has signed in on this browser');
  return accessToken;
}
