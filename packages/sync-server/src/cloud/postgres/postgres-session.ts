/** One client of the pool as a session. Text in both directions: what the values mean is decided in ../values. */
import type { PoolClient, QueryArrayResult, QueryConfig, QueryResultRow } from 'pg';
import type { CloudError } from '../cloud-error.ts';
import type { Session, SessionStatus, TransactionStatus, WireResult } from '../session/session.ts';
import type { WireParam } from '../values/encode-param.ts';
import { postgresError } from './postgres-error.ts';
import { requestCancel } from './request-cancel.ts';

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: 'idle', T: 'open', E: 'failed' };

const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** Asks for the statement that `query` is, also without parameters: pg would let several pass. */
interface ExtendedQuery {
  readonly text: string;
  readonly values: WireParam[];
  readonly rowMode: 'array';
  readonly queryMode: 'extended';
  readonly types: typeof AS_TEXT;
}

export class PostgresSession implements Session {
  readonly #client: PoolClient;
  /** Why the connection cannot be used again. */
  #fault: CloudError | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
    client.on('error', this.#lose);
  }

  get status(): SessionStatus {
    if (this.#fault !== undefined) return 'lost';
    return STATUS[this.#client.getTransactionStatus() ?? 'I'] ?? 'failed';
  }

  async query(sql: string, params: readonly WireParam[]): Promise<WireResult> {
    const query: ExtendedQuery = {
      text: sql,
      values: [...params],
      rowMode: 'array',
      queryMode: 'extended',
      types: AS_TEXT,
    };
    const result = await this.#ask<QueryArrayResult<(string | null)[]>>(query);
    return {
      fields: result.fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
      rows: result.rows,
      command: result.command ?? '',
      rowCount: result.rowCount ?? 0,
    };
  }

  async execute(sql: string): Promise<void> {
    await this.#ask({ text: sql, rowMode: 'array', types: AS_TEXT });
  }

  abort(error: CloudError): void {
    if (this.#fault !== undefined) return;
    this.#fault = error;
    requestCancel(this.#client);
    this.#client.connection.stream.destroy();
  }

  /** Back to the pool, or out of it. */
  release(): void {
    this.#client.off('error', this.#lose);
    const reusable = this.#fault === undefined && this.#client.getTransactionStatus() === 'I';
    if (!reusable) this.#client.once('error', () => {});
    this.#client.release(!reusable);
  }

  async #ask<Result>(query: QueryConfig & { readonly rowMode: 'array' }): Promise<Result> {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      return (await this.#client.query<QueryResultRow>(query)) as unknown as Result;
    } catch (cause) {
      const { error, fatal } = postgresError(cause);
      if (fatal) this.#fault ??= error;
      else await this.#settle();
      throw this.#fault ?? error;
    }
  }

  /** pg tells of an error before the server has said what became of the transaction; an empty statement waits for that. */
  async #settle(): Promise<void> {
    await this.#client.query('').catch((cause: unknown) => (this.#fault ??= postgresError(cause).error));
  }

  readonly #lose = (cause: Error): void => {
    this.#fault ??= postgresError(cause).error;
  };
}
