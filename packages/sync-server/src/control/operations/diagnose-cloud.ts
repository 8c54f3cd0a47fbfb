/** How it is with PostgreSQL: what it is, what it lacks, what we may do there, and how late the copy is. Changes nothing. */
import { z } from 'zod';
import type { CloudDatabase, CloudQueries } from '../../cloud/cloud-database.ts';
import type { CloudVersion } from '../../cloud/migrate-cloud.ts';
import { OWN_SCHEMAS } from '../../cloud/own-tables.ts';
import type { Operation } from '../operation.ts';
import { versionOf } from './migrations.ts';

export interface CloudDiagnosis {
  readonly kind: CloudDatabase['kind'];
  /** `170004` is 17.4. */
  readonly versionNumber: number;
  readonly version: string;
  readonly migrations: CloudVersion;
  readonly extensions: readonly Extension[];
  readonly rights: Rights;
  /** How far its clock is before that of the machine which asked, give or take the error. */
  readonly clock: { readonly aheadMs: number; readonly errorMs: number };
  /** Undefined where nothing was ever projected. */
  readonly copy: CopyState | undefined;
}

export interface Extension {
  readonly name: string;
  readonly state: 'installed' | 'available' | 'missing';
}

export interface Rights {
  readonly user: string;
  readonly isReadOnly: boolean;
  readonly mayCreate: boolean;
  /** Tables of ours that we may not write to, or that belong to somebody else. */
  readonly deniedTables: readonly string[];
}

export interface CopyState {
  readonly entriesBehind: number;
  readonly lagMs: number;
  readonly quarantined: number;
  readonly queued: number;
  readonly oldestQueuedMs: number;
}

const EXTENSIONS = ['pg_trgm', 'vector'];
const TIMEOUT_MS = 20_000;

export const diagnoseCloud: Operation<Record<string, never>, never, CloudDiagnosis> = {
  name: 'diagnose-cloud',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: false,
  isExclusive: false,
  run: (_input, { place: { cloud, schema } }) =>
    cloud.transaction(
      async (queries) => ({
        kind: cloud.kind,
        ...(await serverVersion(queries)),
        migrations: await versionOf(queries, schema),
        extensions: await extensions(queries),
        rights: await rights(queries),
        clock: await clock(queries),
        copy: await copyState(queries),
      }),
      { readOnly: true, timeoutMs: TIMEOUT_MS },
    ),
};

async function serverVersion(queries: CloudQueries): Promise<Pick<CloudDiagnosis, 'version' | 'versionNumber'>> {
  const [row] = await queries.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  return { versionNumber: row?.number ?? 0, version: row?.version ?? 'unknown' };
}

async function extensions(queries: CloudQueries): Promise<Extension[]> {
  const rows = await queries.query<Extension>(
    `SELECT w.name, CASE WHEN e.extname IS NOT NULL THEN 'installed' WHEN a.name IS NOT NULL THEN 'available'
       ELSE 'missing' END AS state
     FROM unnest($1::text[]) AS w (name)
     LEFT JOIN pg_extension e ON e.extname = w.name
     LEFT JOIN pg_available_extensions a ON a.name = w.name
     ORDER BY w.name`,
    [EXTENSIONS],
  );
  return rows;
}

async function rights(queries: CloudQueries): Promise<Rights> {
  const [row] = await queries.query<Omit<Rights, 'deniedTables'>>(
    `SELECT current_user::text AS user,
       pg_is_in_recovery() OR boot.setting = 'on' AS "isReadOnly",
       has_database_privilege(current_database(), 'CREATE') AS "mayCreate"
     FROM (SELECT reset_val AS setting FROM pg_settings WHERE name = 'default_transaction_read_only') AS boot`,
  );
  const denied = await queries.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ${OWN_SCHEMAS}
       AND NOT (pg_has_role(c.relowner, 'USAGE') AND has_schema_privilege(n.oid, 'USAGE')
         AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
     ORDER BY 1`,
  );
  const { user = '', isReadOnly = false, mayCreate = false } = row ?? {};
  return { user, isReadOnly, mayCreate, deniedTables: denied.map(({ name }) => name) };
}

/** Its clock is read somewhere between asking and the answer: at most half of that time from the middle. */
async function clock(queries: CloudQueries): Promise<CloudDiagnosis['clock']> {
  const [askedAt, start] = [Date.now(), performance.now()];
  const [row] = await queries.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  const errorMs = (performance.now() - start) / 2;
  return { aheadMs: Math.round((row?.ms ?? askedAt) - askedAt - errorMs), errorMs: Math.ceil(errorMs) };
}

async function copyState(queries: CloudQueries): Promise<CopyState | undefined> {
  const [made] = await queries.query<{ made: boolean }>(
    `SELECT to_regclass('sync.lag') IS NOT NULL AND to_regclass('sync.search_queue') IS NOT NULL
       AND has_table_privilege(to_regclass('sync.cursors'), 'SELECT') AS made`,
  );
  if (made?.made !== true) return undefined;
  const [row] = await queries.query<CopyState>(
    `SELECT coalesce(sum(entries_behind), 0)::float8 AS "entriesBehind",
       coalesce(extract(epoch FROM max(lag)) * 1000, 0)::float8 AS "lagMs",
       (SELECT count(*) FROM sync.quarantine)::float8 AS quarantined,
       (SELECT count(*) FROM sync.search_queue)::float8 AS queued,
       coalesce((SELECT extract(epoch FROM now() - min(queued_at)) * 1000 FROM sync.search_queue), 0)::float8
         AS "oldestQueuedMs"
     FROM sync.lag`,
  );
  return row;
}
