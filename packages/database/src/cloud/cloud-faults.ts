/**
 * Holds the two sides together: whatever replicates has its place in the cloud copy, with the same name, key, nullability
 * and default, and a type that can hold it.
 */
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { cloudTypeOf, declaredTable, PROVENANCE_COLUMNS, hasDefault } from './cloud-columns.ts';
import { WORKSPACE_COLUMN, type DeclaredTable } from './cloud-columns.ts';
import type { CloudType } from './cloud-schema.ts';
import { defaultOf, localTablesOf, type LocalTable } from './replica-columns.ts';

/** What is wrong, each with what to do about it; empty where nothing is. */
export function cloudFaults(replica: ReplicaSchema, tables: readonly PgTable[]): string[] {
  const cloud = new Map(tables.map((table) => [declaredTable(table).name, declaredTable(table)]));
  const local = new Map(localTablesOf(replica).map((table) => [table.name, table]));
  return [
    ...[...local.values()].flatMap((table) => tableFaults(table, cloud.get(table.name))),
    ...[...cloud.keys()]
      .filter((name) => !local.has(name))
      .map((name) => `app.${name} has no replicated table ${name}: add that to the replica's schema, or drop this one`),
  ];
}

const HOLDS: Readonly<Record<string, readonly CloudType[]>> = {
  text: ['text', 'uuid', 'jsonb'],
  integer: ['bigint', 'boolean', 'timestamptz', 'numeric'],
  real: ['double precision', 'numeric'],
  blob: ['bytea'],
};

function tableFaults(local: LocalTable, cloud: DeclaredTable | undefined): string[] {
  const { name } = local;
  if (cloud === undefined) {
    const columns = [...local.key, ...local.columns].map((column) => column.name).join(', ');
    return [
      `the table ${name} has no cloud copy: declare app.${name} (${columns}) beside the others, list it, and generate a migration`,
    ];
  }
  return [
    ...(cloud.schema === 'app'
      ? []
      : [`the cloud copy of ${name} is in the schema ${cloud.schema}: it belongs into app`]),
    ...keyFaults(local, cloud),
    ...PROVENANCE_COLUMNS.filter((column) => !cloud.columns.some((declared) => declared.name === column)).map(
      (column) => `app.${name} lacks ${column}: spread \`provenance\` into its columns`,
    ),
    ...pairs(local, cloud).flatMap(([column, declared]) => columnFaults(name, column, declared)),
    ...extraColumns(local, cloud).map(
      (column) => `app.${name}.${column} has no column ${name}.${column} in the replica`,
    ),
  ];
}

function keyFaults(local: LocalTable, cloud: DeclaredTable): string[] {
  const wanted = [WORKSPACE_COLUMN, ...local.key.map((column) => column.name)];
  const declared = cloud.key.map((column) => column.name);
  return declared.join() === wanted.join()
    ? []
    : [`the key of app.${cloud.name} is (${declared.join(', ')}): make it (${wanted.join(', ')})`];
}

function pairs(local: LocalTable, cloud: DeclaredTable): (readonly [SQLiteColumn, PgColumn | undefined])[] {
  const declared = new Map([...cloud.key, ...cloud.columns].map((column) => [column.name, column]));
  return [...local.key, ...local.columns].map((column) => [column, declared.get(column.name)] as const);
}

function extraColumns(local: LocalTable, cloud: DeclaredTable): string[] {
  const known = new Set([WORKSPACE_COLUMN, ...PROVENANCE_COLUMNS]);
  for (const { name } of [...local.key, ...local.columns]) known.add(name);
  return [...cloud.key, ...cloud.columns].map(({ name }) => name).filter((name) => !known.has(name));
}

function columnFaults(table: string, local: SQLiteColumn, cloud: PgColumn | undefined): string[] {
  const name = `${table}.${local.name}`;
  const types = HOLDS[local.getSQLType()] ?? [];
  if (cloud === undefined) {
    return [
      `the column ${name} has no cloud copy: add it to app.${table} as ${types.join(', ')}, and generate a migration`,
    ];
  }
  const type = cloudTypeOf(cloud);
  const faults: string[] = [];
  if (type === undefined || !types.includes(type)) {
    faults.push(
      `app.${name} is ${cloud.getSQLType()}, which cannot hold ${local.getSQLType()}: make it ${types.join(', ')}`,
    );
  }
  if (cloud.notNull !== local.notNull) {
    faults.push(`app.${name} is ${nullability(cloud)}: make it ${nullability(local)}, as it is in the replica`);
  }
  if (type !== undefined && !hasDefault(cloud, defaultOf(local))) {
    faults.push(`app.${name} has another default than in the replica: make it ${describeDefault(local)}`);
  }
  return faults;
}

function nullability(column: SQLiteColumn | PgColumn): string {
  return column.notNull ? 'NOT NULL' : 'nullable';
}

function describeDefault(column: SQLiteColumn): string {
  const value = defaultOf(column);
  if (value === null) return 'none';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
