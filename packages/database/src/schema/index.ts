/**
 * The workspace schema in Drizzle: one file per concept, `tables.ts` says which of them replicate.
 */
export { agents, apiKeys, chats, memories, messages } from './assistant.ts';
export { MEMORY_KINDS, MEMORY_SCOPES, MESSAGE_ROLES, MESSAGE_STATUSES } from './assistant.ts';
export type { ToolCall } from './assistant.ts';
export { entities, entityRelations, noteEntities, reminders, views, viewSnapshots, VIEW_KINDS } from './knowledge.ts';
export {
  localMeta,
  localMigrations,
  syncActivity,
  syncAcks,
  syncBases,
  syncCovered,
  syncFormerValues,
  syncMetrics,
  syncParked,
  syncState,
  tabMutations,
} from './local.ts';
export { conflicts, CONFLICT_KINDS, CONFLICT_RESOLUTIONS } from './merging.ts';
export { BLOCK_KINDS, noteBlocks, notes, tags } from './notes.ts';
export { DEVICE_PLATFORMS, devices, settings, users } from './people.ts';
export { ATTACHMENT_OWNERS, attachments, files, projects, PROJECT_STATUSES } from './projects.ts';
export {
  chatRelations,
  entityRelationsOf,
  fileRelations,
  messageRelations,
  noteBlockRelations,
  noteEntityRelations,
  noteRelations,
  projectRelations,
  tagRelations,
  viewRelations,
  viewSnapshotRelations,
} from './relations.ts';
export { localTables, replicatedTables } from './tables.ts';
