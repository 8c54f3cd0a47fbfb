import type { AnyReplica, SqlValue } from '@tributary/database';
import { siteIdToHex } from '@tributary/database/changes';
import { notesSchema } from './notes-schema.ts';

/** Every row of every replicated table, each value with its type, in an order of its own. */
export function rowsOf({ sqlite }: AnyReplica, tables: readonly string[] = notesSchema.replicated): string[] {
  return tables.flatMap((table) => {
    const statement = sqlite.prepare(`SELECT * FROM "${table}"`).safeIntegers().raw();
    return (statement.all() as SqlValue[][]).map((row) => `${table}: ${row.map(typed).join(', ')}`).sort();
  });
}

function typed(value: SqlValue): string {
  return value instanceof Uint8Array
    ? `blob ${siteIdToHex(value)}`
    : `${typeof value} ${JSON.stringify(String(value))}`;
}
