import type { ReplicaSchema } from '../schema/replica-schema.ts';

/** A schema of an app of its own, from plain DDL: one migration for each text. */
export function testSchema(replicated: readonly string[], ...ddl: readonly string[]): ReplicaSchema {
  const migrations = ddl.map((sql, index) => ({
    tag: String(index).padStart(4, '0'),
    sql: sql.replaceAll(';', '\n--> statement-breakpoint\n'),
  }));
  return { tables: {}, replicated, migrations };
}
