/**
 * The relay and the cloud copy as a server: data in a directory, HTTP and WebSocket on one port. To embed it, or behind
 * `tributary serve`.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { workspaceSchema } from '@tributary/database/workspace';
import type { Authenticate } from './auth/identity.ts';
import { createJwtAuth, type JwtAuthOptions } from './auth/jwt.ts';
import { readOrCreateLocalSecret } from './auth/local-secret.ts';
import { CloudCopy, type CloudCopyOptions } from './cloud-copy.ts';
import { createControlToken, removeControlFile, writeControlFile } from './control/control-file.ts';
import { ControlHost } from './control/control-host.ts';
import { OPERATIONS } from './control/operations/index.ts';
import { ServerWorkplace } from './control/server-workplace.ts';
import { ServerError } from './errors.ts';
import { createHttpApp } from './http/http-app.ts';
import { addSearchRoute, type SearchRouteOptions } from './http/api/search-route.ts';
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
    try {
      const authenticate = this.#authenticate(dataDirectory);
      const { schema = workspaceSchema, strictNames = false, allowedOrigins = [] } = this.#options;
      const relay = new Relay({
        log,
        authenticate,
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
      const control = this.#controlHost(log, cloud);
      const parts = { log, relay, cloud, control, upgrade };
      this.#running = { ...parts, http: await this.#listen(parts, authenticate) };
      if (control !== undefined) this.#openControl(control, dataDirectory);
      return this;
    } catch (error) {
      this.#running?.http.close();
      this.#running = undefined;
      await cloud?.stop();
      await log.close();
      throw error;
    }
  }

  /** Stores what was pushed, lets every client go, and waits for them no longer than the timeout. */
  async stop({ timeoutMs = DEFAULT_STOP_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#running === undefined) return;
    const { log, relay, cloud, control, upgrade, http } = this.#running;
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
    await cloud?.stop();
    await log.close();
  }

  #controlHost(log: Log, cloud: CloudCopy | undefined): ControlHost | undefined {
    const { control = false, logger = silentLogger } = this.#options;
    if (!control) return undefined;
    const place = new ServerWorkplace(log, cloud);
    return new ControlHost({ token: createControlToken(), place, operations: OPERATIONS, logger });
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
    return createJwtAuth({ ...auth, keys: auth.keys ?? { secrets: [readOrCreateLocalSecret(dataDirectory)] } });
  }

  async #listen(
    { relay, cloud, control, upgrade }: Omit<Running, 'http'>,
    authenticate: Authenticate,
  ): Promise<Server> {
    const { allowedOrigins = [], logger = silentLogger } = this.#options;
    const app = createHttpApp({
      isReady: () => this.#running !== undefined,
      metrics: () => relay.metrics(),
      projectorMetrics: () => cloud?.metrics(),
      addRoutes: (api) => addSearchRoute(api, this.#searchOptions(cloud, authenticate)),
      allowedOrigins,
      logger,
      version: readOwnManifest().version,
    });
    if (control !== undefined) app.route('/control', control.app);
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
    const { search, limits } = this.#options;
    const toleranceMs = limits?.tokenToleranceMs ?? DEFAULT_RELAY_LIMITS.tokenToleranceMs;
    return {
      ...(search?.rate && { rate: search.rate }),
      ...(search?.timeoutMs !== undefined && { timeoutMs: search.timeoutMs }),
      authenticate,
      database: () => cloud?.searchable,
      vectors: () => cloud?.vectors,
      toleranceMs,
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
