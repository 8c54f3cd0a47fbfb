/**
 * PostgreSQL as the server sees it, whichever one it is: a real one, or the one it carries. The same SQL (of PostgreSQL
 * 15), the same values and the same errors on both. `runCloudDatabaseTests` (./testing) is the contract in executable form.
 *
 *   1. A value has one JavaScript type, told by the type of its column alone (see CloudValue).
 *   2. What fails is a CloudError, which says whether the same call may succeed later.
 *   3. What a transaction has resolved with is committed; after anything else nothing of it is there, except where the
 *      connection was lost while it was being committed: then nobody can know.
 *   4. No statement leaves a transaction open, or ends one that `transaction` has begun.
 */
export interface CloudQueries {
  /** One statement with parameters. Of columns with the same name the last one counts. */
  query<Row extends object = Record<string, CloudValue>>(sql: string, params?: readonly CloudParam[]): Promise<Row[]>;
  /** One statement with parameters; its rows as the columns come, whatever they are called. */
  queryTable(sql: string, params?: readonly CloudParam[], options?: TableOptions): Promise<CloudTable>;
  /** Several statements without parameters. */
  execute(sql: string): Promise<void>;
}

export interface CloudDatabase extends CloudQueries {
  readonly kind: 'postgres' | 'pglite';
  /** Commits when the work resolves, rolls back when it throws. The work must use the given queries only. */
  transaction<T>(work: (queries: CloudQueries) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

export interface TransactionOptions {
  /** Nothing can be written, and what is SET does not outlive the transaction. */
  readonly readOnly?: boolean | undefined;
  /** For all of it. Without it each statement has the time that a statement has outside. */
  readonly timeoutMs?: number | undefined;
}

export interface TableOptions {
  /** Values as PostgreSQL writes them, to the last digit, with the types of their columns. */
  readonly asText?: boolean;
}

export interface CloudTable {
  readonly columns: string[];
  readonly rows: CloudValue[][];
  /** Absent where the statement is not one that changes rows. */
  readonly affectedRows?: number;
  /** Of the columns, as in pg_type, and the first word of the command's tag; where text was asked for. */
  readonly types?: readonly number[];
  readonly command?: string;
}

/**
 * int2, int4, oid, float4, float8 → number; int8 → bigint; numeric → string; bool → boolean; timestamp, timestamptz → Date
 * (text where a Date cannot say it: infinity); date → 'YYYY-MM-DD'; bytea → Uint8Array; json, jsonb → what they hold;
 * arrays of these → arrays; everything else → its text.
 */
export type CloudValue =
  null | string | number | bigint | boolean | Date | Uint8Array | CloudValue[] | { [key: string]: CloudValue };

export type CloudScalar = null | string | number | bigint | boolean | Date | Uint8Array;

/** An object is written as JSON. An array is a PostgreSQL array: for a JSON one, give its JSON text. */
export type CloudParam = CloudScalar | CloudObject | readonly (CloudScalar | CloudObject)[];

export type CloudObject = Readonly<Record<string, unknown>>;
