/**
 * After an update of the program a table may have columns that it had not when its rows were projected. The state of each row
 * has every value that ever arrived, so its typed row is made anew from that; the log is not needed.
 */
import { createHash } from 'node:crypto';
import type { CloudSchema, CloudTable } from '@tributary/database/cloud';
import type { CloudDatabase, CloudQueries } from '../cloud/cloud-database.ts';
import type { Logger } from '../logger.ts';
import { LIVE } from './cloud-place.ts';
import { ProjectionStore } from './projection-store.ts';
import { RowWriter, type ChangedRow } from './row-writer.ts';
import { decodeStoredRow } from './stored-row.ts';

export interface ReprojectOptions {
  readonly cloud: CloudDatabase;
  readonly schema: Pick<CloudSchema, 'tables'>;
  readonly logger: Logger;
}

const ROWS_AT_ONCE = 1_000;

/** Returns the names of the tables that were projected anew. */
export async function reprojectChangedTables({ cloud, schema, logger }: ReprojectOptions): Promise<readonly string[]> {
  const known = await cloud.query<{ table_name: string; fingerprint: string }>('SELECT * FROM sync.projected_tables');
  const fingerprints = new Map(known.map(({ table_name: name, fingerprint }) => [name, fingerprint]));
  const changed = [...schema.tables.values()].filter((table) => fingerprints.get(table.name) !== fingerprintOf(table));
  const again: string[] = [];
  for (const table of changed) {
    const rows = await reprojectTable({ cloud, schema }, table);
    if (rows > 0) {
      again.push(table.name);
      logger.info({ table: table.name, rows }, 'a table was projected anew for its new columns');
    }
    await cloud.query(
      `INSERT INTO sync.projected_tables (table_name, fingerprint) VALUES ($1, $2)
       ON CONFLICT (table_name) DO UPDATE SET fingerprint = excluded.fingerprint`,
      [table.name, fingerprintOf(table)],
    );
  }
  return again;
}

function fingerprintOf({ key, columns }: CloudTable): string {
  const shape = [...key, ...columns].map(({ name, type, isNullable, default: initial }) => [
    name,
    type,
    isNullable,
    String(initial),
  ]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 32);
}

async function reprojectTable(
  { cloud, schema }: Pick<ReprojectOptions, 'cloud' | 'schema'>,
  table: CloudTable,
): Promise<number> {
  const store = new ProjectionStore(LIVE);
  const writer = new RowWriter(store, schema, LIVE);
  let written = 0;
  for (const workspaceId of (await store.cursors(cloud)).keys()) {
    for (let after: Uint8Array | undefined = new Uint8Array(0); after !== undefined;) {
      const from: Uint8Array = after;
      const rows = await cloud.transaction(async (queries) => {
        await store.claim(queries, [workspaceId], { wait: true });
        const page = await readPage(queries, { workspaceId, table: table.name, after: from });
        await writer.write(queries, page, { isCareful: true });
        return page;
      });
      written += rows.length;
      after = rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)?.pk;
    }
  }
  return written;
}

async function readPage(
  queries: CloudQueries,
  { workspaceId, table, after }: { readonly workspaceId: string; readonly table: string; readonly after: Uint8Array },
): Promise<ChangedRow[]> {
  const rows = await queries.query<{ row_key: Uint8Array; state: Uint8Array }>(
    `SELECT row_key, state FROM sync.row_clocks
     WHERE workspace_id = $1 AND table_name = $2 AND row_key > $3 ORDER BY row_key LIMIT ${ROWS_AT_ONCE}`,
    [workspaceId, table, after],
  );
  return rows.map(({ row_key: pk, state }) => {
    const row = decodeStoredRow(state);
    return { workspaceId, table, pk, before: row, after: row };
  });
}
