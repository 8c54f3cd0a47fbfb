/** Rows as the projector leaves them: notes of one block, messages of some chats, memories. */
import { textsOf, uuidOf, WORKSPACES, workspaceOf } from './dataset.mjs';

const AT_ONCE = 2_000;
const MESSAGES_PER_CHAT = 50;

const STATEMENTS = [
  `INSERT INTO app.notes (workspace_id, id, title, updated_at, _updated_by, _updated_at, _version)
   SELECT w, id, title, at, '', now(), 1 FROM rows WHERE kind = 0`,
  `INSERT INTO app.note_blocks (workspace_id, note_id, id, text, _updated_by, _updated_at, _version)
   SELECT w, id, id, body, '', now(), 1 FROM rows WHERE kind = 0`,
  `INSERT INTO app.chats (workspace_id, id, title, updated_at, _updated_by, _updated_at, _version)
   SELECT w, chat, title, at, '', now(), 1 FROM rows WHERE kind = 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO app.messages (workspace_id, id, chat_id, content, updated_at, _updated_by, _updated_at, _version)
   SELECT w, id, chat, body, at, '', now(), 1 FROM rows WHERE kind = 1`,
  `INSERT INTO app.memories (workspace_id, id, content, updated_at, _updated_by, _updated_at, _version)
   SELECT w, id, body, at, '', now(), 1 FROM rows WHERE kind = 2`,
];

/** What the indexer finds when it starts for the first time. */
export async function fill(cloud, documents) {
  for (let from = 0; from < documents; from += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, documents - from) }, (_, i) => rowOf(from + i));
    await cloud.transaction(async (queries) => {
      for (const statement of STATEMENTS) await queries.query(withRows(statement), [JSON.stringify(rows)]);
    });
  }
  await cloud.query('INSERT INTO sync.cursors (workspace_id) SELECT unnest($1::text[])', [WORKSPACES]);
  await cloud.execute('ANALYZE');
}

/** Of ten documents, three are notes, six messages and one is a memory. */
function rowOf(i) {
  const kind = i % 10 < 3 ? 0 : i % 10 === 4 ? 2 : 1;
  const w = workspaceOf(i);
  const chat = uuidOf(900_000_000 + Math.floor(i / MESSAGES_PER_CHAT) * 20 + WORKSPACES.indexOf(w));
  const at = new Date(Date.UTC(2024, 0, 1) + i * 600_000).toISOString();
  return { kind, w, id: uuidOf(i), chat, at, ...textsOf(i) };
}

function withRows(statement) {
  const rows = `SELECT * FROM json_to_recordset($1::json)
    AS r(kind int, w text, id uuid, chat uuid, at timestamptz, title text, body text)`;
  const [insert, select] = statement.split(/(?=SELECT w)/);
  return `WITH rows AS (${rows}) ${insert} ${select}`;
}
