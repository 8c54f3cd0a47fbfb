/** Statements, one after the other, and what they gave, as it was asked for. */
import { CloudError } from '../cloud/cloud-error.ts';
import { runStatement, type StatementResult } from '../control/operations/run-statement.ts';
import type { CommandWorld } from './command.ts';
import { plural } from './output/quantities.ts';
import { createSqlWriter, type SqlFormat } from './output/sql-formats.ts';
import { helperStatements, isHelper } from './sql-helpers.ts';
import { splitStatements } from './split-statements.ts';
import type { Operations } from './with-operations.ts';

export interface SqlSettings {
  readonly format: SqlFormat;
  readonly write: boolean;
  readonly timeoutMs: number;
  /** Undefined for all rows. */
  readonly limit: number | undefined;
}

/** Stops at the first that fails, and throws that. */
export async function runSql(
  text: string,
  settings: SqlSettings,
  { operations, world }: { readonly operations: Operations; readonly world: CommandWorld },
): Promise<void> {
  for (const sql of statementsIn(text)) {
    const writer = createSqlWriter(settings.format, world.out);
    let hasColumns = false;
    const { write, timeoutMs, limit } = settings;
    const input = { sql, write: write && !isHelper(text), timeoutMs, ...(limit !== undefined && { limit }) };
    const result = await operations
      .call(runStatement, input, (event) => {
        if ('columns' in event) {
          hasColumns = true;
          writer.begin(event.columns);
          return undefined;
        }
        writer.add(event.rows);
        return world.flush();
      })
      .catch((error: unknown) => {
        throw pointedAt(error, sql);
      });
    if (hasColumns) writer.end();
    tell(result, { settings, hasColumns, world });
  }
}

function statementsIn(text: string): readonly string[] {
  if (isHelper(text)) return helperStatements(text);
  const { statements, rest } = splitStatements(text);
  return rest === '' ? statements : [...statements, rest];
}

interface Told {
  readonly settings: SqlSettings;
  readonly hasColumns: boolean;
  readonly world: CommandWorld;
}

function tell({ command, rowCount, isCut }: StatementResult, { settings, hasColumns, world }: Told): void {
  const isTable = settings.format === 'table';
  const say = isTable ? world.out : world.err;
  if (isCut) say(`(the first ${plural(rowCount, 'row')}; there are more: --limit <n>, or --limit 0 for all)\n`);
  else if (hasColumns && isTable) say(`(${plural(rowCount, 'row')})\n`);
  else if (!hasColumns) say(`${command}${rowCount > 0 ? ` ${rowCount}` : ''}\n`);
}

/** With the line in which it is, and a mark below the place. */
function pointedAt(error: unknown, sql: string): unknown {
  if (!(error instanceof CloudError) || error.position === undefined) return error;
  const at = Array.from(sql)
    .slice(0, error.position - 1)
    .join('').length;
  const start = sql.lastIndexOf('\n', at - 1) + 1;
  const end = sql.indexOf('\n', at);
  const line = sql.slice(start, end < 0 ? sql.length : end);
  const message = `${error.message}\n  ${line}\n  ${' '.repeat(at - start)}^`;
  const { sqlState = 'XX000', detail, hint } = error;
  const code = error.retryable ? 'cloud_unavailable' : 'cloud_refused';
  return new CloudError(code, message, { cause: error, fault: { sqlState, message, detail, hint } });
}
