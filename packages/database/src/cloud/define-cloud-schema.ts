import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { cloudTypeOf, declaredTable } from './cloud-columns.ts';
import { cloudFaults } from './cloud-faults.ts';
import type { CloudColumn, CloudMigration, CloudSchema, CloudTable } from './cloud-schema.ts';
import { defaultOf, localTablesOf, type LocalTable } from './replica-columns.ts';

export interface CloudSchemaDefinition {
  /** The schema of the replicas whose changes are projected. */
  readonly replica: ReplicaSchema;
  /** One Drizzle table of the PostgreSQL schema `app` for each replicated table. */
  readonly tables: readonly PgTable[];
  readonly migrations: readonly CloudMigration[];
}

/**
 * The cloud copy of a replica's schema. Throws a `TypeError` that names every fault where the two do not fit together.
 *
 * ```ts
 * const todos = app.table(
 *   'todos',
 *   { workspaceId: workspaceId(), id: uuid('id').notNull(), done: boolean('done').notNull().default(false), ...provenance },
 *   (table) => readable(table.workspaceId, table.id),
 * );
 * const cloud = defineCloudSchema({ replica: todoSchema, tables: [todos], migrations });
 * ```
 */
export function defineCloudSchema({ replica, tables, migrations }: CloudSchemaDefinition): CloudSchema {
  const faults = cloudFaults(replica, tables);
  if (faults.length > 0) throw new TypeError(`the cloud copy does not fit the replica:\n- ${faults.join('\n- ')}`);
  return { tables: describeCloudTables(replica, tables), migrations };
}

/** Of tables without faults: those that the two sides share, with what they share. */
function describeCloudTables(replica: ReplicaSchema, tables: readonly PgTable[]): ReadonlyMap<string, CloudTable> {
  const columnsByTable = new Map(tables.map((table) => [declaredTable(table).name, columnsOf(table)]));
  return new Map(
    localTablesOf(replica).map((local) => [local.name, describe(local, columnsByTable.get(local.name) ?? new Map())]),
  );
}

function describe({ name, key, columns }: LocalTable, declared: ReadonlyMap<string, PgColumn>): CloudTable {
  const toCloud = (column: SQLiteColumn): CloudColumn => ({
    name: column.name,
    type: typeOf(declared.get(column.name)),
    isNullable: !column.notNull,
    default: defaultOf(column),
  });
  return { name, key: key.map(toCloud), columns: columns.map(toCloud) };
}

function columnsOf(table: PgTable): ReadonlyMap<string, PgColumn> {
  const { key, columns } = declaredTable(table);
  return new Map([...key, ...columns].map((column) => [column.name, column]));
}

function typeOf(column: PgColumn | undefined): CloudColumn['type'] {
  const type = column && cloudTypeOf(column);
  if (type === undefined) throw new TypeError('a column has no cloud type');
  return type;
}
