/** The port over any source of sessions: transactions, and what must not happen in and around them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  CloudDatabase,
  CloudParam,
  CloudQueries,
  CloudTable,
  CloudValue,
  TableOptions,
  TransactionOptions,
} from '../cloud-database.ts';
import { refuse } from '../cloud-error.ts';
import { SessionQueries } from './session-queries.ts';
import type { Session, SessionSource } from './session.ts';
import { withinTime } from './within-time.ts';

/** For one statement, where nothing else is said. */
export const DEFAULT_STATEMENT_TIMEOUT_MS = 60_000;

/** What the server has for itself is a little less, so that it is the one to end a statement and the session goes on. */
const TIMEOUT_GRACE_MS = 500;

export interface SessionDatabaseOptions {
  readonly statementTimeoutMs?: number | undefined;
}

export class SessionDatabase implements CloudDatabase {
  readonly kind: 'postgres' | 'pglite';
  readonly #source: SessionSource;
  readonly #statementTimeoutMs: number;
  readonly #work = new AsyncLocalStorage<{ running: boolean }>();

  constructor(
    source: SessionSource,
    { statementTimeoutMs = DEFAULT_STATEMENT_TIMEOUT_MS }: SessionDatabaseOptions = {},
  ) {
    this.kind = source.kind;
    this.#source = source;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  query<Row extends object = Record<string, CloudValue>>(sql: string, params?: readonly CloudParam[]): Promise<Row[]> {
    return this.#alone((queries) => queries.query<Row>(sql, params));
  }

  queryTable(sql: string, params?: readonly CloudParam[], options?: TableOptions): Promise<CloudTable> {
    return this.#alone((queries) => queries.queryTable(sql, params, options));
  }

  execute(sql: string): Promise<void> {
    return this.#alone((queries) => queries.execute(sql));
  }

  async transaction<T>(
    work: (queries: CloudQueries) => Promise<T>,
    { readOnly = false, timeoutMs }: TransactionOptions = {},
  ): Promise<T> {
    this.#refuseWithinWork();
    const statementTimeoutMs = timeoutMs ?? this.#statementTimeoutMs;
    return this.#source.use(async (session) => {
      await begin(session, readOnly, statementTimeoutMs);
      const queries = new SessionQueries(session, {
        statementTimeoutMs: statementTimeoutMs + TIMEOUT_GRACE_MS,
        inTransaction: true,
      });
      try {
        const run = (): Promise<T> => this.#run(work, queries);
        const result = await (timeoutMs === undefined ? run() : withinTime(session, timeoutMs + TIMEOUT_GRACE_MS, run));
        await end(session, readOnly);
        return result;
      } catch (error) {
        await rollBack(session);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #run<T>(work: (queries: CloudQueries) => Promise<T>, queries: SessionQueries): Promise<T> {
    const state = { running: true };
    try {
      return await this.#work.run(state, () => work(queries));
    } finally {
      state.running = false;
      await queries.end();
    }
  }

  async #alone<T>(job: (queries: SessionQueries) => Promise<T>): Promise<T> {
    this.#refuseWithinWork();
    return this.#source.use(async (session) => {
      const statementTimeoutMs = this.#statementTimeoutMs;
      try {
        const result = await job(new SessionQueries(session, { statementTimeoutMs, inTransaction: false }));
        expectIdle(session);
        return result;
      } finally {
        await rollBack(session);
      }
    });
  }

  /** It would wait for the session that its own transaction has, or see a database without what that one wrote. */
  #refuseWithinWork(): void {
    if (this.#work.getStore()?.running !== true) return;
    throw new TypeError('the work of a transaction must use the queries it was given, not those of the database');
  }
}

async function begin(session: Session, readOnly: boolean, statementTimeoutMs: number): Promise<void> {
  // In one message. The SELECT takes the snapshot, after which READ WRITE can no longer be asked for.
  const mode = readOnly ? ' READ ONLY' : '';
  const limit = `SET LOCAL statement_timeout = ${Math.max(1, Math.floor(statementTimeoutMs))}`;
  await control(session, `BEGIN${mode}; ${limit}${readOnly ? '; SELECT 1' : ''}`);
}

async function end(session: Session, readOnly: boolean): Promise<void> {
  switch (session.status) {
    case 'idle':
      throw refuse('25000', 'a statement has ended the transaction, which only its work may do');
    case 'failed':
      if (readOnly) return control(session, 'ROLLBACK');
      throw refuse('25P02', 'a statement of the transaction has failed, so that nothing of it can be committed');
    case 'open':
    case 'lost':
      return control(session, readOnly ? 'ROLLBACK' : 'COMMIT');
  }
}

/** Where it fails the session is gone, and with it the transaction. */
async function rollBack(session: Session): Promise<void> {
  if (hasTransaction(session)) await control(session, 'ROLLBACK').catch(() => {});
}

function expectIdle(session: Session): void {
  if (!hasTransaction(session)) return;
  throw refuse('25000', 'a statement has begun a transaction, which only transaction() may do; it was rolled back');
}

function hasTransaction({ status }: Session): boolean {
  return status === 'open' || status === 'failed';
}

function control(session: Session, sql: string): Promise<void> {
  return withinTime(session, DEFAULT_STATEMENT_TIMEOUT_MS, () => session.execute(sql));
}
