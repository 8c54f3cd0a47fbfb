/** The version of the cloud copy and of accounts: what it is, to the newest, and back for what can be made anew. */
import { accountMigrations, type CloudSchema } from '@tributary/database/cloud';
import { z } from 'zod';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import {
  cloudVersion,
  migrateAccounts,
  migrateCloud,
  rollbackCloud,
  type CloudVersion,
} from '../../cloud/migrate-cloud.ts';
import { ServerError } from '../../errors.ts';
import type { Operation } from '../operation.ts';

const migrateSchema = z.object({ dryRun: z.boolean() });

export interface Migrated {
  readonly before: CloudVersion;
  /** Of these, what was done; with a dry run, nothing. */
  readonly applied: readonly string[];
}

export const migrate: Operation<z.output<typeof migrateSchema>, never, Migrated> = {
  name: 'migrate',
  input: migrateSchema,
  needsLog: false,
  isExclusive: true,
  async run({ dryRun }, { place: { cloud, schema } }) {
    const before = await versionOf(cloud, schema);
    if (dryRun) return { before, applied: [] };
    const copy = await migrateCloud(cloud, schema.migrations);
    const accounts = await migrateAccounts(cloud);
    return { before, applied: [...copy.applied, ...ofAccounts(accounts.applied)] };
  },
};

/** Of both sets; changes nothing. */
export async function versionOf(cloud: CloudQueries, { migrations }: CloudSchema): Promise<CloudVersion> {
  const copy = await cloudVersion(cloud, migrations);
  const accounts = await cloudVersion(cloud, accountMigrations, 'account_migrations');
  return {
    applied: [...copy.applied, ...ofAccounts(accounts.applied)],
    pending: [...copy.pending, ...ofAccounts(accounts.pending)],
    unknown: [...copy.unknown, ...ofAccounts(accounts.unknown)],
  };
}

function ofAccounts(tags: readonly string[]): string[] {
  return tags.map((tag) => `accounts/${tag}`);
}

const rollbackSchema = z.object({ steps: z.int().nonnegative() });

export interface RolledBack {
  readonly rolledBack: readonly string[];
  readonly left: readonly string[];
}

export const rollback: Operation<z.output<typeof rollbackSchema>, never, RolledBack> = {
  name: 'rollback',
  input: rollbackSchema,
  needsLog: false,
  isExclusive: true,
  async run({ steps }, { place: { cloud, schema, isServing } }) {
    if (isServing) throw runningServer();
    if (cloud.kind === 'postgres') await expectAlone(cloud);
    const { rolledBack } = await rollbackCloud(cloud, schema.migrations, { steps });
    return { rolledBack, left: (await cloudVersion(cloud, schema.migrations)).applied };
  },
};

export function runningServer(): ServerError {
  const why =
    'the running server writes to the tables that would be dropped, and would make them again at its next start';
  return new ServerError('server_running', `${why}: stop it first`);
}

/** A server may be running elsewhere, with the same database. */
async function expectAlone(cloud: Parameters<typeof cloudVersion>[0]): Promise<void> {
  const [others] = await cloud.query<{ n: bigint }>(
    `SELECT count(*) AS n FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'tributary' AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'`,
  );
  if (others === undefined || others.n === 0n) return;
  throw new ServerError(
    'server_running',
    `another Tributary has ${others.n} connection${others.n === 1n ? '' : 's'} to this database: stop it first`,
  );
}
