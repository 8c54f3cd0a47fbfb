/**
 * Everything that an account leaves something in, put together as the server does it: accounts, the relay on real sockets, its
 * log in a file, and the cloud copy with its projector and its indexer. And an eraser.
 */
import { tablesWith } from '../../../cloud/testing/tables-with.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openReplica, type Replica } from '@tributary/database';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { workspaceSchema } from '@tributary/database/workspace';
import { SyncClient } from '@tributary/sync';
import { decodeBatch } from '@tributary/sync/protocol';
import type { CloudDatabase } from '../../../cloud/cloud-database.ts';
import { migrateAccounts, migrateCloud } from '../../../cloud/migrate-cloud.ts';
import { SyncUpgrade } from '../../../http/sync-upgrade.ts';
import { DEFAULT_RELAY_LIMITS } from '../../../limits.ts';
import type { Log } from '../../../log/log.ts';
import { openSqliteLog } from '../../../log/sqlite/sqlite-log.ts';
import { Projector } from '../../../projector/projector.ts';
import { Relay } from '../../../relay.ts';
import { SearchIndexer } from '../../../search/indexer.ts';
import { RecordingLogger } from '../../../testing/recording-logger.ts';
import { AccountChanges } from '../../account-changes.ts';
import { AccountStore } from '../../account-store.ts';
import { createAccounts, type Accounts } from '../../create-accounts.ts';
import { Members } from '../../workspaces/members.ts';
import { Workspaces } from '../../workspaces/workspaces.ts';
import { AccountDeletion } from '../account-deletion.ts';
import { Eraser, type EraserOptions } from '../eraser.ts';
import { WORKSPACE_PERSONAL_TABLES } from '../personal-tables.ts';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly account: { readonly userId: string; readonly sessionId: string; readonly deviceId: string };
  readonly token: string;
}

export interface Device {
  readonly replica: Replica;
  readonly client: SyncClient;
}

export const PASSWORD = 'correct horse battery';

const ORIGIN = { address: '192.0.2.1', network: '192.0.2.1' };
const POLL_MS = 10;
/** Of the devices. */
const DEBOUNCE = { debounceMs: 1, maxDelayMs: 5 };

export class ErasureWorld {
  readonly directory: string;
  readonly database: CloudDatabase;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly workspaces: Workspaces;
  readonly members: Members;
  readonly deletion: AccountDeletion;
  readonly eraser: Eraser;
  readonly logger = new RecordingLogger();
  /** Wakes the eraser, unless a test says otherwise. */
  onErasure: () => void = () => this.eraser.wake();
  readonly #relay: Relay;
  readonly #http: Server;
  readonly #projector: Projector;
  readonly #indexer: SearchIndexer;
  readonly #devices: Device[] = [];

