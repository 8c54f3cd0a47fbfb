import type { Database } from 'better-sqlite3';

export interface WorkspaceRow {
  readonly number: number;
  readonly epoch: string;
}

export type EntryRow = [
  seq: number,
  siteId: Uint8Array,
  knownVersion: number,
  mark: number,
  storedAt: number,
  payload: Uint8Array,
];

/** A prepared statement with its types. */
interface Query<Parameters extends unknown[], Row = never> {
  run(...parameters: Parameters): { readonly changes: number };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  iterate(...parameters: Parameters): Iterable<Row>;
}

export type LogStatements = ReturnType<typeof prepareStatements>;

/** Parameters are bound as REAL: `<<` and `|` make integers of them, exactly. */
const POSITION = '(? << 32 | ?)';

/** What a deleted workspace is called until nothing of it is left. No workspace can be called so. */
const DELETED = 'deleted/';
const IS_DELETED = `id GLOB '${DELETED}*'`;

export function prepareStatements(database: Database) {
  const rows = <Parameters extends unknown[], Row = never>(sql: string): Query<Parameters, Row> =>
    database.prepare<Parameters, Row>(sql);
  const tuples = <Parameters extends unknown[], Row>(sql: string): Query<Parameters, Row> =>
    database.prepare<Parameters, Row>(sql).raw();
  const values = <Parameters extends unknown[], Value>(sql: string): Query<Parameters, Value> =>
    database.prepare<Parameters, Value>(sql).pluck();
  return {
    findWorkspace: rows<[id: string], WorkspaceRow>('SELECT number, epoch FROM workspaces WHERE id = ?'),
    addWorkspace: rows<[id: string, epoch: string]>('INSERT INTO workspaces (id, epoch) VALUES (?, ?)'),
    workspaces: rows<[], { number: number; id: string }>(
      `SELECT number, id FROM workspaces WHERE NOT ${IS_DELETED} ORDER BY number`,
    ),
    hideWorkspace: rows<[id: string]>(`UPDATE workspaces SET id = '${DELETED}' || number WHERE id = ?`),
    deletedWorkspaces: values<[], number>(`SELECT number FROM workspaces WHERE ${IS_DELETED} ORDER BY number`),
    removeWorkspace: rows<[workspace: number]>('DELETE FROM workspaces WHERE number = ?'),
    setEpoch: rows<[epoch: string, workspace: number]>('UPDATE workspaces SET epoch = ? WHERE number = ?'),

    addEntry: rows<
      [
        workspace: number,
        seq: number,
        siteId: Uint8Array,
        known: number,
        mark: number,
        storedAt: number,
        payload: Uint8Array,
      ]
    >(`INSERT INTO entries (position, site_id, known_version, mark, stored_at, payload)
       VALUES (${POSITION}, ?, ?, ?, ?, ?)`),
    head: values<[workspace: number, workspace: number], number>(
      `SELECT position & 0xffffffff FROM entries
       WHERE position > (? << 32) AND position <= (? << 32 | 0xffffffff) ORDER BY position DESC LIMIT 1`,
    ),
    readEntries: tuples<[workspace: number, after: number, workspace: number, maxEntries: number], EntryRow>(
      `SELECT position & 0xffffffff, site_id, known_version, mark, stored_at, payload FROM entries
       WHERE position > ${POSITION} AND position <= (? << 32 | 0xffffffff) ORDER BY position LIMIT ?`,
    ),
    sizesOfEntries: tuples<[workspace: number, workspace: number, maxEntries: number], [seq: number, bytes: number]>(
      `SELECT position & 0xffffffff, length(payload) FROM entries
       WHERE position > (? << 32) AND position <= (? << 32 | 0xffffffff) ORDER BY position LIMIT ?`,
    ),
    removeEntries: rows<[workspace: number, workspace: number, seq: number]>(
      `DELETE FROM entries WHERE position > (? << 32) AND position <= ${POSITION}`,
    ),
    replacePayload: rows<[payload: Uint8Array, workspace: number, seq: number]>(
      `UPDATE entries SET payload = ? WHERE position = ${POSITION}`,
    ),
    markAt: values<[workspace: number, seq: number], number>(`SELECT mark FROM entries WHERE position = ${POSITION}`),

    siteHead: rows<[workspace: number, siteId: Uint8Array], { version: number; seq: number }>(
      'SELECT version, seq FROM sites WHERE workspace = ? AND site_id = ?',
    ),
    siteVersion: values<[workspace: number, siteId: Uint8Array], number>(
      'SELECT version FROM sites WHERE workspace = ? AND site_id = ?',
    ),
    setSiteHead: rows<[workspace: number, siteId: Uint8Array, version: number, seq: number]>(
      'INSERT OR REPLACE INTO sites (workspace, site_id, version, seq) VALUES (?, ?, ?, ?)',
    ),
    forgetSites: rows<[workspace: number]>('DELETE FROM sites WHERE workspace = ?'),

    namesOf: values<[workspace: number], string>('SELECT name FROM unknown_names WHERE workspace = ? ORDER BY name'),
    addName: rows<[workspace: number, name: string]>(
      'INSERT OR IGNORE INTO unknown_names (workspace, name) VALUES (?, ?)',
    ),
    forgetNames: rows<[workspace: number]>('DELETE FROM unknown_names WHERE workspace = ?'),
    size: values<[], number>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size'),
  };
}
