import type { Migration, ReplicaSchema } from '../schema/replica-schema.ts';
import { splitStatements } from '../replica/migrate.ts';
import { localMigrations } from '../schema/migrations.gen.ts';

/** The local-only tables that every replica needs, as the workspace's first migration makes them. */
const localTables = splitStatements(localMigrations[0]?.sql ?? '').filter((statement) =>
  /`(?:local_meta|local_migrations|sync_\w+)`/.test(statement),
);

/** A schema of an app of its own, from plain DDL: the first migration also brings the local tables. */
export function testSchema(replicated: readonly string[], ...ddl: readonly string[]): ReplicaSchema {
  const migrations = ddl.map((sql, index): Migration => {
    const statements = index === 0 ? [...localTables, ...splitDdl(sql)] : splitDdl(sql);
    return { tag: String(index).padStart(4, '0'), sql: statements.join('\n--> statement-breakpoint\n') };
  });
  return { tables: {}, replicated, migrations };
}

function splitDdl(sql: string): string[] {
  return sql
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
