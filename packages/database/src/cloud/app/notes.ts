import { sql } from 'drizzle-orm';
import { index, text, uuid } from 'drizzle-orm/pg-core';
import { count, flag, id, provenance, reference, stamp, string, time } from '../columns.ts';
import { timestamps, trash, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, trashComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

export const notes = app.table(
  'notes',
  {
    workspaceId: workspaceId(),
    id: id(),
    title: string('title'),
    projectId: reference('project_id'),
    pinned: flag('pinned'),
    archivedAt: time('archived_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The latest notes, page by page.
    index('notes_recent')
      .on(table.workspaceId, table.updatedAt)
      .where(sql`deleted_at is null`),
    // The notes of a project, and what dangles where it is gone.
    index('notes_by_project').on(table.workspaceId, table.projectId),
  ],
);

export const notesComments: TableComments<typeof notes> = {
  table: 'Notes. Their text is in note_blocks, one row per block.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created the note.',
    title: 'The title; empty where nobody has given one.',
    projectId: 'The project it belongs to; may be gone.',
    pinned: 'Whether it is kept at the top of lists.',
    archivedAt: 'When it was archived; null for one that is not.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

/** The key answers for the blocks of a note. */
export const noteBlocks = app.table(
  'note_blocks',
  {
    workspaceId: workspaceId(),
    noteId: uuid('note_id').notNull(),
    id: id(),
    position: string('position'),
    kind: word('kind', 'paragraph'),
    marker: string('marker'),
    text: string('text'),
    checked: flag('checked'),
    spacing: count('spacing'),
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.noteId, table.id),
    // Open and completed todos across notes: few of all blocks.
    index('note_blocks_todo')
      .on(table.workspaceId, table.checked)
      .where(sql`kind = 'todo'`),
  ],
);

export const noteBlocksComments: TableComments<typeof noteBlocks> = {
  table: 'The text of notes, one row per block: a paragraph, a heading, an item of a list.',
  columns: {
    ...workspaceComments,
    noteId: 'The note. A block never moves to another one.',
    id: 'A UUIDv7, unique within the note.',
    position: 'A fractional index: blocks of a note are read in the order of position COLLATE "C", then id.',
    kind: 'paragraph, heading, bullet, ordered, todo, quote, code, divider or table.',
    marker: 'Indentation and Markdown prefix, to the letter, such as "## ".',
    text: 'The Markdown of the block, without its marker.',
    checked: 'Whether a todo is done.',
    spacing: 'Blank lines before the block.',
    ...provenanceComments,
  },
};

export const tags = app.table(
  'tags',
  {
    workspaceId: workspaceId(),
    noteId: uuid('note_id').notNull(),
    name: text('name').notNull(),
    createdAt: stamp('created_at'),
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.noteId, table.name),
    // The notes that have a tag, and the list of tags.
    index('tags_by_name').on(table.workspaceId, table.name),
  ],
);

export const tagsComments: TableComments<typeof tags> = {
  table: 'Tags on notes, one row per note and tag.',
  columns: {
    ...workspaceComments,
    noteId: 'The note.',
    name: 'The tag: lower case, without outer blanks.',
    createdAt: 'When the tag was put on the note, by the clock of the app.',
    ...provenanceComments,
  },
};
