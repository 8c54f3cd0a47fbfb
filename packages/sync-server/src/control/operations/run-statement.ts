/**
 * One SQL statement. To read, only what PostgreSQL's own grammar takes for a cursor is let through, with SHOW and EXPLAIN
 * beside it, in a transaction that is READ ONLY, has its snapshot already and is rolled back at the end. So there is no
 * statement that could end it, change its mode, or write a file as COPY does.
 */
import { z } from 'zod';
import type { CloudQueries, CloudTable } from '../../cloud/cloud-database.ts';
import { CloudError, refuse } from '../../cloud/cloud-error.ts';
import type { Operation, OperationCall } from '../operation.ts';

const inputSchema = z.object({
  sql: z.string(),
  /** Commit what it changes. */
  write: z.boolean(),
  timeoutMs: z.number().positive(),
  /** Rows to give at most; all of them where it is absent. */
  limit: z.number().nonnegative().optional(),
});

export type StatementInput = z.output<typeof inputSchema>;

/** Columns come first, and once. Values are as PostgreSQL writes them. */
export type StatementEvent =
  { readonly columns: readonly StatementColumn[] } | { readonly rows: readonly (readonly (string | null)[])[] };

export interface StatementColumn {
  readonly name: string;
  /** As in pg_type. */
  readonly type: number;
}

export interface StatementResult {
  /** The first word of the command's tag: SELECT, UPDATE, CREATE. */
  readonly command: string;
  /** Rows that were given or changed. */
  readonly rowCount: number;
  /** There were more than the limit. */
  readonly isCut: boolean;
}

export const runStatement: Operation<StatementInput, StatementEvent, StatementResult> = {
  name: 'sql',
  input: inputSchema,
  needsLog: false,
  isExclusive: false,
  async run(input, call) {
    const { write, timeoutMs } = input;
    const run = write ? writeWith : isCursorless(input.sql) ? readAtOnce : readByCursor;
    return call.place.cloud.transaction(
      async (queries) => {
        // What is read looks the same wherever it is read.
        await queries.execute(
          `SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'`,
        );
        return run(queries, input, call);
      },
      { readOnly: !write, timeoutMs },
    );
  },
};

type Call = OperationCall<StatementEvent>;

const ROWS_AT_ONCE = 500;
const DECLARE = 'DECLARE tributary_rows NO SCROLL CURSOR FOR ';
const READING_WORDS: ReadonlySet<string> = new Set(['SELECT', 'VALUES', 'TABLE', 'WITH', '(']);
const CURSORLESS_WORDS: ReadonlySet<string> = new Set(['SHOW', 'EXPLAIN']);

async function writeWith(queries: CloudQueries, { sql, limit }: StatementInput, call: Call): Promise<StatementResult> {
  return give(await queries.queryTable(sql, [], { asText: true }), limit, call);
}

async function readAtOnce(queries: CloudQueries, { sql, limit }: StatementInput, call: Call): Promise<StatementResult> {
  return give(await queries.queryTable(sql, [], { asText: true }), limit, call);
}

async function readByCursor(
  queries: CloudQueries,
  { sql, limit = Infinity }: StatementInput,
  { emit }: Call,
): Promise<StatementResult> {
  const word = firstWord(sql);
  if (!READING_WORDS.has(word)) throw refuse('25006', notForReading(word));
  await declareCursor(queries, sql);
  for (let rowCount = 0; ;) {
    const wanted = Math.min(ROWS_AT_ONCE, limit - rowCount + 1);
    const table = await queries.queryTable(`FETCH FORWARD ${wanted} FROM tributary_rows`, [], { asText: true });
    if (rowCount === 0) await emit({ columns: columnsOf(table) });
    const rows = textsOf(table).slice(0, limit - rowCount);
    if (rows.length > 0) await emit({ rows });
    rowCount += rows.length;
    if (table.rows.length < wanted || rows.length < table.rows.length) {
      return { command: 'SELECT', rowCount, isCut: rows.length < table.rows.length };
    }
  }
}

function notForReading(word: string): string {
  const known = 'SELECT, VALUES, TABLE, WITH, SHOW and EXPLAIN';
  return word === '' ? 'there is no statement' : `${word} needs --write: without it, only ${known} are run`;
}

/** What is wrong is told in the words and at the place of the statement, not of the cursor. */
async function declareCursor(queries: CloudQueries, sql: string): Promise<void> {
  try {
    await queries.queryTable(DECLARE + sql);
  } catch (error) {
    if (!(error instanceof CloudError) || error.sqlState === undefined) throw error;
    const { sqlState, message, detail, hint, position } = error;
    const isWriting = /CURSOR must not|data-modifying/.test(message);
    throw new CloudError(
      isWriting ? 'cloud_refused' : codeOf(error),
      isWriting ? 'this writes: add --write' : message,
      {
        cause: error,
        fault: { sqlState, message, detail, hint, position: position && Math.max(1, position - DECLARE.length) },
      },
    );
  }
}

function codeOf({ retryable }: CloudError): 'cloud_unavailable' | 'cloud_refused' {
  return retryable ? 'cloud_unavailable' : 'cloud_refused';
}

async function give(table: CloudTable, limit = Infinity, { emit }: Call): Promise<StatementResult> {
  const texts = textsOf(table);
  const rows = texts.slice(0, limit);
  if (table.columns.length > 0) await emit({ columns: columnsOf(table) });
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await emit({ rows: rows.slice(from, from + ROWS_AT_ONCE) });
  }
  const rowCount = table.columns.length > 0 ? rows.length : (table.affectedRows ?? 0);
  return { command: table.command ?? '', rowCount, isCut: rows.length < texts.length };
}

function columnsOf({ columns, types = [] }: CloudTable): StatementColumn[] {
  return columns.map((name, index) => ({ name, type: types[index] ?? 0 }));
}

function textsOf({ rows }: CloudTable): (string | null)[][] {
  return rows as (string | null)[][];
}

function isCursorless(sql: string): boolean {
  return CURSORLESS_WORDS.has(firstWord(sql));
}

/** In capitals, after blanks and comments; those that run over several lines may hold others. */
export function firstWord(sql: string): string {
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(sql.slice(at))?.[0].length ?? 0;
    if (sql.startsWith('--', at)) at = endOf(sql, '\n', at);
    else if (sql.startsWith('/*', at)) at = endOfComment(sql, at);
    else break;
  }
  return (/^(?:\(|\w+|\S)/.exec(sql.slice(at))?.[0] ?? '').toUpperCase();
}

function endOf(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from);
  return at < 0 ? sql.length : at + mark.length;
}

function endOfComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  for (let depth = 0, mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
