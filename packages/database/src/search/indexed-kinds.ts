/**
 * What is searchable: for each kind of document, the cells it is made of, its text, and what a hit says about it. The
 * text is a function of the listed cells alone; whatever else a hit shows or is filtered by is read when searching, so
 * that it needs no re-indexing.
 */
import type { TouchedRows } from '../changes/touched-rows.ts';

export const SEARCH_KINDS = ['note', 'message', 'memory', 'entity', 'file', 'project', 'chat'] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface IndexedKind {
  /** The cells whose change makes a document stale, and the key column that is the document's id. */
  readonly sources: readonly TouchedRows[];
  /** Selects `title` and `body` of the document `$id`, or no row when it is gone or in the trash. */
  readonly document: string;
  /** SQL expressions over the hit `d`, evaluated when searching. */
  readonly hit: {
    readonly updatedAt: string;
    readonly projectId: string;
    /** For kinds without a title of their own. */
    readonly title?: string;
    /** Whether the hit may be shown, where that depends on another row. */
    readonly visible?: string;
  };
}

export const INDEXED_KINDS: Readonly<Record<SearchKind, IndexedKind>> = {
  note: {
    // Any cell of the note counts: its blocks may have arrived first, and then the note's first cell makes it a document.
    sources: [
      { table: 'notes', keyColumn: 'id' },
      { table: 'note_blocks', keyColumn: 'note_id', columns: ['position', 'text'] },
    ],
    document: `SELECT title, (
                 SELECT group_concat(text, char(10) ORDER BY position, id) FROM note_blocks WHERE note_id = $id
               ) AS body
               FROM notes WHERE id = $id AND deleted_at IS NULL`,
    hit: { updatedAt: ofRow('notes', 'updated_at'), projectId: ofRow('notes', 'project_id') },
  },
  message: {
    ...oneRow({ table: 'messages', body: 'content' }),
    // A message is read in its chat: without one, or with the chat in the trash, there is nowhere to open it.
    hit: {
      updatedAt: ofRow('messages', 'updated_at'),
      projectId: ofChat('c.project_id'),
      title: ofChat('c.title'),
      visible: ofChat('c.deleted_at IS NULL'),
    },
  },
  memory: {
    ...oneRow({ table: 'memories', body: 'content' }),
    hit: {
      updatedAt: ofRow('memories', 'updated_at'),
      projectId: ofRow('memories', `iif(scope = 'project', scope_id, NULL)`),
    },
  },
  entity: {
    ...oneRow({ table: 'entities', title: 'name', body: 'description' }),
    hit: { updatedAt: ofRow('entities', 'updated_at'), projectId: 'NULL' },
  },
  file: {
    ...oneRow({ table: 'files', title: 'path', body: 'language' }),
    hit: { updatedAt: ofRow('files', 'updated_at'), projectId: ofRow('files', 'project_id') },
  },
  project: {
    ...oneRow({ table: 'projects', title: 'name', body: 'description' }),
    hit: { updatedAt: ofRow('projects', 'updated_at'), projectId: 'd.id' },
  },
  chat: {
    ...oneRow({ table: 'chats', title: 'title' }),
    hit: { updatedAt: ofRow('chats', 'updated_at'), projectId: ofRow('chats', 'project_id') },
  },
};

interface OneRow {
  readonly table: string;
  readonly title?: string;
  readonly body?: string;
}

/** A document that is one row, with at most a column for each of its texts. */
function oneRow({ table, title, body }: OneRow): Pick<IndexedKind, 'sources' | 'document'> {
  const columns = [title, body, 'deleted_at'].filter((column) => column !== undefined);
  return {
    sources: [{ table, keyColumn: 'id', columns }],
    document: `SELECT ${title ?? `''`} AS title, ${body ?? `''`} AS body
               FROM ${table} WHERE id = $id AND deleted_at IS NULL`,
  };
}

function ofRow(table: string, expression: string): string {
  return `(SELECT ${expression} FROM ${table} WHERE id = d.id)`;
}

function ofChat(expression: string): string {
  return `(SELECT ${expression} FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.id = d.id)`;
}
