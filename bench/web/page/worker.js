/** The app's own worker, with one more command: many notes at once. Its name is the database, and the relay after a space. */
import { createRepositories, openBrowserReplica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { SyncClient } from '@tributary/sync';
import { startTabWorker } from '@tributary/sync/tabs';
import { commands } from '../../../apps/web/src/commands.ts';

const [database, url] = self.name.split(' ');

startTabWorker({
  database,
  open: () => openBrowserReplica({ name: database, wasm: wasmUrl }),
  repositories: createRepositories,
  commands: {
    ...commands,
    fill: ({ repositories }, { from, count }) => {
      const notes = Array.from({ length: count }, (_, index) => ({ title: `Note ${from + index}` }));
      return repositories.notes.createMany(notes).at(-1).id;
    },
  },
  search: ({ search }) => search,
  sync: (replica) => url && new SyncClient(url, 'anybody', { replica, workspaceId: database }),
});
