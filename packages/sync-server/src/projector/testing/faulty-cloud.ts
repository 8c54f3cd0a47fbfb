/** A cloud database that fails when it is told to. */
import type { CloudDatabase, CloudQueries, CloudTable, CloudValue } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';

export class FaultyCloud implements CloudDatabase {
  readonly kind: CloudDatabase['kind'];
  readonly #inner: CloudDatabase;
  /** Nothing can be reached. */
  isAway = false;
  /** The next commit happens, and is reported as failed. */
  losesCommit = false;
  /** Before the statement of that number, counted from 1 in each transaction. */
  failsAt = Infinity;
  /** Before each statement, with its parameters: it may throw. */
  onStatement: (sql: string, params: readonly unknown[]) => void = () => undefined;

  constructor(inner: CloudDatabase) {
    this.#inner = inner;
    this.kind = inner.kind;
  }

  async query<Row extends object = Record<string, CloudValue>>(
    ...args: Parameters<CloudDatabase['query']>
  ): Promise<Row[]> {
    this.#reach();
    return this.#inner.query<Row>(...args);
  }

  async queryTable(...args: Parameters<CloudDatabase['queryTable']>): Promise<CloudTable> {
    this.#reach();
    return this.#inner.queryTable(...args);
  }

  async execute(sql: string): Promise<void> {
    this.#reach();
    return this.#inner.execute(sql);
  }

  async transaction<T>(work: (queries: CloudQueries) => Promise<T>): Promise<T> {
    this.#reach();
    const result = await this.#inner.transaction((queries) => work(this.#watched(queries)));
    if (this.losesCommit) {
      this.losesCommit = false;
      throw unavailable();
    }
    return result;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #watched(queries: CloudQueries): CloudQueries {
    let statements = 0;
    const before = (sql: string, params: readonly unknown[] = []): void => {
      this.#reach();
      if (++statements >= this.failsAt) throw unavailable();
      this.onStatement(sql, params);
    };
    return {
      query: async (...args) => {
        before(args[0], args[1]);
        return queries.query(...args);
      },
      queryTable: async (...args) => {
        before(args[0], args[1]);
        return queries.queryTable(...args);
      },
      execute: async (sql) => {
        before(sql);
        return queries.execute(sql);
      },
    };
  }

  #reach(): void {
    if (this.isAway) throw unavailable();
  }
}

function unavailable(): CloudError {
  return new CloudError('cloud_unavailable', 'PostgreSQL is away');
}
