/**
 * The cloud copy: PostgreSQL tables that a projector fills from the log, their migrations, and how another app describes
 * its own. No database driver is loaded.
 */
export { accountMigrations } from './migrations.gen.ts';
export { CLOUD_TYPES } from './cloud-schema.ts';
export type { CloudColumn, CloudMigration, CloudSchema, CloudTable, CloudType } from './cloud-schema.ts';
export { provenance, workspaceId } from './columns.ts';
export { defineCloudSchema } from './define-cloud-schema.ts';
export type { CloudSchemaDefinition } from './define-cloud-schema.ts';
export { readable } from './readable.ts';
export { app } from './schemas.ts';
export { workspaceCloudSchema } from './workspace-cloud-schema.ts';
