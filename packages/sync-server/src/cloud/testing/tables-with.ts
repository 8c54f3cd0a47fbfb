/** Where a text is left: for what has to be gone from everywhere. */
import type { CloudDatabase } from '../cloud-database.ts';

/** In any column of any table of any schema, as text or as bytes. */
export async function tablesWith(database: CloudDatabase, text: string): Promise<string[]> {
  const tables = await database.query<{ name: string; quoted: string }>(
    `SELECT schemaname || '.' || tablename AS name, format('%I.%I', schemaname, tablename) AS quoted FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name, quoted } of tables) {
    const rows = await database.query(
      `SELECT 1 FROM ${quoted} t WHERE position($1 IN lower(t::text)) > 0 OR position($2 IN t::text) > 0 LIMIT 1`,
      [text.toLowerCase(), Buffer.from(text).toString('hex')],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
