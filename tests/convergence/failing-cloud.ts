/** A PostgreSQL that goes away before the n-th statement of a transaction, or after its commit and before its answer. */
import {
  CloudError,
  type CloudDatabase,
  type CloudParam,
  type CloudQueries,
  type TransactionOptions,
} from '@tributary/sync-server';

export class FailingCloud implements CloudDatabase {
  readonly kind: CloudDatabase['kind'];
  readonly #cloud: CloudDatabase;
  #left: number;

  /** `statements` are answered; where a transaction has no more, its commit is not answered. */
  constructor(cloud: CloudDatabase, statements: number) {
    this.kind = cloud.kind;
    this.#cloud = cloud;
    this.#left = statements;
  }

  async transaction<T>(work: (queries: CloudQueries) => Promise<T>, options?: TransactionOptions): Promise<T> {
    const result = await this.#cloud.transaction((queries) => work(this.#counted(queries)), options);
    if (this.#left > 0) throw gone();
    return result;
  }

  query<Row extends object>(sql: string, params?: readonly CloudParam[]): Promise<Row[]> {
    return this.#counted(this.#cloud).query<Row>(sql, params);
  }

  queryTable(...args: Parameters<CloudQueries['queryTable']>): ReturnType<CloudQueries['queryTable']> {
    return this.#counted(this.#cloud).queryTable(...args);
  }

  execute(sql: string): Promise<void> {
    return this.#counted(this.#cloud).execute(sql);
  }

  close(): Promise<void> {
    return this.#cloud.close();
  }

  #counted(queries: CloudQueries): CloudQueries {
    const count = () => {
      if (this.#left-- <= 0) throw gone();
    };
    return {
      query: async (sql, params) => {
        count();
        return queries.query(sql, params);
      },
      queryTable: async (sql, params) => {
        count();
        return queries.queryTable(sql, params);
      },
      execute: async (sql) => {
        count();
        return queries.execute(sql);
      },
    };
  }
}

function gone(): CloudError {
  return new CloudError('cloud_unavailable', 'PostgreSQL went away');
}
