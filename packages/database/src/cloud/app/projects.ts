import { sql } from 'drizzle-orm';
import { index, text } from 'drizzle-orm/pg-core';
import { count, id, jsonObject, provenance, reference, string, time } from '../columns.ts';
import { timestamps, trash, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, trashComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

/** Few per workspace: the key is index enough. */
export const projects = app.table(
  'projects',
  {
    workspaceId: workspaceId(),
    id: id(),
    name: string('name'),
    description: string('description'),
    status: word('status', 'active'),
    color: text('color'),
    path: text('path'),
    repository: text('repository'),
    settings: jsonObject('settings'),
    lastOpenedAt: time('last_opened_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const projectsComments: TableComments<typeof projects> = {
  table: 'Projects, to which notes, chats, files and the like belong.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created the project.',
    name: 'What the project is called.',
    description: 'What it is about.',
    status: 'active, paused or archived.',
    color: 'The colour it is shown in.',
    path: 'Its folder on the device that created it.',
    repository: 'The URL of its repository.',
    settings: 'Settings of the project.',
    lastOpenedAt: 'When somebody last opened it, by the clock of the app.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const files = app.table(
  'files',
  {
    workspaceId: workspaceId(),
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
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The files of a project, in their order. Not the path too, as locally: it may be longer than an entry of an index.
    index('files_by_project').on(table.workspaceId, table.projectId),
  ],
);

export const filesComments: TableComments<typeof files> = {
  table: 'What is known about the files of projects. Their contents are never stored.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that found the file.',
    projectId: 'The project; may be gone.',
    path: 'Its path within the project.',
    contentHash: 'A hash of its contents.',
    sizeBytes: 'Its size in bytes.',
    language: 'The programming language it is written in.',
    metadata: 'What else is known about it.',
    modifiedAt: 'When it was last modified, by its file system.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const attachments = app.table(
  'attachments',
  {
    workspaceId: workspaceId(),
    id: id(),
    ownerKind: word('owner_kind', 'note'),
    ownerId: reference('owner_id'),
    name: string('name'),
    mime: word('mime', 'application/octet-stream'),
    contentHash: string('content_hash'),
    sizeBytes: count('size_bytes'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The attachments of a note, a message or a project.
    index('attachments_by_owner').on(table.workspaceId, table.ownerId),
    // Whether a blob is still wanted. A hash index: a peer may have written a text too long for a B-tree.
    index('attachments_by_hash')
      .using('hash', table.contentHash)
      .where(sql`content_hash <> ''`),
  ],
);

export const attachmentsComments: TableComments<typeof attachments> = {
  table: 'Blobs that lie beside a row, named by the hash of their contents.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that attached it.',
    ownerKind: 'What it is attached to: note, message or project.',
    ownerId: 'The row of that kind; may be gone.',
    name: 'The name of the file.',
    mime: 'Its media type.',
    contentHash: 'The hash of its contents, by which the blob is stored.',
    sizeBytes: 'Its size in bytes.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};
