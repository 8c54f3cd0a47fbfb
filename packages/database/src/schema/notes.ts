import { sql } from 'drizzle-orm';
import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { count, flag, id, reference, string, time, timestamps, trash } from './columns.ts';

export const notes = sqliteTable(
  'notes',
  {
    id: id(),
    title: string('title'),
    projectId: reference('project_id'),
    pinned: flag('pinned'),
    archivedAt: time('archived_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [
    index('notes_recent').on(table.deletedAt, table.updatedAt),
    index('notes_by_project').on(table.projectId, table.updatedAt),
  ],
);

export const BLOCK_KINDS = [
  'paragraph',
  'heading',
  'bullet',
  'ordered',
  'todo',
  'quote',
  'code',
  'divider',
  'table',
] as const;

/**
 * A note's text, one row per block, so that two people editing two paragraphs both win. The note is part of the key: a
 * block never moves to another note, and a deleted block's key still tells whose it was.
 *
 * A block's source is `marker + (kind is todo ? '[x] ' or '[ ] ' : '') + text`; see repositories/note-text.
 */
export const noteBlocks = sqliteTable(
  'note_blocks',
  {
    noteId: text('note_id').notNull(),
    id: text('id').notNull(),
    /** A fractional index; ties are broken by id. */
    position: string('position'),
    kind: text('kind', { enum: BLOCK_KINDS }).notNull().default('paragraph'),
    /** Indentation and Markdown prefix, to the letter: `## `, `  - `. */
    marker: string('marker'),
    text: string('text'),
    checked: flag('checked'),
    /** Blank lines before the block. */
    spacing: count('spacing'),
  },
  (table) => [
    primaryKey({ columns: [table.noteId, table.id] }),
    index('note_blocks_todo')
      .on(table.checked, table.noteId)
      .where(sql`kind = 'todo'`),
  ],
);

/** A tag on a note. Adding it twice is adding it once. */
export const tags = sqliteTable(
  'tags',
  {
    noteId: text('note_id').notNull(),
    name: text('name').notNull(),
    createdAt: count('created_at'),
  },
  (table) => [primaryKey({ columns: [table.noteId, table.name] }), index('tags_by_name').on(table.name)],
);
