/** What may be done with a session for as long as one has it: one statement after the other, each within its time. */
import type { CloudParam, CloudQueries, CloudTable, CloudValue, TableOptions } from '../cloud-database.ts';
import { refuse } from '../cloud-error.ts';
import { encodeParams, expectText } from '../values/encode-param.ts';
import { parserOf } from '../values/parse-value.ts';
import type { Session, WireResult } from './session.ts';
import { withinTime } from './within-time.ts';

/** Those of which the tag ends in the number of rows changed; that of SELECT is the number of rows given. */
const CHANGING_COMMANDS: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

const WRONG_TRANSACTION_STATE = '25000';

export interface SessionQueriesOptions {
  readonly statementTimeoutMs: number;
  /** A statement that ends it, or begins one where there is none, is refused, if too late. */
  readonly inTransaction: boolean;
}

export class SessionQueries implements CloudQueries {
  readonly #session: Session;
  readonly #options: SessionQueriesOptions;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(session: Session, options: SessionQueriesOptions) {
    this.#session = session;
    this.#options = options;
  }

  async query<Row extends object>(sql: string, params: readonly CloudParam[] = []): Promise<Row[]> {
    const result = await this.#run(sql, params);
    const columns = result.fields.map(({ name, typeOid }) => ({ name, parse: parserOf(typeOid) }));
    return result.rows.map((texts) => {
      const row: Record<string, CloudValue> = {};
      for (const [index, { name, parse }] of columns.entries()) {
        const text = texts[index] ?? null;
        row[name] = text === null ? null : parse(text);
      }
      return row as Row;
    });
  }

  async queryTable(
    sql: string,
    params: readonly CloudParam[] = [],
    { asText = false }: TableOptions = {},
  ): Promise<CloudTable> {
    const { fields, rows, command, rowCount } = await this.#run(sql, params);
    const parsers = fields.map(({ typeOid }) => (asText ? String : parserOf(typeOid)));
    return {
      columns: fields.map(({ name }) => name),
      rows: rows.map((texts) => parsers.map((parse, index) => parseOrNull(parse, texts[index]))),
      ...(CHANGING_COMMANDS.has(command) && { affectedRows: rowCount }),
      ...(asText && { types: fields.map(({ typeOid }) => typeOid), command }),
    };
  }

  async execute(sql: string): Promise<void> {
    expectText(sql, () => 'the statement');
    await this.#inTurn(() => this.#session.execute(sql));
  }

  /** Nothing more can be asked; resolves when what was asked has been answered. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#last;
  }

  async #run(sql: string, params: readonly CloudParam[]): Promise<WireResult> {
    const encoded = encodeParams(params);
    expectText(sql, () => 'the statement');
    return this.#inTurn(() => this.#session.query(sql, encoded));
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(refuse(WRONG_TRANSACTION_STATE, 'the transaction has ended already'));
    const turn = this.#last.then(() => this.#runStatement(call));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #runStatement<T>(call: () => Promise<T>): Promise<T> {
    const { statementTimeoutMs, inTransaction } = this.#options;
    if (inTransaction) this.#expectTransaction();
    const result = await withinTime(this.#session, statementTimeoutMs, call);
    if (inTransaction) this.#expectTransaction();
    return result;
  }

  #expectTransaction(): void {
    if (this.#session.status !== 'idle') return;
    throw refuse(WRONG_TRANSACTION_STATE, 'a statement has ended the transaction, which only its work may do');
  }
}

function parseOrNull(parse: (text: string) => CloudValue, text: string | null | undefined): CloudValue {
  return text === null || text === undefined ? null : parse(text);
}
