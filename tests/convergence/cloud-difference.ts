/** Whether the cloud copy holds what a replica holds, row by row and value by value. */
import type { Replica } from '@tributary/database';
import type { SqlValue } from '@tributary/database/changes';
import type { CloudTable } from '@tributary/database/cloud';
import type { CloudDatabase } from '@tributary/sync-server';
import { SIM_CLOUD_TABLES } from './sim-cloud-schema.mjs';

/** By table. */
export type ReadableRows = ReadonlyMap<string, string>;

/** What should be in the tables of the cloud copy. */
export function replicatedRows({ sqlite }: Replica): ReadableRows {
  const read = (table: CloudTable) =>
    sqlite
      .prepare(`SELECT ${namesOf(table).join(', ')} FROM ${table.name}`)
      .safeIntegers()
      .raw()
      .all() as SqlValue[][];
  return new Map(SIM_CLOUD_TABLES.map((table) => [table.name, described(read(table))]));
}

/** Undefined where there is none. */
export async function cloudDifference(
  cloud: CloudDatabase,
  workspaceId: string,
  replicated: ReadableRows,
): Promise<string | undefined> {
  for (const table of SIM_CLOUD_TABLES) {
    const sql = `SELECT ${namesOf(table).join(', ')} FROM app.${table.name} WHERE workspace_id = $1`;
    const projected = described((await cloud.queryTable(sql, [workspaceId])).rows);
    const expected = replicated.get(table.name);
    if (projected !== expected) {
      return `app.${table.name} holds\n${projected}\nand the replicas hold\n${expected}`;
    }
  }
  return undefined;
}

function namesOf({ key, columns }: CloudTable): string[] {
  return [...key, ...columns].map(({ name }) => name);
}

/** Numbers by their value: the two databases write them differently. */
function readable(value: unknown): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return String(Number(value));
  return typeof value === 'bigint' || typeof value === 'number' ? String(Number(value)) : JSON.stringify(value);
}

function described(rows: readonly (readonly unknown[])[]): string {
  return rows
    .map((row) => row.map(readable).join(' '))
    .sort()
    .join('\n');
}
