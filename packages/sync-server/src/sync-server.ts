/** The relay as a server: its log in a directory, HTTP and WebSocket on one port. To embed it, or behind `tributary serve`. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { workspaceSchema } from '@tributary/database/workspace';
import type { Authenticate } from './auth/identity.ts';
import { createJwtAuth, type JwtAuthOptions } from './auth/jwt.ts';
import { readOrCreateLocalSecret } from './auth/local-secret.ts';
import { ServerError } from './errors.ts';
import { createHttpApp } from './http/http-app.ts';
import { SyncUpgrade } from './http/sync-upgrade.ts';
import { DEFAULT_RELAY_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import { openSqliteLog } from './log/sqlite/sqlite-log.ts';
import { silentLogger } from './logger.ts';
import { Relay, type RelayOptions } from './relay.ts';

export interface SyncServerOptions extends Partial<Pick<RelayOptions, 'schema' | 'strictNames' | 'limits' | 'logger'>> {
  /** 0 takes any free one. */
  readonly port?: number;
  /** The default is reachable from this machine only. */
  readonly host?: string;
  readonly dataDirectory?: string;
  /** Who may do what: your own function, or how tokens are checked. By default, with a secret in the data directory. */
  readonly auth?: Authenticate | Partial<JwtAuthOptions>;
  /** Web pages of these origins may connect, besides those of the same host; `*` is all. */
  readonly allowedOrigins?: readonly string[];
}

interface Running {
  readonly log: Log;
  readonly relay: Relay;
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

  get relay(): Relay {
    return this.#expectRunning().relay;
  }

  async start(): Promise<this> {
    if (this.#running !== undefined) throw new TypeError('the server is running already');
    const { dataDirectory = './data', limits, logger = silentLogger } = this.#options;
    const log = openSqliteLog({ path: path.join(dataDirectory, 'log.db') });
    try {
      const authenticate = this.#authenticate(dataDirectory);
      const { schema = workspaceSchema, strictNames = false, allowedOrigins = [] } = this.#options;
      const relay = new Relay({ log, authenticate, schema, strictNames, logger, ...(limits && { limits }) });
      const maxFrameBytes = limits?.maxFrameBytes ?? DEFAULT_RELAY_LIMITS.maxFrameBytes;
      const upgrade = new SyncUpgrade({ relay, maxFrameBytes, allowedOrigins });
      this.#running = { log, relay, upgrade, http: await this.#listen(relay, upgrade) };
      return this;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Stores what was pushed, lets every client go, and waits for them no longer than the timeout. */
  async stop({ timeoutMs = DEFAULT_STOP_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#running === undefined) return;
    const { log, relay, upgrade, http } = this.#running;
    this.#running = undefined;
    upgrade.close();
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeIdleConnections();
    await relay.drain();
    const timer = setTimeout(() => {
      upgrade.terminate();
      http.closeAllConnections();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
    relay.close();
    await log.close();
  }

  #authenticate(dataDirectory: string): Authenticate {
    const { auth = {} } = this.#options;
    if (typeof auth === 'function') return auth;
    return createJwtAuth({ ...auth, keys: auth.keys ?? { secrets: [readOrCreateLocalSecret(dataDirectory)] } });
  }

  async #listen(relay: Relay, upgrade: SyncUpgrade): Promise<Server> {
    const app = createHttpApp({ isReady: () => this.#running !== undefined, metrics: () => relay.metrics() });
    const http = createAdaptorServer({ fetch: app.fetch }) as Server;
    http.on('upgrade', (request, stream, head) => upgrade.handle(request, stream, head));
    const { port = DEFAULT_PORT, host = '127.0.0.1' } = this.#options;
    await new Promise<void>((resolve, reject) => {
      http.once('error', (cause) => reject(cannotListen(host, port, cause)));
      http.listen(port, host, resolve);
    });
    return http;
  }

  #socketAddress(): AddressInfo {
    return this.#expectRunning().http.address() as AddressInfo;
  }

  #expectRunning(): Running {
    if (this.#running === undefined) throw new TypeError('the server is not running');
    return this.#running;
  }
}

function cannotListen(host: string, port: number, cause: Error): ServerError {
  return new ServerError('cannot_listen', `cannot listen on ${host}:${port}: ${cause.message}`, { cause });
}
