import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import type { KeyType } from './packed-key.ts';
import { affinityOf, type ReplicatedTable } from './replicated-table.ts';

/**
 * What `describeReplicatedTable` reads from a database, read from the Drizzle tables instead: for a relay, which checks
 * changes and has no database of that schema.
 */
export function describeSchema(schema: ReplicaSchema): ReadonlyMap<string, ReplicatedTable> {
  const tables = Object.values(schema.tables).filter((table) => is(table, SQLiteTable));
  const described = tables.map(describeTable).filter(({ name }) => schema.replicated.includes(name));
  return new Map(described.map((table) => [table.name, table]));
}

function describeTable(table: SQLiteTable): ReplicatedTable {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return {
    name,
    keyColumns: key.map((column) => column.name),
    keyTypes: key.map((column) => typeOf(column) as KeyType),
    columns: new Map(
      columns
        .filter((column) => !key.includes(column))
        .map((column) => [column.name, { affinity: affinityOf(typeOf(column)), nullable: !column.notNull }]),
    ),
  };
}

function typeOf(column: SQLiteColumn): string {
  return column.getSQLType().toUpperCase();
}
