/** The statements that fill one typed table: many rows each, as one JSON text of texts that PostgreSQL casts. */
import type { CloudTable } from '@tributary/database/cloud';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { quoteName } from './cloud-place.ts';
import { inParts } from './in-parts.ts';
import type { RowTexts } from './project-row.ts';

export interface RowToWrite {
  readonly workspaceId: string;
  readonly key: RowTexts;
  readonly values: RowTexts;
  readonly updatedBy: string;
  readonly updatedAt: string;
  readonly version: number;
  readonly extra: string | null;
}

export type RowToDelete = Pick<RowToWrite, 'workspaceId' | 'key'>;

export class TableWriter {
  readonly #upsertSql: string;
  readonly #deleteSql: string;

  /** `schema` is where the table lies. */
  constructor(table: CloudTable, schema: string) {
    const target = `${quoteName(schema)}.${quoteName(table.name)}`;
    this.#upsertSql = upsertSql(table, target);
    this.#deleteSql = deleteSql(table, target);
  }

  async upsert(queries: CloudQueries, rows: readonly RowToWrite[]): Promise<void> {
    for (const part of inParts(rows, charactersOf)) {
      await queries.query(this.#upsertSql, [JSON.stringify(part.map(recordOf))]);
    }
  }

  async delete(queries: CloudQueries, rows: readonly RowToDelete[]): Promise<void> {
    if (rows.length === 0) return;
    const records = rows.map(({ workspaceId, key }) => withFields({ w: workspaceId }, 'k', key));
    await queries.query(this.#deleteSql, [JSON.stringify(records)]);
  }
}

function charactersOf({ values, extra }: RowToWrite): number {
  return values.reduce((sum, text) => sum + (text?.length ?? 0), extra?.length ?? 0);
}

function recordOf({ workspaceId, key, values, updatedBy, updatedAt, version, extra }: RowToWrite): object {
  const record = withFields({ w: workspaceId, b: updatedBy, a: updatedAt, v: version, x: extra }, 'k', key);
  return withFields(record, 'c', values);
}

function withFields(record: Record<string, unknown>, prefix: string, texts: RowTexts): Record<string, unknown> {
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text !== null) record[prefix + i] = text;
  }
  return record;
}

function upsertSql({ key, columns }: CloudTable, target: string): string {
  const keyNames = key.map(({ name }) => quoteName(name));
  const names = columns.map(({ name }) => quoteName(name));
  const written = [...names, '_updated_by', '_updated_at', '_version', '_extra'];
  const fields = [...key.map((_, i) => `k${i} text`), ...columns.map((_, i) => `c${i} text`)];
  const values = [...key.map(({ type }, i) => `k${i}::${type}`), ...columns.map(({ type }, i) => `c${i}::${type}`)];
  return `
    INSERT INTO ${target} (workspace_id, ${[...keyNames, ...written].join(', ')})
    SELECT w, ${values.join(', ')}, b, a::timestamptz, v, x::jsonb
    FROM json_to_recordset($1::json) AS r(w text, b text, a text, v bigint, x text, ${fields.join(', ')})
    ON CONFLICT (workspace_id, ${keyNames.join(', ')})
    DO UPDATE SET ${written.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

function deleteSql({ key }: CloudTable, target: string): string {
  const matches = key.map(({ name, type }, i) => `t.${quoteName(name)} = r.k${i}::${type}`);
  return `
    DELETE FROM ${target} t
    USING json_to_recordset($1::json) AS r(w text, ${key.map((_, i) => `k${i} text`).join(', ')})
    WHERE t.workspace_id = r.w AND ${matches.join(' AND ')}`;
}
