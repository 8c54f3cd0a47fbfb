import { sql } from 'drizzle-orm';
import { index, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { count, flag, id, jsonObject, reference, string, time, timestamps, trash } from './columns.ts';

/** A person, place, thing or idea that notes speak of. */
export const entities = sqliteTable(
  'entities',
  {
    id: id(),
    kind: text('kind').notNull().default('concept'),
    name: string('name'),
    description: string('description'),
    attributes: jsonObject('attributes'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('entities_by_name').on(table.deletedAt, table.name), index('entities_by_kind').on(table.kind)],
);

export const noteEntities = sqliteTable(
  'note_entities',
  {
    noteId: text('note_id').notNull(),
    entityId: text('entity_id').notNull(),
    createdAt: count('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.noteId, table.entityId] }),
    index('note_entities_by_entity').on(table.entityId),
  ],
);

export const entityRelations = sqliteTable(
  'entity_relations',
  {
    id: id(),
    sourceId: reference('source_id'),
    targetId: reference('target_id'),
    kind: text('kind').notNull().default('related'),
    description: string('description'),
    weight: real('weight').notNull().default(1),
    ...timestamps,
    ...trash,
  },
  (table) => [
    index('entity_relations_by_source').on(table.sourceId),
    index('entity_relations_by_target').on(table.targetId),
  ],
);

export const VIEW_KINDS = ['list', 'board', 'table', 'calendar', 'graph'] as const;

/** A saved way to look at the workspace. */
export const views = sqliteTable(
  'views',
  {
    id: id(),
    name: string('name'),
    kind: text('kind', { enum: VIEW_KINDS }).notNull().default('list'),
    projectId: reference('project_id'),
    query: jsonObject('query'),
    layout: jsonObject('layout'),
    pinned: flag('pinned'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('views_by_project').on(table.projectId)],
);

/** What a view showed at one moment. */
export const viewSnapshots = sqliteTable(
  'view_snapshots',
  {
    id: id(),
    viewId: reference('view_id'),
    title: string('title'),
    data: jsonObject('data'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('view_snapshots_by_view').on(table.viewId, table.createdAt)],
);

export const reminders = sqliteTable(
  'reminders',
  {
    id: id(),
    title: string('title'),
    noteId: reference('note_id'),
    projectId: reference('project_id'),
    dueAt: time('due_at'),
    /** An iCalendar RRULE, without `RRULE:`. */
    recurrence: text('recurrence'),
    completedAt: time('completed_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [
    index('reminders_due')
      .on(table.dueAt)
      .where(sql`completed_at is null and deleted_at is null`),
    index('reminders_by_note').on(table.noteId),
  ],
);
