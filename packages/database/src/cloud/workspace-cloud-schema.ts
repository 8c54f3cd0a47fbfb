import { workspaceSchema } from '../schema/workspace.ts';
import type { CloudSchema } from './cloud-schema.ts';
import { defineCloudSchema } from './define-cloud-schema.ts';
import { workspaceCloudMigrations } from './migrations.gen.ts';
import { appTables } from './tables.ts';

/** The cloud copy of the workspace's replicated tables. */
export const workspaceCloudSchema: CloudSchema = defineCloudSchema({
  replica: workspaceSchema,
  tables: appTables.map(({ table }) => table),
  migrations: workspaceCloudMigrations,
});
