import { sql } from 'drizzle-orm';
import { index, text, uuid } from 'drizzle-orm/pg-core';
import { flag, id, jsonObject, provenance, real, reference, stamp, string, time } from '../columns.ts';
import { timestamps, trash, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, trashComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

/** Read as a whole or by id: the key is index enough. */
export const entities = app.table(
  'entities',
  {
    workspaceId: workspaceId(),
    id: id(),
    kind: word('kind', 'concept'),
    name: string('name'),
    description: string('description'),
    attributes: jsonObject('attributes'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const entitiesComments: TableComments<typeof entities> = {
  table: 'People, places, things and ideas that notes speak of.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created it.',
    kind: 'What it is, in one word, such as person or concept.',
    name: 'What it is called.',
    description: 'What it is, in sentences.',
    attributes: 'Facts about it, by name.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const noteEntities = app.table(
  'note_entities',
  {
    workspaceId: workspaceId(),
    noteId: uuid('note_id').notNull(),
    entityId: uuid('entity_id').notNull(),
    createdAt: stamp('created_at'),
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.noteId, table.entityId),
    // The notes that speak of an entity.
    index('note_entities_by_entity').on(table.workspaceId, table.entityId),
  ],
);

export const noteEntitiesComments: TableComments<typeof noteEntities> = {
  table: 'Which note speaks of which entity.',
  columns: {
    ...workspaceComments,
    noteId: 'The note; may be gone.',
    entityId: 'The entity; may be gone.',
    createdAt: 'When the two were linked, by the clock of the app.',
    ...provenanceComments,
  },
};

export const entityRelations = app.table(
  'entity_relations',
  {
    workspaceId: workspaceId(),
    id: id(),
    sourceId: reference('source_id'),
    targetId: reference('target_id'),
    kind: word('kind', 'related'),
    description: string('description'),
    weight: real('weight', 1),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // Walking the graph, forwards and backwards.
    index('entity_relations_by_source').on(table.workspaceId, table.sourceId),
    index('entity_relations_by_target').on(table.workspaceId, table.targetId),
  ],
);

export const entityRelationsComments: TableComments<typeof entityRelations> = {
  table: 'How one entity relates to another.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created it.',
    sourceId: 'The entity it starts from; may be gone.',
    targetId: 'The entity it leads to; may be gone.',
    kind: 'How they relate, in one word.',
    description: 'How they relate, in sentences.',
    weight: 'How strong the relation is; 1 by default.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

/** Few per workspace: the key is index enough. */
export const views = app.table(
  'views',
  {
    workspaceId: workspaceId(),
    id: id(),
    name: string('name'),
    kind: word('kind', 'list'),
    projectId: reference('project_id'),
    query: jsonObject('query'),
    layout: jsonObject('layout'),
    pinned: flag('pinned'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const viewsComments: TableComments<typeof views> = {
  table: 'Saved ways to look at the workspace.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created it.',
    name: 'What the view is called.',
    kind: 'list, board, table, calendar or graph.',
    projectId: 'The project it is about; may be gone.',
    query: 'What it shows.',
    layout: 'How it shows it.',
    pinned: 'Whether it is kept at hand.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const viewSnapshots = app.table(
  'view_snapshots',
  {
    workspaceId: workspaceId(),
    id: id(),
    viewId: reference('view_id'),
    title: string('title'),
    data: jsonObject('data'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The snapshots of a view, the latest first.
    index('view_snapshots_by_view').on(table.workspaceId, table.viewId, table.createdAt),
  ],
);

export const viewSnapshotsComments: TableComments<typeof viewSnapshots> = {
  table: 'What a view showed at one moment.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that took it.',
    viewId: 'The view; may be gone.',
    title: 'What the snapshot is called.',
    data: 'What the view showed.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const reminders = app.table(
  'reminders',
  {
    workspaceId: workspaceId(),
    id: id(),
    title: string('title'),
    noteId: reference('note_id'),
    projectId: reference('project_id'),
    dueAt: time('due_at'),
    recurrence: text('recurrence'),
    completedAt: time('completed_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // What is due.
    index('reminders_due')
      .on(table.workspaceId, table.dueAt)
      .where(sql`completed_at is null and deleted_at is null`),
  ],
);

export const remindersComments: TableComments<typeof reminders> = {
  table: 'Reminders, with or without a note that they are about.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created it.',
    title: 'What to be reminded of.',
    noteId: 'The note it is about; may be gone.',
    projectId: 'The project it is about; may be gone.',
    dueAt: 'When it is due.',
    recurrence: 'How it recurs: an iCalendar RRULE, without "RRULE:".',
    completedAt: 'When it was completed; null for one that is open.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};
