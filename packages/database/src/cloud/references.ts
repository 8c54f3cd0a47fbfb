/**
 * Which row names which. Nothing enforces it, in a replica or here: one device may delete what another one is just
 * referring to. `sync.orphans` lists where that has happened.
 *
 * Ids of members are not in it: a member is known to the cloud, and need not have written a profile into `users`.
 */
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { agents, chats, memories, messages } from './app/assistant.ts';
import { entities, entityRelations, noteEntities, reminders, views, viewSnapshots } from './app/knowledge.ts';
import { noteBlocks, notes, tags } from './app/notes.ts';
import { attachments, files, projects } from './app/projects.ts';

export interface CloudReference {
  readonly from: AnyPgColumn;
  /** The id of the table that it names a row of. */
  readonly to: AnyPgColumn;
  /** It names a row of that table only where this column has this value. */
  readonly where?: { readonly column: AnyPgColumn; readonly is: string };
}

export const references: readonly CloudReference[] = [
  { from: notes.projectId, to: projects.id },
  { from: noteBlocks.noteId, to: notes.id },
  { from: tags.noteId, to: notes.id },
  { from: noteEntities.noteId, to: notes.id },
  { from: noteEntities.entityId, to: entities.id },
  { from: entityRelations.sourceId, to: entities.id },
  { from: entityRelations.targetId, to: entities.id },
  { from: views.projectId, to: projects.id },
  { from: viewSnapshots.viewId, to: views.id },
  { from: reminders.noteId, to: notes.id },
  { from: reminders.projectId, to: projects.id },
  { from: files.projectId, to: projects.id },
  { from: attachments.ownerId, to: notes.id, where: { column: attachments.ownerKind, is: 'note' } },
  { from: attachments.ownerId, to: messages.id, where: { column: attachments.ownerKind, is: 'message' } },
  { from: attachments.ownerId, to: projects.id, where: { column: attachments.ownerKind, is: 'project' } },
  { from: agents.projectId, to: projects.id },
  { from: chats.projectId, to: projects.id },
  { from: chats.agentId, to: agents.id },
  { from: messages.chatId, to: chats.id },
  { from: messages.parentId, to: messages.id },
  { from: memories.sourceMessageId, to: messages.id },
  { from: memories.scopeId, to: projects.id, where: { column: memories.scope, is: 'project' } },
  { from: memories.scopeId, to: chats.id, where: { column: memories.scope, is: 'chat' } },
  { from: memories.scopeId, to: agents.id, where: { column: memories.scope, is: 'agent' } },
];
