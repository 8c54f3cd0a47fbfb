import { relations } from 'drizzle-orm';
import { agents, chats, messages } from './assistant.ts';
import { entities, noteEntities, viewSnapshots, views } from './knowledge.ts';
import { noteBlocks, notes, tags } from './notes.ts';
import { files, projects } from './projects.ts';

/** For drizzle's relational queries; nothing here is enforced by the database. */

export const noteRelations = relations(notes, ({ many, one }) => ({
  project: one(projects, { fields: [notes.projectId], references: [projects.id] }),
  blocks: many(noteBlocks),
  tags: many(tags),
  entities: many(noteEntities),
}));

export const noteBlockRelations = relations(noteBlocks, ({ one }) => ({
  note: one(notes, { fields: [noteBlocks.noteId], references: [notes.id] }),
}));

export const tagRelations = relations(tags, ({ one }) => ({
  note: one(notes, { fields: [tags.noteId], references: [notes.id] }),
}));

export const entityRelationsOf = relations(entities, ({ many }) => ({
  notes: many(noteEntities),
}));

export const noteEntityRelations = relations(noteEntities, ({ one }) => ({
  note: one(notes, { fields: [noteEntities.noteId], references: [notes.id] }),
  entity: one(entities, { fields: [noteEntities.entityId], references: [entities.id] }),
}));

export const viewRelations = relations(views, ({ many }) => ({
  snapshots: many(viewSnapshots),
}));

export const viewSnapshotRelations = relations(viewSnapshots, ({ one }) => ({
  view: one(views, { fields: [viewSnapshots.viewId], references: [views.id] }),
}));

export const projectRelations = relations(projects, ({ many }) => ({
  notes: many(notes),
  files: many(files),
  chats: many(chats),
}));

export const fileRelations = relations(files, ({ one }) => ({
  project: one(projects, { fields: [files.projectId], references: [projects.id] }),
}));

export const chatRelations = relations(chats, ({ many, one }) => ({
  project: one(projects, { fields: [chats.projectId], references: [projects.id] }),
  agent: one(agents, { fields: [chats.agentId], references: [agents.id] }),
  messages: many(messages),
}));

export const messageRelations = relations(messages, ({ one }) => ({
  chat: one(chats, { fields: [messages.chatId], references: [chats.id] }),
}));
