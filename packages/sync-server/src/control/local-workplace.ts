/** The workplace of a command where no server is running: it opens log and cloud copy itself, and has their locks meanwhile. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { workspaceCloudSchema, type CloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { migrateCloud, rollbackCloud } from '../cloud/migrate-cloud.ts';
import { openCloud } from '../cloud/open-cloud.ts';
import { ServerError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { silentLogger } from '../logger.ts';
import { Projector } from '../projector/projector.ts';
import type { AccountWork } from './account-work.ts';
import { openLocalAccounts } from './local-accounts.ts';
import type { Workplace } from './operation.ts';

export interface LocalWorkplaceOptions {
  readonly dataDirectory: string;
  /** postgres://…; without it, the embedded one. */
  readonly databaseUrl?: string | undefined;
  readonly needsLog: boolean;
}

/** A command has the time that it takes: whoever is tired of it ends it. */
const STATEMENT_TIMEOUT_MS = 12 * 60 * 60_000;

export class LocalWorkplace implements Workplace {
  readonly isServing = false;
  readonly schema: CloudSchema = workspaceCloudSchema;
  readonly cloud: CloudDatabase;
  readonly #log: Log | undefined;
  #projector: Projector | undefined;

  private constructor(cloud: CloudDatabase, log: Log | undefined) {
    this.cloud = cloud;
    this.#log = log;
  }

  static async open({ dataDirectory, databaseUrl, needsLog }: LocalWorkplaceOptions): Promise<LocalWorkplace> {
    const logFile = path.join(dataDirectory, 'log.db');
    if ((needsLog || databaseUrl === undefined) && !existsSync(logFile)) {
      throw new ServerError('data_unusable', `there is no Tributary data in ${dataDirectory}: name it with --data`);
    }
    const log = needsLog ? openSqliteLog({ path: logFile }) : undefined;
    try {
      const options = { directory: dataDirectory, logger: silentLogger, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
      return new LocalWorkplace(await openCloud({ url: databaseUrl, ...options }), log);
    } catch (error) {
      await log?.close();
      throw error;
    }
  }

  get log(): Log {
    if (this.#log === undefined) throw new TypeError('an operation that needs the log has to say so');
    return this.#log;
  }

  async remakeCloud(): Promise<void> {
    const { cloud, schema, log } = this;
    await rollbackCloud(cloud, schema.migrations, { steps: schema.migrations.length });
    await migrateCloud(cloud, schema.migrations);
    this.#projector = new Projector({ log, cloud, schema });
    this.#projector.start();
  }

  accountWork(): Promise<AccountWork> {
    return openLocalAccounts(this);
  }

  async close(): Promise<void> {
    await this.#projector?.stop();
    await this.cloud.close();
    await this.#log?.close();
  }
}
