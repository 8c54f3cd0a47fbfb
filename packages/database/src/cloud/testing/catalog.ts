import type { Row, TestDatabase } from './test-database.ts';

/**
 * Everything that a migration can leave behind in a database, a line each: two databases with the same lines have the same
 * schema. Roles belong to the cluster and are not in it.
 */
export async function catalogLines(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(`${PARTS.join('\nUNION ALL\n')}\nORDER BY 1`);
  return rows.map((row: Row) => String(row['line']));
}

const OURS = `nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`;

const NOT_OF_EXTENSION = (oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;

const PARTS = [
  `SELECT format('schema %s %s %s', nspname, coalesce(nspacl, acldefault('n', nspowner)), obj_description(oid, 'pg_namespace')) AS line
   FROM pg_namespace WHERE ${OURS}`,
  `SELECT format('relation %s.%s %s %s %s %s %s %s', nspname, relname, relkind, relrowsecurity, reloptions,
       coalesce(relacl, acldefault('r', relowner)), obj_description(c.oid, 'pg_class'),
       CASE relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'i' THEN pg_get_indexdef(c.oid) END)
   FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS} AND ${NOT_OF_EXTENSION('c.oid')}`,
  `SELECT format('column %s.%s.%s %s %s %s %s %s', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull,
       attstorage, pg_get_expr(adbin, adrelid), col_description(c.oid, a.attnum))
   FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
   LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v') AND ${OURS}`,
  `SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid))
   FROM pg_constraint k JOIN pg_namespace n ON n.oid = connamespace WHERE ${OURS}`,
  `SELECT format('policy %s.%s %s %s %s %s', schemaname, tablename, policyname, cmd, roles, qual) FROM pg_policies`,
  `SELECT format('function %s %s %s', pg_get_functiondef(p.oid), coalesce(proacl, acldefault('f', proowner)), obj_description(p.oid, 'pg_proc'))
   FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE prokind = 'f' AND ${OURS} AND ${NOT_OF_EXTENSION('p.oid')}`,
  `SELECT format('extension %s %s', extname, obj_description(oid, 'pg_extension')) FROM pg_extension`,
];
