/** The workplace of commands that a running server takes: its own log and cloud copy. */
import { workspaceCloudSchema, type CloudSchema } from '@tributary/database/cloud';
import type { CloudCopy } from '../cloud-copy.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { ServerError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { AccountWork } from './account-work.ts';
import type { Workplace } from './operation.ts';

/** As far as commands have to do with them. */
export interface ServerAccounts {
  readonly work: AccountWork;
}

export class ServerWorkplace implements Workplace {
  readonly isServing = true;
  readonly log: Log;
  readonly #cloud: CloudCopy | undefined;
  readonly #accounts: ServerAccounts | undefined;

  constructor(log: Log, cloud: CloudCopy | undefined, accounts?: ServerAccounts) {
    this.log = log;
    this.#cloud = cloud;
    this.#accounts = accounts;
  }

  get schema(): CloudSchema {
    return this.#cloud?.schema ?? workspaceCloudSchema;
  }

  get cloud(): CloudDatabase {
    const { database } = this.#copy;
    if (database === undefined)
      throw new CloudError('cloud_unavailable', 'PostgreSQL is away; the server waits for it');
    return database;
  }

  remakeCloud(): Promise<void> {
    return this.#copy.remake();
  }

  accountWork(): Promise<AccountWork> {
    if (this.#accounts !== undefined) return Promise.resolve(this.#accounts.work);
    return Promise.reject(new ServerError('cloud_absent', 'the running server keeps no accounts'));
  }

  get #copy(): CloudCopy {
    if (this.#cloud === undefined) throw new ServerError('cloud_absent', 'the running server keeps no cloud copy');
    return this.#cloud;
  }
}