  private constructor(directory: string, database: CloudDatabase, eraser: Partial<EraserOptions>) {
    this.directory = directory;
    this.database = database;
    this.log = openSqliteLog({ path: path.join(directory, 'log.db') });
    const [log, logger] = [this.log, this.logger];
    const store = new AccountStore(() => database);
    const changes = new AccountChanges();
    this.accounts = createAccounts({
      store,
      changes,
      secrets: ['a secret that is long enough for HS256'],
      others: () => Promise.reject(new TypeError('a token of no account')),
    });
    this.#indexer = new SearchIndexer({ cloud: database, logger, restMs: 0 });
    this.#projector = new Projector({
      log,
      cloud: database,
      schema: workspaceCloudSchema,
      logger,
      onProjected: () => this.#indexer.wake(),
    });
    this.#relay = new Relay({
      log,
      authenticate: this.accounts.authenticate,
      schema: workspaceSchema,
      logger,
      onStored: (workspaceId, head) => this.#projector.stored(workspaceId, head),
    });
    changes.listen((change) => this.#relay.recheck(change));
    this.eraser = new Eraser({
      store,
      log,
      cloud: () => database,
      tables: WORKSPACE_PERSONAL_TABLES,
      closeWorkspace: (workspaceId) => this.#relay.closeWorkspace(workspaceId),
      forget: (workspaceId) => this.#projector.forget(workspaceId),
      stored: (workspaceId, head) => this.#projector.stored(workspaceId, head),
      logger,
      ...eraser,
    });
    const onErasure = (): void => this.onErasure();
    this.workspaces = new Workspaces({ store, changes, onErasure });
    this.members = new Members({ store, changes });
    this.deletion = new AccountDeletion({ store, changes, confirmation: this.accounts.confirmation, onErasure });
    const { maxFrameBytes } = DEFAULT_RELAY_LIMITS;
    const upgrade = new SyncUpgrade({ relay: this.#relay, maxFrameBytes, allowedOrigins: [] });
    this.#http = createServer().on('upgrade', (request, stream, head) => upgrade.handle(request, stream, head));
  }

  static async open(
    directory: string,
    database: CloudDatabase,
    eraser: Partial<EraserOptions> = {},
  ): Promise<ErasureWorld> {
    await migrateCloud(database, workspaceCloudSchema.migrations);
    await migrateAccounts(database);
    const world = new ErasureWorld(directory, database, eraser);
    await new Promise<void>((resolve) => world.#http.listen(0, '127.0.0.1', resolve));
    world.#projector.start();
    world.#indexer.start();
    world.eraser.start();
    return world;
  }

  /** The database stays open. */
  async close(): Promise<void> {
    for (const { client, replica } of this.#devices) {
      client.close();
      replica.close();
    }
    await this.eraser.stop();
    this.#relay.close();
    this.#http.close();
    this.#http.closeAllConnections();
    await this.#projector.stop();
    await this.#indexer.stop();
    await this.log.close();
  }

  /** With an account, signed in on a device of that name. */
  async person(email: string, name: string, device = 'a device'): Promise<Person> {
    await this.accounts.admin.addUser({ email, name, password: PASSWORD });
    const {
      user,
      accessToken,
      device: added,
    } = await this.accounts.signIn.login({
      email,
      password: PASSWORD,
      device: { name: device, platform: 'web' },
      from: ORIGIN,
    });
    const sessionId = await this.#sessionOf(user.id);
    return { id: user.id, email, account: { userId: user.id, sessionId, deviceId: added.id }, token: accessToken };
  }

  async join(workspaceId: string, { id }: Person, role: string): Promise<void> {
    await this.database.query('INSERT INTO auth.members (workspace_id, user_id, role) VALUES ($1, $2, $3)', [
      workspaceId,
      id,
      role,
    ]);
  }

  device({ token }: Person, workspaceId: string): Device {
    const replica = openReplica({ path: ':memory:' });
    const client = new SyncClient(this.url, token, {
      replica,
      workspaceId,
      backoff: { initialMs: 20, maxMs: 100 },
      debounce: DEBOUNCE,
    });
    const device = { replica, client };
    this.#devices.push(device);
    return device;
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `ws://127.0.0.1:${port}/sync`;
  }

  /** Until the cloud copy holds all that was stored, and search as well. */
  async settled(): Promise<void> {
    await until(async () => {
      const heads = await this.log.workspaces();
      if (heads.some(({ workspaceId, head }) => head > 0 && this.#projector.projectedSeq(workspaceId) !== head)) {
        return false;
      }
      return (await this.database.query('SELECT 1 FROM sync.search_queue LIMIT 1')).length === 0;
    });
  }

  /** Tables, and columns of changes in the log, in which somebody can still read the text; files of the log, too. */
  async tracesOf(text: string): Promise<string[]> {
    return [...(await tablesWith(this.database, text)), ...(await this.#entriesWith(text)), ...this.#filesWith(text)];
  }

  async #sessionOf(userId: string): Promise<string> {
    const [session] = await this.database.query<{ id: string }>('SELECT id FROM auth.sessions WHERE user_id = $1', [
      userId,
    ]);
    return session?.id ?? '';
  }

  async #entriesWith(text: string): Promise<string[]> {
    const found = new Set<string>();
    for (const { workspaceId } of await this.log.workspaces()) {
      const range = { after: 0, maxEntries: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };
      for (const { payload, siteId } of await this.log.read(workspaceId, range)) {
        for (const { table, cid, val, pk } of decodeBatch(payload, siteId).changes) {
          const shown = val instanceof Uint8Array ? Buffer.from(val).toString() : String(val);
          if (shown.includes(text) || Buffer.from(pk).includes(text)) found.add(`entry ${table}.${cid}`);
        }
      }
    }
    return [...found];
  }

  #filesWith(text: string): string[] {
    const names = readdirSync(this.directory).filter((name) => name.startsWith('log.db'));
    return names.filter((name) => readFileSync(path.join(this.directory, name)).includes(text));
  }
}

/** Tables of a replica, its own ones too, that hold the text. */
export function replicaTablesWith({ replica }: Device, text: string): string[] {
  const names = replica.sqlite
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\' ORDER BY 1`,
    )
    .pluck()
    .all() as string[];
  return names.filter((name) => {
    const rows = replica.sqlite.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[][];
    return rows.some((row) =>
      row.some((value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)).includes(text)),
    );
  });
}

export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
