/** Where accounts are kept, as long as it is there. */
import { CloudError, isAway } from '../cloud/cloud-error.ts';
import type { CloudDatabase, CloudQueries, TransactionOptions } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';

const RETRY_MS = 1_000;

/** How many times a transaction that was in the way of another one is begun anew. */
const ATTEMPTS = 4;

const CONFLICT = /^40(?:001|P01)$/;

/** PostgreSQL under the name by which people know what is missing: `accounts_unavailable`. */
export class AccountStore {
  readonly #database: () => CloudDatabase | undefined;

  /** `database` gives undefined while there is none. */
  constructor(database: () => CloudDatabase | undefined) {
    this.#database = database;
  }

  query<Row extends object>(...args: Parameters<CloudQueries['query']>): Promise<Row[]> {
    return this.#use((database) => database.query<Row>(...args));
  }

  /** The first row, where there is one. */
  async find<Row extends object>(...args: Parameters<CloudQueries['query']>): Promise<Row | undefined> {
    const [row] = await this.query<Row>(...args);
    return row;
  }

  /** The work may run more than once; it must do nothing but ask the queries that it is given. */
  async transaction<T>(work: (queries: CloudQueries) => Promise<T>, options?: TransactionOptions): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#use((database) => database.transaction(work, options));
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #use<T>(work: (database: CloudDatabase) => Promise<T>): Promise<T> {
    const database = this.#database();
    if (database === undefined) throw unavailable();
    try {
      return await work(database);
    } catch (error) {
      throw isAway(error) && !isConflict(error) ? unavailable(error) : error;
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof CloudError && CONFLICT.test(error.sqlState ?? '');
}

function unavailable(cause?: unknown): ApiError {
  return new ApiError('accounts_unavailable', 'PostgreSQL is away', { retryAfterMs: RETRY_MS, cause });
}
