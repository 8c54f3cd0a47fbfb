import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { count, id, jsonObject, reference, string, time, timestamps, trash } from './columns.ts';

export const PROJECT_STATUSES = ['active', 'paused', 'archived'] as const;

export const projects = sqliteTable(
  'projects',
  {
    id: id(),
    name: string('name'),
    description: string('description'),
    status: text('status', { enum: PROJECT_STATUSES }).notNull().default('active'),
    color: text('color'),
    path: text('path'),
    repository: text('repository'),
    settings: jsonObject('settings'),
    lastOpenedAt: time('last_opened_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('projects_by_status').on(table.deletedAt, table.status, table.updatedAt)],
);

/** What is known about a file of a project. Its contents are never stored in the database. */
export const files = sqliteTable(
  'files',
  {
    id: id(),
    projectId: reference('project_id'),
    path: string('path'),
    contentHash: text('content_hash'),
    sizeBytes: count('size_bytes'),
    language: text('language'),
    metadata: jsonObject('metadata'),
    modifiedAt: time('modified_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('files_by_project').on(table.projectId, table.path)],
);

export const ATTACHMENT_OWNERS = ['note', 'message', 'project'] as const;

/** A blob beside a row, named by the hash of its contents. */
export const attachments = sqliteTable(
  'attachments',
  {
    id: id(),
    ownerKind: text('owner_kind', { enum: ATTACHMENT_OWNERS }).notNull().default('note'),
    ownerId: reference('owner_id'),
    name: string('name'),
    mime: text('mime').notNull().default('application/octet-stream'),
    contentHash: string('content_hash'),
    sizeBytes: count('size_bytes'),
    ...timestamps,
    ...trash,
  },
  (table) => [
    index('attachments_by_owner').on(table.ownerId, table.createdAt),
    index('attachments_by_hash').on(table.contentHash),
  ],
);
