/** What can be written with a backslash in place of a statement: questions about the tables, as statements. */
import { ServerError } from '../errors.ts';

export const SQL_HELP = [
  String.raw`\dt [name]   the tables and views, or those whose name contains it`,
  String.raw`\d name      the columns and indexes of one`,
  String.raw`\q           leaves; a statement ends with a semicolon`,
] as const;

export function isHelper(text: string): boolean {
  return text.trimStart().startsWith('\\');
}

/** The statements that answer it. */
export function helperStatements(text: string): readonly string[] {
  const [command = '', name] = text.trim().replace(/;$/, '').split(/\s+/);
  if (command === String.raw`\dt` || (command === String.raw`\d` && name === undefined))
    return [tablesLike(name ?? '')];
  if (command === String.raw`\d` && name !== undefined) return [columnsOf(name), indexesOf(name)];
  throw new ServerError('config_invalid', `there is no ${command}; there are\n${SQL_HELP.join('\n')}`);
}

function tablesLike(part: string): string {
  return `
    SELECT n.nspname AS schema, c.relname AS name,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
           CASE WHEN c.relkind = 'v' THEN NULL ELSE greatest(c.reltuples, 0)::bigint END AS about_rows,
           CASE WHEN c.relkind = 'v' THEN NULL ELSE pg_size_pretty(pg_total_relation_size(c.oid)) END AS size,
           coalesce(obj_description(c.oid, 'pg_class'), '') AS description
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_%' AND strpos(n.nspname || '.' || c.relname, ${literal(part)}) > 0
    ORDER BY 1, 2`;
}

function columnsOf(name: string): string {
  return `
    SELECT a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
           CASE WHEN a.attnotnull THEN 'not null' ELSE '' END AS nullable,
           coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS default,
           coalesce(col_description(a.attrelid, a.attnum), '') AS description
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ${relation(name)} AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum`;
}

function indexesOf(name: string): string {
  return `
    SELECT i.relname AS index, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = ${relation(name)}
    ORDER BY 1`;
}

/** Where it names no schema, that of the data is meant first. NULL where there is none. */
function relation(name: string): string {
  const places = name.includes('.') ? [name] : [`app.${name}`, `sync.${name}`, name];
  return `coalesce(${places.map((place) => `to_regclass(${literal(place)})`).join(', ')})`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
