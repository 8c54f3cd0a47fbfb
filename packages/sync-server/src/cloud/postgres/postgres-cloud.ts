/**
 * A real PostgreSQL through a pool of connections. Nothing is kept in a session between transactions and no statement is
 * prepared under a name, so that a pooler which gives out sessions by transaction (PgBouncer) can stand between.
 */
import pg from 'pg';
import { ServerError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { CloudDatabase } from '../cloud-database.ts';
import { CloudError } from '../cloud-error.ts';
import { SessionDatabase } from '../session/session-database.ts';
import type { Session, SessionSource } from '../session/session.ts';
import { parseConnectionUrl, type ConnectionUrl } from './connection-url.ts';
import { postgresError } from './postgres-error.ts';
import { PostgresSession } from './postgres-session.ts';

export interface PostgresCloudOptions {
  readonly url: string;
  readonly logger: Logger;
  readonly maxConnections?: number;
  /** Also for the wait for a connection where all are in use. */
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number | undefined;
}

const DEFAULT_MAX_CONNECTIONS = 10;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;

/** Connects with the first query. */
export function createPostgresCloud(options: PostgresCloudOptions): CloudDatabase {
  const { statementTimeoutMs } = options;
  return new SessionDatabase(new PostgresSource(options), { statementTimeoutMs });
}

class PostgresSource implements SessionSource {
  readonly kind = 'postgres';
  readonly #pool: pg.Pool;
  readonly #place: string;
  #closed: Promise<void> | undefined;

  constructor(options: PostgresCloudOptions) {
    const url = parseConnectionUrl(options.url);
    this.#place = url.place;
    this.#pool = poolAt(url, options);
    // Between two owners a connection has nobody to tell of its end, and an error that nobody hears would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    // A connection that dies while nobody uses it is replaced when the next one is needed.
    this.#pool.on('error', (error) => {
      options.logger.warn({ place: url.place, error: error.message }, 'an idle connection to PostgreSQL was lost');
    });
  }

  async use<T>(job: (session: Session) => Promise<T>): Promise<T> {
    const session = new PostgresSession(await this.#connect());
    try {
      return await job(session);
    } finally {
      session.release();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#closed !== undefined) throw new CloudError('cloud_refused', 'the database has been closed');
    try {
      return await this.#pool.connect();
    } catch (cause) {
      const { error } = postgresError(cause);
      const code = error.retryable ? 'cloud_unavailable' : 'cloud_refused';
      const message = `cannot connect to PostgreSQL at ${this.#place}: ${error.message}`;
      const { sqlState } = error;
      throw new CloudError(code, message, { cause, ...(sqlState !== undefined && { fault: { sqlState, message } }) });
    }
  }
}

function poolAt(url: ConnectionUrl, options: PostgresCloudOptions): pg.Pool {
  const { maxConnections = DEFAULT_MAX_CONNECTIONS, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  try {
    return new pg.Pool({
      connectionString: url.connectionString,
      application_name: 'tributary',
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
  } catch (error) {
    // Not as the cause: it holds the URL.
    throw new ServerError('config_invalid', `the URL of the database cannot be used: ${(error as Error).message}`);
  }
}
