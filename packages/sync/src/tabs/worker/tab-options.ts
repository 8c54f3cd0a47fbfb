/** What an app says of its database, and what a worker needs of its platform. */
import type { SearchIndex } from '@tributary/database';
import type { Clock } from '../../client/clock.ts';
import type { SyncClient } from '../../client/sync-client.ts';
import type { Commands } from '../commands.ts';
import type { TabReplica } from '../leader/mutations.ts';
import type { Locks, MessageEnd, OpenChannel } from '../ports.ts';

export interface TabWorkerOptions<T extends TabReplica, R> {
  /** The database's name: tabs that say the same one share it. */
  readonly database: string;
  /** Count up with each release that changes commands or tables, so that older tabs give way. 1 by default. */
  readonly version?: number;
  /** Called when this tab comes to lead, and again while another still holds the file. */
  readonly open: () => Promise<T>;
  readonly repositories: (replica: T) => R;
  readonly commands: Commands<R>;
  readonly search?: (repositories: R) => Pick<SearchIndex, 'search'>;
  /** A client that does not connect yet. */
  readonly sync?: (replica: T) => SyncClient | undefined;
}

export interface TabPlatform {
  readonly page: MessageEnd;
  readonly locks: Locks;
  readonly openChannel: OpenChannel;
  readonly clock: Clock;
  readonly newId: () => string;
}
