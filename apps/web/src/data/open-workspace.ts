/** A workspace as it is open in this tab: the way to its database, and how far the last edit has got. */
import { notes, noteBlocks } from '@tributary/database/schema';
import {
  connectTabs,
  createPageDatabase,
  type CommandInput,
  type CommandName,
  type CommandResult,
  type PageDatabase,
  type RunOptions,
  type Store,
  type Tabs,
  ValueStore,
} from '@tributary/sync/tabs';
import type { AppCommands } from '../commands.ts';
import { databaseName, type DatabaseOwner } from './database-name.ts';

/** What pages read. */
const TABLES = { notes, noteBlocks };

/** How far an edit has got: on this device, on the relay's disk, in PostgreSQL. */
export type ReceiptLevel = 'local' | 'relay' | 'cloud';

const GOODBYE_LIMIT_MS = 1_000;

export class OpenWorkspace {
  readonly workspaceId: string;
  readonly userId: string;
  readonly tabs: Tabs<AppCommands>;
  readonly db: PageDatabase<typeof TABLES>;
  readonly #lastReceipt = new ValueStore<Store<ReceiptLevel> | undefined>(undefined);

  constructor(owner: DatabaseOwner) {
    this.userId = owner.userId;
    this.workspaceId = owner.workspaceId;
    const database = databaseName(owner);
    this.tabs = connectTabs<AppCommands>({
      database,
      startWorker: () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: database }),
      window,
    });
    this.db = createPageDatabase((sql, params) => this.tabs.query(sql, params), TABLES);
  }

  /** Of the last edit made in this tab. */
  get lastReceipt(): Store<Store<ReceiptLevel> | undefined> {
    return this.#lastReceipt;
  }

  /** Makes an edit that can be undone. */
  async edit<N extends CommandName<AppCommands>>(
    name: N,
    input: CommandInput<AppCommands, N>[0],
    options: RunOptions,
  ): Promise<CommandResult<AppCommands, N>> {
    const { result, receipt } = await this.tabs.apply(name, input, options);
    this.#lastReceipt.set(receipt);
    return result;
  }

  /** Everything that was typed or asked before is done, unless it takes too long. */
  async settle(): Promise<void> {
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, GOODBYE_LIMIT_MS));
    await Promise.race([this.tabs.settle().catch(() => {}), timeout]);
  }

  close(): void {
    this.tabs.close();
  }
}
