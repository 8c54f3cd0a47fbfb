import * as tables from './index.ts';
import { workspaceMigrations } from './migrations.gen.ts';
import { defineReplicaSchema } from './replica-schema.ts';
import { mergeableTexts, replicatedTables } from './tables.ts';

/** The schema of Tributary's own app, and the default of `openReplica`. */
export const workspaceSchema = defineReplicaSchema({
  tables,
  replicated: replicatedTables,
  mergeable: mergeableTexts,
  migrations: workspaceMigrations,
});

export type WorkspaceTables = typeof tables;
