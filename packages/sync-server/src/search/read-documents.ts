/**
 * Documents as they are in the rows of the projection: what is alive, with its text. What is in the trash is no document,
 * nor is a message without a chat to open it in.
 */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { SEARCH_KINDS, type SearchKind, type WorkspaceDocument } from './documents.ts';
import { MAX_BODY_CHARACTERS } from './word-vector.ts';

export interface DocumentText extends WorkspaceDocument {
  readonly projectId: string | null;
  readonly title: string;
  readonly body: string;
  readonly updatedAt: Date;
}

interface Source {
  readonly table: string;
  readonly title: string;
  readonly body: string;
  readonly projectId: string;
  /** Another row without which there is no document. */
  readonly join?: string;
}

/** A block is cut too, so that a long note is not put together in full before it is. */
const TEXT_OF_NOTE = `
  left(concat_ws(E'\\n',
    (SELECT string_agg(left(b.text, ${MAX_BODY_CHARACTERS}), E'\\n' ORDER BY b.position COLLATE "C", b.id)
     FROM app.note_blocks b WHERE b.workspace_id = r.workspace_id AND b.note_id = r.id AND b.text <> ''),
    (SELECT string_agg('#' || left(t.name, 200), ' ' ORDER BY t.name COLLATE "C")
     FROM app.tags t WHERE t.workspace_id = r.workspace_id AND t.note_id = r.id)
  ), ${MAX_BODY_CHARACTERS})`;

const SOURCES: Readonly<Record<SearchKind, Source>> = {
  note: { table: 'notes', title: 'r.title', body: TEXT_OF_NOTE, projectId: 'r.project_id' },
  message: {
    table: 'messages',
    title: `''`,
    body: 'r.content',
    projectId: 'c.project_id',
    join: `JOIN app.chats c ON c.workspace_id = r.workspace_id AND c.id = r.chat_id AND c.deleted_at IS NULL`,
  },
  memory: {
    table: 'memories',
    title: `''`,
    body: 'r.content',
    projectId: `CASE WHEN r.scope = 'project' THEN r.scope_id END`,
  },
  entity: { table: 'entities', title: 'r.name', body: 'r.description', projectId: 'NULL' },
  file: { table: 'files', title: 'r.path', body: `coalesce(r.language, '')`, projectId: 'r.project_id' },
  project: { table: 'projects', title: 'r.name', body: 'r.description', projectId: 'r.id' },
  chat: { table: 'chats', title: 'r.title', body: `''`, projectId: 'r.project_id' },
  reminder: { table: 'reminders', title: 'r.title', body: `''`, projectId: 'r.project_id' },
};

/** Those that are there, in any order. */
export async function readDocuments(
  queries: CloudQueries,
  documents: readonly WorkspaceDocument[],
): Promise<DocumentText[]> {
  const found: DocumentText[] = [];
  for (const kind of SEARCH_KINDS) {
    const ofKind = documents.filter((document) => document.kind === kind);
    if (ofKind.length === 0) continue;
    const rows = await queries.query<DocumentRow>(READ[kind], [
      ofKind.map(({ workspaceId }) => workspaceId),
      ofKind.map(({ id }) => id),
    ]);
    for (const { workspace_id: workspaceId, id, project_id: projectId, title, body, updated_at: updatedAt } of rows) {
      found.push({ workspaceId, kind, id, projectId, title, body, updatedAt: dateOf(updatedAt) });
    }
  }
  return found;
}

/** All that the tables hold of a workspace, whether it is alive or not. */
export const DOCUMENTS_OF_WORKSPACE = Object.entries(SOURCES)
  .map(
    ([kind, { table }]) => `SELECT workspace_id, '${kind}' AS kind, id::text FROM app.${table} WHERE workspace_id = $1`,
  )
  .join(' UNION ALL ');

interface DocumentRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly project_id: string | null;
  readonly title: string;
  readonly body: string;
  /** Text for a time that no Date can say. */
  readonly updated_at: Date | string;
}

const READ = Object.fromEntries(Object.entries(SOURCES).map(([kind, source]) => [kind, readSql(source)])) as Readonly<
  Record<SearchKind, string>
>;

function readSql({ table, title, body, projectId, join = '' }: Source): string {
  return `
    SELECT r.workspace_id, r.id::text AS id, (${projectId})::text AS project_id,
      left(${title}, ${MAX_BODY_CHARACTERS}) AS title, left(${body}, ${MAX_BODY_CHARACTERS}) AS body, r.updated_at
    FROM unnest($1::text[], $2::uuid[]) AS k(workspace_id, id)
    JOIN app.${table} r ON r.workspace_id = k.workspace_id AND r.id = k.id AND r.deleted_at IS NULL
    ${join}`;
}

function dateOf(time: Date | string): Date {
  return time instanceof Date ? time : new Date(0);
}
