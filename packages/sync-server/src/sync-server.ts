/**
 * The relay and the cloud copy as a server: data in a directory, HTTP and WebSocket on one port. To embed it, or behind
 * `tributary serve`.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { workspaceSchema } from '@tributary/database/workspace';
import { AccountServices, type AccountSettings } from './account-services.ts';
import type { Authenticate } from './auth/identity.ts';
import { createJwtAuth, type JwtAuthOptions } from './auth/jwt.ts';
import { readOrCreateLocalSecret } from './auth/local-secret.ts';
import { systemClock } from './clock.ts';
import { CloudCopy, type CloudCopyOptions } from './cloud-copy.ts';
import { createControlToken, removeControlFile, writeControlFile } from './control/control-file.ts';
import { ControlHost } from './control/control-host.ts';
import { givePlanWith } from './control/operations/give-plan.ts';
import { OPERATIONS } from './control/operations/index.ts';
import { ServerWorkplace } from './control/server-workplace.ts';
import { ServerError } from './errors.ts';
import { createHttpApp } from './http/http-app.ts';
import { addSearchRoute, type SearchRouteOptions } from './http/api/search-route.ts';
import type { WebOptions } from './http/api/refresh-cookie.ts';
import { createNoPages, createPages } from './http/pages.ts';
import { SyncUpgrade } from './http/sync-upgrade.ts';
import { DEFAULT_RELAY_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import { openSqliteLog } from './log/sqlite/sqlite-log.ts';
import { silentLogger } from './logger.ts';
import { readOwnManifest } from './own-manifest.ts';
import { Relay, type RelayOptions } from './relay.ts';

export interface SyncServerOptions extends Partial<Pick<RelayOptions, 'schema' | 'strictNames' | 'limits' | 'logger'>> {
  /** 0 takes any free one. */
  readonly port?: number;
  /** The default is reachable from this machine only. */
  readonly host?: string;
  readonly dataDirectory?: string;
  /** Who may do what: your own function, or how tokens are checked. By default, with a secret in the data directory. */
  readonly auth?: Authenticate | Partial<JwtAuthOptions>;
  /** Where the copy in PostgreSQL lies; by default an embedded one, in the data directory. False for none at all. */
  readonly cloud?: Pick<CloudCopyOptions, 'url' | 'schema'> | false;
  /**
   * Accounts, which are kept beside the cloud copy, and what they may use. Nobody can make one unless `signup` is open. They
   * come with the default `auth`; with a function of your own only when they are asked for. False for none.
   */
  readonly accounts?: AccountSettings | false;
  /** The directory with a build of the app, for browsers. */
  readonly pages?: string | undefined;
  /** Where browsers reach the server, and through how many proxies of yours. */
  readonly web?: Pick<WebOptions, 'publicUrl' | 'trustedProxies'>;
  /** How often a user may search, and for how long; with an embedder, by meaning too. */
  readonly search?: Pick<SearchRouteOptions, 'rate' | 'timeoutMs'> & Pick<CloudCopyOptions, 'embedder'>;
  /** Web pages of these origins may connect, besides those of the same host; `*` is all. */
  readonly allowedOrigins?: readonly string[];
  /** Commands on this machine that may read the data directory reach the server through its port. */
  readonly control?: boolean;
}

interface Running {
  readonly log: Log;
  readonly relay: Relay;
  readonly cloud: CloudCopy | undefined;
  readonly accounts: AccountServices | undefined;
  readonly control: ControlHost | undefined;
  readonly upgrade: SyncUpgrade;
  readonly http: Server;
}

const DEFAULT_PORT = 8787;
const DEFAULT_STOP_TIMEOUT_MS = 10_000;

export class SyncServer {
  readonly #options: SyncServerOptions;
  #running: Running | undefined;

  constructor(options: SyncServerOptions = {}) {
    this.#options = options;
  }

  /** Where the relay can be reached. */
  get address(): string {
    const { address, family, port } = this.#socketAddress();
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  get port(): number {
    return this.#socketAddress().port;
  }

  get #dataDirectory(): string {
    return this.#options.dataDirectory ?? './data';
  }

  get relay(): Relay {
    return this.#expectRunning().relay;
  }

