/** The tables of the program, whichever schema and version: for what is done with all of them. */
import type { CloudQueries } from './cloud-database.ts';

/** As a list in SQL. */
export const OWN_SCHEMAS = `('app', 'sync', 'auth', 'billing', 'tributary')`;

export interface OwnTable {
  readonly name: string;
  /** For a statement. */
  readonly quoted: string;
}

export async function ownTables(cloud: CloudQueries): Promise<OwnTable[]> {
  return cloud.query<{ name: string; quoted: string }>(
    `SELECT schemaname || '.' || tablename AS name, format('%I.%I', schemaname, tablename) AS quoted
     FROM pg_tables WHERE schemaname IN ${OWN_SCHEMAS} ORDER BY 1`,
  );
}
