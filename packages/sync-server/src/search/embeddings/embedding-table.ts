/**
 * Where the vectors are: a table that the program makes by itself, because it depends on the model how long they are. All of
 * it can be made anew from the documents. Nothing of the text search refers to it, so that search stays as it is where the
 * extension is taken away again.
 */
import type { CloudDatabase, CloudQueries } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';

/** The table as it has to be. */
export interface EmbeddingTable {
  readonly model: string;
  readonly dimensions: number;
  /** The schema of the extension, quoted. */
  readonly home: string;
}

/** Count up when a document's text is put together in another way (see `stale-documents`), or the table. */
const TABLE_VERSION = '1';
/** Among the tables that are made from others, as `search:documents` is. */
const NAME = 'search:embeddings';
/** Any number that nobody else locks. */
const LOCK_KEY = 6_120_483_377n;
/** pgvector's, for an index over `vector`. Longer ones are compared one by one. */
const MAX_INDEXED_DIMENSIONS = 2_000;

/** Why PostgreSQL has no vectors, to be told once; undefined where it has. Throws where it may have them later. */
export async function whyNoVectors(cloud: CloudDatabase): Promise<string | undefined> {
  if ((await homeOf(cloud)) !== undefined) return undefined;
  try {
    await cloud.query('CREATE EXTENSION IF NOT EXISTS vector');
    return undefined;
  } catch (error) {
    if (!(error instanceof CloudError) || error.retryable) throw error;
    // Another server was making it at the same moment.
    if ((await homeOf(cloud)) !== undefined) return undefined;
    return error.message;
  }
}

/** Leaves a table that is as it has to be alone; another one goes, with what was in it. */
export async function prepareTable(
  cloud: CloudDatabase,
  { model, dimensions }: Pick<EmbeddingTable, 'model' | 'dimensions'>,
): Promise<EmbeddingTable> {
  return cloud.transaction(async (queries) => {
    await queries.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const home = await homeOf(queries);
    if (home === undefined) throw new CloudError('cloud_refused', 'the extension vector is no longer there');
    const table = { model, dimensions, home };
    const fingerprint = JSON.stringify([TABLE_VERSION, model, dimensions]);
    if (fingerprint === (await fingerprintOf(queries))) return table;
    await makeTable(queries, table);
    await queries.query(
      `INSERT INTO sync.projected_tables (table_name, fingerprint) VALUES ($1, $2)
       ON CONFLICT (table_name) DO UPDATE SET fingerprint = excluded.fingerprint`,
      [NAME, fingerprint],
    );
    return table;
  });
}

async function makeTable(queries: CloudQueries, { dimensions, home }: EmbeddingTable): Promise<void> {
  await queries.execute(`
    DROP TABLE IF EXISTS sync.search_embeddings;
    CREATE TABLE sync.search_embeddings (
      workspace_id text NOT NULL,
      kind text NOT NULL,
      id text NOT NULL,
      model text NOT NULL,
      source_hash text NOT NULL,
      embedding ${home}.vector(${dimensions}) NOT NULL,
      PRIMARY KEY (workspace_id, kind, id)
    );
    COMMENT ON TABLE sync.search_embeddings IS
      'What documents mean, as vectors. Made by the server and not by a migration; can be dropped.';`);
  if (dimensions > MAX_INDEXED_DIMENSIONS || !(await hasHnsw(queries))) return;
  await queries.execute(
    `CREATE INDEX search_embeddings_nearest ON sync.search_embeddings USING hnsw (embedding ${home}.vector_cosine_ops)`,
  );
}

async function homeOf(queries: CloudQueries): Promise<string | undefined> {
  const [row] = await queries.query<{ home: string }>(
    `SELECT quote_ident(n.nspname) AS home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'vector'`,
  );
  return row?.home;
}

async function hasHnsw(queries: CloudQueries): Promise<boolean> {
  return (await queries.query(`SELECT FROM pg_am WHERE amname = 'hnsw'`)).length > 0;
}

/** Undefined where the table is not there. */
async function fingerprintOf(queries: CloudQueries): Promise<string | undefined> {
  const [row] = await queries.query<{ fingerprint: string }>(
    `SELECT fingerprint FROM sync.projected_tables
     WHERE table_name = $1 AND to_regclass('sync.search_embeddings') IS NOT NULL`,
    [NAME],
  );
  return row?.fingerprint;
}