  async start(): Promise<this> {
    if (this.#running !== undefined) throw new TypeError('the server is running already');
    const { limits, logger = silentLogger } = this.#options;
    const dataDirectory = this.#dataDirectory;
    const log = openSqliteLog({ path: path.join(dataDirectory, 'log.db') });
    const cloud = this.#cloudCopy(log, dataDirectory);
    let accounts: AccountServices | undefined;
    try {
      const others = this.#authenticate(dataDirectory);
      accounts = this.#accountServices(log, cloud, others);
      const authenticate = accounts?.authenticate ?? others;
      const { schema = workspaceSchema, strictNames = false, allowedOrigins = [] } = this.#options;
      const relay = new Relay({
        log,
        authenticate,
        gate: accounts?.gate,
        schema,
        strictNames,
        logger,
        ...(limits && { limits }),
        onStored: (workspaceId, head) => cloud?.stored(workspaceId, head),
        projectedSeq: (workspaceId) => cloud?.projectedSeq(workspaceId),
      });
      const maxFrameBytes = limits?.maxFrameBytes ?? DEFAULT_RELAY_LIMITS.maxFrameBytes;
      const upgrade = new SyncUpgrade({ relay, maxFrameBytes, allowedOrigins });
      await cloud?.start();
      accounts?.start(relay);
      const control = this.#controlHost(log, cloud, accounts);
      const parts = { log, relay, cloud, accounts, control, upgrade };
      this.#running = { ...parts, http: await this.#listen(parts, authenticate) };
      if (control !== undefined) this.#openControl(control, dataDirectory);
      return this;
    } catch (error) {
      this.#running?.http.close();
      this.#running = undefined;
      await accounts?.stop();
      await cloud?.stop();
      await log.close();
      throw error;
    }
  }

  /** Stores what was pushed, lets every client go, and waits for them no longer than the timeout. */
  async stop({ timeoutMs = DEFAULT_STOP_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#running === undefined) return;
    const { log, relay, cloud, accounts, control, upgrade, http } = this.#running;
    this.#running = undefined;
    if (control !== undefined) removeControlFile(this.#dataDirectory, control.token);
    upgrade.close();
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeIdleConnections();
    await relay.drain();
    await control?.stop();
    const timer = setTimeout(() => {
      upgrade.terminate();
      http.closeAllConnections();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
    relay.close();
    await accounts?.stop();
    await cloud?.stop();
    await log.close();
  }

  #controlHost(log: Log, cloud: CloudCopy | undefined, accounts: AccountServices | undefined): ControlHost | undefined {
    const { control = false, logger = silentLogger } = this.#options;
    if (!control) return undefined;
    const place = new ServerWorkplace(log, cloud, accounts);
    const operations = [...OPERATIONS, givePlanWith(accounts?.subscriptions)];
    return new ControlHost({ token: createControlToken(), place, operations, logger });
  }

  #openControl(control: ControlHost, dataDirectory: string): void {
    const address = loopbackOf(this.address);
    control.open(address);
    writeControlFile(dataDirectory, { pid: process.pid, address, token: control.token });
  }

  #cloudCopy(log: Log, dataDirectory: string): CloudCopy | undefined {
    const { cloud = {}, search, logger = silentLogger } = this.#options;
    if (cloud === false) return undefined;
    const onProjected = (workspaceId: string, seq: number) => this.#running?.relay.announceProjected(workspaceId, seq);
    return new CloudCopy({ ...cloud, embedder: search?.embedder, log, dataDirectory, logger, onProjected });
  }

  #authenticate(dataDirectory: string): Authenticate {
    const { auth = {} } = this.#options;
    if (typeof auth === 'function') return auth;
    return createJwtAuth({ ...auth, keys: auth.keys ?? { secrets: this.#secrets(dataDirectory) } });
  }

  /** What this server signs with. */
  #secrets(dataDirectory: string): readonly string[] {
    const { auth = {} } = this.#options;
    const keys = typeof auth === 'function' ? undefined : auth.keys;
    return keys !== undefined && 'secrets' in keys ? keys.secrets : [readOrCreateLocalSecret(dataDirectory)];
  }

  #accountServices(log: Log, cloud: CloudCopy | undefined, others: Authenticate): AccountServices | undefined {
    const { auth, accounts: settings = typeof auth === 'function' ? false : {} } = this.#options;
    const { allowedOrigins, web, logger = silentLogger } = this.#options;
    if (cloud === undefined || settings === false) return undefined;
    const secrets = this.#secrets(this.#dataDirectory);
    const toleranceMs = this.#toleranceMs;
    const page = { ...web, allowedOrigins };
    return new AccountServices({
      ...settings,
      cloud,
      log,
      secrets,
      others,
      toleranceMs,
      web: page,
      clock: systemClock,
      logger,
    });
  }

  get #toleranceMs(): number {
    return this.#options.limits?.tokenToleranceMs ?? DEFAULT_RELAY_LIMITS.tokenToleranceMs;
  }

  async #listen(
    { relay, cloud, accounts, control, upgrade }: Omit<Running, 'http'>,
    authenticate: Authenticate,
  ): Promise<Server> {
    const { allowedOrigins = [], logger = silentLogger, pages } = this.#options;
    const app = createHttpApp({
      isReady: () => this.#running !== undefined,
      metrics: () => relay.metrics(),
      projectorMetrics: () => cloud?.metrics(),
      addRoutes: (api) => {
        accounts?.addRoutes(api);
        addSearchRoute(api, this.#searchOptions(cloud, authenticate));
      },
      allowedOrigins,
      logger,
      version: readOwnManifest().version,
    });
    if (control !== undefined) app.route('/control', control.app);
    app.route('/', (pages === undefined ? undefined : createPages(pages)) ?? createNoPages());
    const http = createAdaptorServer({ fetch: app.fetch }) as Server;
    http.on('upgrade', (request, stream, head) => upgrade.handle(request, stream, head));
    const { port = DEFAULT_PORT, host = '127.0.0.1' } = this.#options;
    await new Promise<void>((resolve, reject) => {
      http.once('error', (cause) => reject(cannotListen(host, port, cause)));
      http.listen(port, host, resolve);
    });
    return http;
  }

  #searchOptions(cloud: CloudCopy | undefined, authenticate: Authenticate): SearchRouteOptions {
    const { search } = this.#options;
    return {
      ...(search?.rate && { rate: search.rate }),
      ...(search?.timeoutMs !== undefined && { timeoutMs: search.timeoutMs }),
      authenticate,
      database: () => cloud?.searchable,
      vectors: () => cloud?.vectors,
      toleranceMs: this.#toleranceMs,
    };
  }

  #socketAddress(): AddressInfo {
    return this.#expectRunning().http.address() as AddressInfo;
  }

  #expectRunning(): Running {
    if (this.#running === undefined) throw new TypeError('the server is not running');
    return this.#running;
  }
}

/** What listens everywhere can be reached from here by the address that is always this machine's. */
function loopbackOf(address: string): string {
  return address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

function cannotListen(host: string, port: number, cause: Error): ServerError {
  return new ServerError('cannot_listen', `cannot listen on ${host}:${port}: ${cause.message}`, { cause });
}
