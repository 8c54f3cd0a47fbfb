/** The one decision between the two: a URL means a real PostgreSQL, none means the one that the server carries. */
import path from 'node:path';
import type { Logger } from '../logger.ts';
import type { CloudDatabase } from './cloud-database.ts';
import { isAway } from './cloud-error.ts';
import { openPgliteCloud } from './pglite/pglite-cloud.ts';
import { createPostgresCloud } from './postgres/postgres-cloud.ts';

export interface OpenCloudOptions {
  /** postgres://… */
  readonly url?: string | undefined;
  /** Of the server's data; what is embedded lies in its folder `postgres`. */
  readonly directory: string;
  readonly logger: Logger;
  /** For one statement, or a transaction that has no time of its own. */
  readonly statementTimeoutMs?: number | undefined;
}

/** A real PostgreSQL that refuses us is an error at once; one that is away may come later, and is only mentioned. */
export async function openCloud({
  url,
  directory,
  logger,
  statementTimeoutMs,
}: OpenCloudOptions): Promise<CloudDatabase> {
  if (url === undefined || url === '') {
    return openPgliteCloud({ directory: path.join(directory, 'postgres'), logger, statementTimeoutMs });
  }
  const cloud = createPostgresCloud({ url, logger, statementTimeoutMs });
  try {
    await cloud.query('SELECT 1');
  } catch (error) {
    if (isAway(error)) {
      logger.warn({ error: error.message }, 'PostgreSQL cannot be reached yet');
      return cloud;
    }
    await cloud.close();
    throw error;
  }
  return cloud;
}
