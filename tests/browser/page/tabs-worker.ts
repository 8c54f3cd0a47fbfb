/** The worker of a tab, of the release that is its name. */
import { openBrowserReplica, type Replica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { startTabWorker } from '@tributary/sync/tabs';
import { releases } from './releases.ts';

const { version, schema, commands } = releases[self.name === 'new' ? 'new' : 'old'];

startTabWorker<Replica, Replica>({
  database: 'shared',
  version,
  open: () => openBrowserReplica({ name: 'shared', wasm: wasmUrl, schema }),
  repositories: (replica) => replica,
  commands,
});
