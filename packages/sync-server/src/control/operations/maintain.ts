/** What databases want done from time to time, and what it has brought. */
import { z } from 'zod';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import type { Log } from '../../log/log.ts';
import { OWN_SCHEMAS, ownTables } from '../../cloud/own-tables.ts';
import type { Operation } from '../operation.ts';

const inputSchema = z.object({
  /** Free what deleted and replaced rows have left, in PostgreSQL. */
  vacuum: z.boolean(),
  /** Count anew how values are distributed, for PostgreSQL's planner. */
  analyze: z.boolean(),
  /** Write the log's file anew. Nothing is stored meanwhile. */
  rewriteLog: z.boolean(),
});

export interface MaintainStep {
  readonly what: string;
  readonly done: number;
  readonly all: number;
}

export interface Sizes {
  readonly logBytes: number;
  readonly schemas: readonly NamedSize[];
  readonly tables: readonly NamedSize[];
}

export interface NamedSize {
  readonly name: string;
  readonly bytes: number;
}

export interface Maintained {
  readonly before: Sizes;
  readonly after: Sizes;
}

export const maintain: Operation<z.output<typeof inputSchema>, MaintainStep, Maintained> = {
  name: 'maintain',
  input: inputSchema,
  needsLog: true,
  isExclusive: true,
  async run({ vacuum, analyze, rewriteLog }, { place: { log, cloud }, emit }) {
    const before = await sizesOf(log, cloud);
    const tables = vacuum || analyze ? await ownTables(cloud) : [];
    const all = tables.length + 1;
    await emit({ what: 'log', done: 0, all });
    await log.maintain({ rewrite: rewriteLog });
    const command = vacuum ? `VACUUM${analyze ? ' (ANALYZE)' : ''}` : 'ANALYZE';
    // One table at a time: others come in between, and each has the time that a statement has.
    for (const [index, table] of tables.entries()) {
      await emit({ what: table.name, done: index + 1, all });
      await cloud.execute(`${command} ${table.quoted}`);
    }
    return { before, after: await sizesOf(log, cloud) };
  },
};

/** The largest first. */
async function sizesOf(log: Log, cloud: CloudDatabase): Promise<Sizes> {
  const rows = await cloud.query<{ schema: string; name: string; bytes: bigint }>(
    `SELECT n.nspname AS schema, c.relname AS name, pg_total_relation_size(c.oid) AS bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN ${OWN_SCHEMAS}`,
  );
  const tables = rows.map(({ schema, name, bytes }) => ({ name: `${schema}.${name}`, bytes: Number(bytes) }));
  const bySchema = new Map<string, number>();
  for (const { schema, bytes } of rows) bySchema.set(schema, (bySchema.get(schema) ?? 0) + Number(bytes));
  const schemas = Array.from(bySchema, ([name, bytes]) => ({ name, bytes }));
  return { logBytes: await log.sizeBytes(), schemas: largestFirst(schemas), tables: largestFirst(tables) };
}

function largestFirst(sizes: readonly NamedSize[]): NamedSize[] {
  return sizes.toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
