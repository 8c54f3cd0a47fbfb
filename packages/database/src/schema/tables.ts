/**
 * Every table of the workspace: those that replicate, and those that stay on the device.
 */
import { agents, apiKeys, chats, memories, messages } from './assistant.ts';
import { entities, entityRelations, noteEntities, reminders, views, viewSnapshots } from './knowledge.ts';
import {
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
import { conflicts } from './merging.ts';
import { noteBlocks, notes, tags } from './notes.ts';
import { devices, settings, users } from './people.ts';
import { attachments, files, projects } from './projects.ts';

/** Each becomes a CRR: cr-sqlite tracks its cells and every replica of the workspace holds the same rows. */
export const replicatedTables = {
  users,
  devices,
  settings,
  notes,
  noteBlocks,
  tags,
  entities,
  noteEntities,
  entityRelations,
  views,
  viewSnapshots,
  reminders,
  projects,
  files,
  attachments,
  agents,
  chats,
  messages,
  memories,
  apiKeys,
  conflicts,
};

/** Texts that people write, long or often enough that two may be at the same one. */
export const mergeableTexts = [
  notes.title,
  noteBlocks.text,
  entities.description,
  entityRelations.description,
  reminders.title,
  projects.description,
  agents.description,
  agents.instructions,
  chats.title,
  memories.content,
];

export const localTables = {
  localMeta,
  localMigrations,
  syncState,
  syncAcks,
  syncBases,
  syncCovered,
  syncFormerValues,
  syncActivity,
  syncMetrics,
  syncParked,
  tabMutations,
};
