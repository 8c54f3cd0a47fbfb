/**
 * What can be searched for, and which document a row of the projection belongs to. A block and a tag are part of their
 * note; everything else that people write is a document of its own.
 */
import { unpackKey } from '@tributary/database/changes';
import { workspaceCloudSchema, type CloudSchema } from '@tributary/database/cloud';

export const SEARCH_KINDS = ['note', 'message', 'memory', 'entity', 'file', 'project', 'chat', 'reminder'] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface DocumentRef {
  readonly kind: SearchKind;
  /** A UUID. */
  readonly id: string;
}

export interface WorkspaceDocument extends DocumentRef {
  readonly workspaceId: string;
}

/** Undefined where the row is part of no document. */
export type DocumentOf = (table: string, pk: Uint8Array) => DocumentRef | undefined;

/** The first column of each key is the id of the document. */
const KIND_OF_TABLE: ReadonlyMap<string, SearchKind> = new Map([
  ['notes', 'note'],
  ['note_blocks', 'note'],
  ['tags', 'note'],
  ['messages', 'message'],
  ['memories', 'memory'],
  ['entities', 'entity'],
  ['files', 'file'],
  ['projects', 'project'],
  ['chats', 'chat'],
  ['reminders', 'reminder'],
]);

/** The form in which the projection takes an id. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const documentOf: DocumentOf = (table, pk) => {
  const kind = KIND_OF_TABLE.get(table);
  const id = kind === undefined ? undefined : firstOfKey(pk);
  return kind === undefined || id === undefined || !UUID.test(id) ? undefined : { kind, id: id.toLowerCase() };
};

/** The search knows the tables of the workspace; another app's are none of its business. */
export function isSearchable({ tables }: Pick<CloudSchema, 'tables'>): boolean {
  return tables === workspaceCloudSchema.tables;
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function firstOfKey(pk: Uint8Array): string | undefined {
  try {
    const [first] = unpackKey(pk);
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined;
  }
}
