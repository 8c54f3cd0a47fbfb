import { v7 as uuidV7 } from 'uuid';
import { systemClock, type Clock } from '../../client/clock.ts';
import { TabsError } from '../errors.ts';
import type { TabReplica } from '../leader/mutations.ts';
import type { Locks, MessageEnd } from '../ports.ts';
import { browserLocks } from './browser-locks.ts';
import type { TabPlatform, TabWorkerOptions } from './tab-options.ts';
import { TabWorker } from './tab-worker.ts';

/**
 * Makes the dedicated worker that this runs in one of the tabs that share a database.
 *
 * @example
 * startTabWorker({
 *   database: workspaceId,
 *   open: () => openBrowserReplica({ name: workspaceId }),
 *   repositories: createRepositories,
 *   commands,
 *   search: ({ search }) => search,
 *   sync: (replica) => new SyncClient(url, fetchToken, { replica, workspaceId }),
 * });
 */
export function startTabWorker<T extends TabReplica, R>(
  options: TabWorkerOptions<T, R>,
  platform: Partial<TabPlatform> = {},
): void {
  const { clock = systemClock } = platform;
  new TabWorker(options, {
    page: platform.page ?? workerScope(),
    locks: platform.locks ?? locksOfWorker(clock),
    openChannel: platform.openChannel ?? ((name) => new BroadcastChannel(name)),
    clock,
    newId: platform.newId ?? (() => uuidV7()),
  }).start();
}

/** A page that was not loaded securely has none, and no storage either. */
function locksOfWorker(clock: Clock): Locks {
  if ('locks' in navigator) return browserLocks(navigator.locks, clock);
  const error = new TabsError(
    'insecure_context',
    'browsers keep data only for pages loaded over https or from localhost',
  );
  return { request: () => Promise.reject(error) };
}

function workerScope(): MessageEnd {
  if ('postMessage' in globalThis) return globalThis;
  throw new TypeError('startTabWorker belongs into a dedicated worker');
}
